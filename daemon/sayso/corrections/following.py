"""One field in which dictated text stands, read while somebody writes there. Thread `sayso-accessibility` only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from sayso.accessibility import Place
from sayso.accessibility.atspi import Asking, NoSuchObject, Unanswered
from sayso.accessibility.carets import Carets, Heard
from sayso.accessibility.selecting import is_all_selected
from sayso.accessibility.stretch import IsSecret, Stretch, again
from sayso.corrections.watched import Typed, WatchedField

SETTLED: Final = 3
"""After so many times the idle time what stands there is told: who pauses in a word is not done with it."""

LEFT: Final = 0.5
"""After so much of the idle time a field without the focus is left: the list of a completion takes it, too."""

UNMOVED_SECONDS: Final = 0.05
"""That a field is waited for before we type where no caret has moved since it was read: few keys move none."""

Doing = Callable[[], Coroutine[Any, Any, None]]


class FollowedField:
    """Reads, and says when what was read is to be told.

    Args:
        asking: questions on the bus.
        carets: who tells of carets there.
        field: what is known of the field.
        tell: told of (utterance, text) as `WatchedField.changed` says.
        gone: told that the field is no more, or may not be read any more.
        idle_seconds: after the last move of the caret, until the field is read once more: some keys move none.

    """

    def __init__(
        self,
        asking: Asking,
        carets: Carets,
        field: WatchedField,
        tell: Callable[[Sequence[tuple[int, str]]], None],
        gone: Callable[[Place], None],
        idle_seconds: float,
    ) -> None:
        self.field = field
        self._asking = asking
        self._carets = carets
        self._tell = tell
        self._gone = gone
        self._idle_seconds = idle_seconds
        self._one = asyncio.Lock()
        self._is_selecting = False
        self._reading: asyncio.Future[None] | None = None
        self._timers: dict[Doing, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Future[None]] = set()

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.field.stretch.place

    async def begin(self) -> None:
        """Hear of its caret, and of what is selected there.

        Raises:
            Unanswered: the bus does not let anybody listen.

        """
        await self._carets.follow(self.place, self._moved)
        await self._carets.follow(self.place, self._selected, Heard.SELECTION)

    async def end(self) -> None:
        """Tell what is known for certain, and read no more."""
        if not (self.field.moves or self.field.is_held):
            self._tell(self.field.changed())
        self.forget_all()
        await self._carets.leave(self.place, self._moved)
        await self._carets.leave(self.place, self._selected, Heard.SELECTION)

    def forget_all(self) -> None:
        """Read no more; its bus may be gone."""
        self.field.is_lost = True
        self._wait_for()
        for task in self._tasks:
            task.cancel()

    async def last_of(self, utterance: int) -> str | None:
        """Look once more, and watch an utterance no longer; its text where it was left as it was typed."""
        async with self._one:
            await self._read()
            untouched = None
            if not (self.field.is_held or self.field.moves or self.field.is_lost):
                self._tell(self.field.changed())
                untouched = self.field.untouched(utterance)
            self.field.forget(utterance)
            return untouched

    def add(self, stretch: Stretch, typed: Typed, *, is_watched: bool) -> list[int]:
        """See `WatchedField.add`."""
        self._wait_for()
        return self.field.add(stretch, typed, is_watched=is_watched)

    async def hold(self) -> None:
        """We are about to type: what stands there now is told, and what comes is ours."""
        async with self._one:
            if self.field.is_held:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if self.field.moves else UNMOVED_SECONDS):
                    await self._read()
            self._tell(self.field.changed())
            self.field.is_held = True
            self._wait_for((1, self._release))

    def leave(self) -> None:
        """The focus has moved: soon what stands there is told, unless it is back."""
        if not self.field.is_held:
            self._wait_for((LEFT, self._settle))

    # ── reading ───────────────────────────────────────────────────────────────────────────────────

    def _moved(self, offset: int) -> None:
        if self.field.is_held or self.field.is_lost:
            return
        self.field.moved(offset)
        self._wait_for((1, self._look), (SETTLED, self._settle))
        if self._reading is None:
            self._reading = self._do(self._follow())

    def _selected(self, _: int) -> None:
        if not (self._is_selecting or self.field.is_held or self.field.is_lost):
            self._is_selecting = True
            self._do(self._look_at_selection())

    async def _look_at_selection(self) -> None:
        """Where it is empty by now, what was selected before is what was deleted."""
        self._is_selecting = False
        with contextlib.suppress(Unanswered):
            is_all = await is_all_selected(self._asking, self.place)
            if is_all is not None and not self.field.is_held:
                self.field.is_all_selected = is_all

    async def _follow(self) -> None:
        """Read until nothing has moved since."""
        try:
            while self.field.moves and not self.field.is_held:
                async with self._one:
                    await self._read()
        finally:
            self._reading = None

    async def _look(self) -> None:
        async with self._one:
            await self._read()

    async def _settle(self) -> None:
        """What stands there is told, where nobody writes."""
        async with self._one:
            before = self.field.last
            await self._read()
            if self.field.last != before:  # by keys that move no caret
                self._wait_for((SETTLED, self._settle))
            elif not self.field.moves and not self.field.is_held:
                self._tell(self.field.changed())

    async def _release(self) -> None:
        """Nothing was typed after all: what stands there is the person's doing again."""
        async with self._one:
            try:
                now = await again(self._asking, self.field.stretch)
            except Unanswered:
                return
            if now.text == self.field.last:
                self.field.is_held = False

    async def _read(self) -> None:
        field = self.field
        if field.is_held or field.is_lost:
            return
        moves = tuple(field.moves)
        field.moves.clear()
        try:
            now = await again(self._asking, field.stretch)
        except IsSecret:
            field.is_lost = True
            self._gone(self.place)
        except NoSuchObject:
            if not moves:  # its window was closed; what was read last is all that stood there
                self._tell(field.changed())
            self._gone(self.place)
        except Unanswered:
            field.moves[:0] = moves  # it hangs
        else:
            if not (field.is_held or field.is_lost):
                self._tell(field.read(now.text, moves))

    # ── tasks ─────────────────────────────────────────────────────────────────────────────────────

    def _wait_for(self, *timers: tuple[float, Doing]) -> None:
        """Do things after so many times the idle time, and none of what was to be done before."""
        for timer in self._timers.values():
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers = {do: loop.call_later(times * self._idle_seconds, self._begin, do) for times, do in timers}

    def _begin(self, do: Doing) -> None:
        self._timers.pop(do, None)
        self._do(do())

    def _do(self, what: Coroutine[Any, Any, None]) -> asyncio.Future[None]:
        task = asyncio.ensure_future(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
