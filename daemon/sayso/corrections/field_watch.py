"""Watching over the accessibility bus what becomes of dictated text in the field that it was typed into.

No tree is walked, and no event is asked for that has text in it. While a text is watched its field tells that its
caret has moved, or what is selected; then so much is read as was typed and a little around it. What we type
ourselves is not the person's doing: before it, what stands there is read, and after it nothing until it is known
what was typed.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from sayso.accessibility import Place
from sayso.accessibility.atspi import Asking, Unanswered
from sayso.accessibility.carets import Carets
from sayso.accessibility.stretch import Stretch, around_caret
from sayso.accessibility.typed import TypedFields
from sayso.corrections import Seen, Source
from sayso.corrections.following import FollowedField
from sayso.corrections.watched import Typed, WatchedField, find, texts_of
from sayso.events import Event, TextStands, UtteranceCutShort

IDLE_SECONDS: Final = 1.5
MOST: Final = 8  # texts that are watched at a time
HOLD_SECONDS: Final = 0.1  # that the typist waits until what stands there has been read
ARRIVAL_SECONDS: Final = 0.5
STOP_SECONDS: Final = 0.3


class FieldWatch:
    """Lives on the thread `sayso-accessibility`, where what may block is asked for and never waited for.

    Args:
        typed: which fields were typed into, and the connection to the accessibility bus.
        take: told what was seen, on that thread; must return at once.
        minutes: how long a text is watched.
        deleted: told of the number of an utterance whose text the person has deleted, or had typed over, when
            more of ours stands there; on that thread; must return at once.
        idle_seconds: see `FollowedField`.
        now: seconds since 1970.

    """

    def __init__(
        self,
        typed: TypedFields,
        take: Callable[[Seen], None],
        minutes: float,
        *,
        deleted: Callable[[int], object] = lambda _: None,
        idle_seconds: float = IDLE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._typed = typed
        self._watch = typed.watch
        self._take = take
        self._seconds = minutes * 60
        self._deleted = deleted
        self._idle_seconds = idle_seconds
        self._now = now
        self._is_on = False
        self._era = 0
        self._fields: dict[Place, FollowedField] = {}
        self._one = asyncio.Lock()
        self._coming = 0  # texts that stand, and are not watched yet; changed by the thread that types alone
        self._come = 0  # of all that there ever were; by the watch's thread alone
        self._overtaken: set[Place] = set()  # where more was typed before all was read; by the thread that types
        self._tasks: set[asyncio.Future[None]] = set()  # asyncio itself keeps none alive
        typed.on_typing(self._before_typing)
        self._watch.on_focus(self._focus_moved)

    def start(self) -> None:
        """Begin; returns at once."""
        self._is_on = True

    def stop(self) -> None:
        """Tell what has been seen, and watch no more; blocks for milliseconds, STOP_SECONDS at most."""
        if self._is_on:
            self._is_on = False
            self._watch.do(self._end, STOP_SECONDS)

    def watch(self, event: Event) -> None:
        """Hear what is typed: on the thread that types, which it never holds up. Others may tell the rest."""
        if not self._is_on:
            return
        if isinstance(event, TextStands):
            field = self._typed.of(event.window_key)
            if field is not None:
                self._overtaken.discard(field.place)
                self._coming += 1
                is_there = event.pid != 0 and field.pid == event.pid
                self._watch.begin(lambda: self._stands(event, field.place, is_there))
        elif isinstance(event, UtteranceCutShort) and (self._fields or self._coming > self._come):
            self._watch.begin(lambda: self._cut_short(event))

    def _before_typing(self, place: Place) -> None:
        """On the thread that types: waits until what stands in a watched field has been read."""
        field = self._fields.get(place)
        is_known = self._coming == self._come
        if not self._is_on or (is_known and (field is None or field.field.is_held)):
            return
        if self._watch.do(lambda: self._hold(place), HOLD_SECONDS) is None:
            self._overtaken.add(place)
            if field is not None:
                field.field.is_lost = True  # what is read of it now may be ours

    # ── on the watch's thread ─────────────────────────────────────────────────────────────────────

    async def _hold(self, place: Place) -> bool:
        async with self._one:
            field = self._fields.get(place)
        if field is not None:
            await field.hold()
        return True

    async def _stands(self, event: TextStands, place: Place, is_there: bool) -> None:
        """A text of ours stands in a window, and for all that is known in that field of it."""
        async with self._one:
            try:
                await self._add(event, place, is_there)
            except Unanswered:
                await self._drop(place)
            finally:
                self._come += 1

    async def _add(self, event: TextStands, place: Place, is_there: bool) -> None:
        asking, carets = self._watch.asking, self._watch.carets
        self._see_era()
        field = self._fields.get(place)
        if asking is None or carets is None or (field is None and not is_there):
            return
        typed = Typed(event.utterance, event.text, self._now() + self._seconds)
        before = None if field is None else field.field.stretch
        stretch = await _arrived(asking, carets, place, typed, before)
        if stretch is None or place in self._overtaken:
            await self._drop(place)
            return
        if field is None:
            watched = WatchedField(stretch, event.window_key)
            field = FollowedField(asking, carets, watched, self._tell, self._gone, self._idle_seconds)
            self._fields[place] = field
            await field.begin()
        for utterance in field.add(stretch, typed, is_watched=is_there):
            self._deleted(utterance)
        asyncio.get_running_loop().call_later(self._seconds, self._expire, typed)
        await self._tidy()

    async def _cut_short(self, event: UtteranceCutShort) -> None:
        """We have taken back a text, or typed a part of it and no more will come."""
        async with self._one:
            for field in tuple(self._fields.values()):
                if event.place not in (None, field.field.window):
                    continue
                try:
                    await self._cut(field, Typed(event.utterance, event.standing))
                except Unanswered:
                    await self._drop(field.place)
            await self._tidy()

    async def _cut(self, field: FollowedField, typed: Typed) -> None:
        asking = self._watch.asking
        stretch = None
        if asking is not None and field.place not in self._overtaken:
            stretch = await around_caret(asking, field.place, len(typed.text), field.field.stretch)
        if stretch is None:
            await self._drop(field.place)
        else:
            field.add(stretch, typed, is_watched=False)

    async def _tidy(self) -> None:
        """Watch no more than there may be, and no field without a text."""
        texts = texts_of(field.field for field in self._fields.values())
        for watched, typed in texts[: max(0, len(texts) - MOST)]:
            self._tell(watched.changed())
            watched.forget(typed.utterance)
        for field in tuple(self._fields.values()):
            if not field.field.texts or field.field.is_lost:
                await self._drop(field.place)

    async def _drop(self, place: Place) -> None:
        field = self._fields.pop(place, None)
        if field is not None:
            await field.end()

    async def _end(self) -> bool:
        async with self._one:
            for place in tuple(self._fields):
                await self._drop(place)
        return True

    def _gone(self, place: Place) -> None:
        """A field is no more, or may not be read any more."""
        self._do(self._drop(place))

    def _expire(self, typed: Typed) -> None:
        """A text has been watched for long enough."""
        for field in self._fields.values():
            if field.field.texts.get(typed.utterance) is typed:
                self._do(self._let_go(field, typed.utterance))

    async def _let_go(self, field: FollowedField, utterance: int) -> None:
        async with self._one:
            untouched = await field.last_of(utterance)
            if untouched is not None:
                self._take(Seen(utterance, Source.LEFT, untouched, self._now()))
            await self._tidy()

    def _tell(self, changed: Sequence[tuple[int, str]]) -> None:
        for utterance, text in changed:
            self._take(Seen(utterance, Source.IN_PLACE, text, self._now()))

    def _focus_moved(self) -> None:
        self._see_era()
        focused = self._watch.focused()
        for place, field in self._fields.items():
            if focused is None or focused.place != place:
                field.leave()

    def _see_era(self) -> None:
        """On another bus nothing is known of what was watched on the one before."""
        if self._era != self._watch.connections or self._watch.absence is not None:
            self._era = self._watch.connections
            for field in self._fields.values():
                field.forget_all()
            self._fields.clear()

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _arrived(
    asking: Asking, carets: Carets, place: Place, typed: Typed, before: Stretch | None
) -> Stretch | None:
    """Read a field with a text in it that was typed: its last letters may still be on their way.

    Returns:
        None where it may not be read, or has made something else of the text.

    Raises:
        Unanswered: its program does not answer.

    """
    moved = asyncio.Event()
    async with carets.following(place, lambda _: moved.set()):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ARRIVAL_SECONDS):
                while True:
                    stretch = await around_caret(asking, place, len(typed.text), before)
                    if stretch is None or find(stretch, typed) is not None:
                        return stretch
                    await moved.wait()
                    moved.clear()
    return None
