"""Finding out what has the focus now, each time that more has been told. Thread `sayso-accessibility` only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from sayso.accessibility import Field, Place, Window
from sayso.accessibility.atspi import TEXT, Asking, Facts, NoSuchObject, State, Unanswered
from sayso.accessibility.focus import Focus
from sayso.accessibility.search import active_window, focused_in

NOT_YET_SECONDS: Final = (0.03, 0.1, 0.3)  # GTK 4.8 tells of objects before they can be asked
UNTOLD_SECONDS: Final = (0.15, 1.0)  # Qt tells nothing of a window that was left for less than 0.1 s

Tell = Callable[[Field | None, Window | None], None]


class Finding:
    """For one connection to the accessibility bus.

    Args:
        asking: questions there.
        focus: what has been told.
        tell: told of the field and the window as they are now known.

    """

    def __init__(self, asking: Asking, focus: Focus, tell: Tell) -> None:
        self._asking = asking
        self._focus = focus
        self._tell = tell
        self._field: Field | None = None
        self._window: Window | None = None
        self._programs: dict[str, tuple[str, int]] = {}
        self._is_first = True
        self._settled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_settled(self) -> bool:
        """Whether all that was told has been asked about."""
        return self._settled.is_set()

    def again(self) -> None:
        """More has been told: find out anew; what was being found out before is no longer asked for."""
        if self._task is not None:
            self._task.cancel()
        self._settled.clear()
        is_same_field = self._field is not None and self._field.place == self._focus.place
        is_same_window = self._window is not None and self._window.place == self._focus.window
        self._become(self._field if is_same_field else None, self._window if is_same_window else None)
        self._task = asyncio.ensure_future(self._find())

    def left(self, program: str) -> None:
        """A program is no longer on the bus."""
        self._programs.pop(program, None)

    async def end(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def confirmed(self) -> Field | None:
        """The field as it says it is now, or the one that has the focus since; None where none is known.

        Raises:
            Unanswered: its program does not answer.

        """
        while True:
            await self._settled.wait()
            field = self._field
            if field is None:
                return None
            facts = await self._asking.facts(field.place)
            if not self._settled.is_set() or field != self._field:
                continue  # more was told meanwhile
            if facts.has(State.FOCUSED):
                return await self._field_of(field.place, facts)
            self.again()  # it has lost the focus, and who has it now is told in a moment

    def _become(self, field: Field | None, window: Window | None) -> None:
        if (field, window) != (self._field, self._window):
            self._field, self._window = field, window
            self._tell(field, window)

    async def _find(self) -> None:
        if self._focus.window is None and self._focus.place is None:
            await self._find_untold_window()
        self._become(self._field, await self._find_window())
        field = await self._find_field()
        self._become(field, self._window)
        self._settled.set()
        if self._window is not None and field is None:
            field = await self._search_later()
        if self._window is None and field is not None:  # a program that begins tells of its window too early
            await asyncio.sleep(NOT_YET_SECONDS[0])
            window = await active_window(self._asking)
            if window is not None and window.name == field.place.name:
                self._focus.activated(window)
                self._become(field, await self._find_window())

    async def _find_untold_window(self) -> None:
        """Look whether a window is active whose program did not say so; what is told meanwhile ends it.

        What a program tells before it has heard that somebody listens is lost: at its start it may be all.
        """
        pauses = (0.0, *UNTOLD_SECONDS) if self._is_first else UNTOLD_SECONDS
        self._is_first = False
        for pause in pauses:
            if pause:
                self._settled.set()  # most likely it is one that tells nothing
                await asyncio.sleep(pause)
                self._settled.clear()
            window = await active_window(self._asking)
            if window is not None:
                self._focus.activated(window)
                return

    async def _find_window(self) -> Window | None:
        place = self._focus.window
        if place is None:
            return None
        application, pid = await self._program(place.name)
        return Window(place, application, pid)

    async def _find_field(self) -> Field | None:
        """The object with the focus; what is told meanwhile ends the waiting for it."""
        for pause in NOT_YET_SECONDS:
            place = self._focus.place
            if place is None and (self._focus.window is None or pause != NOT_YET_SECONDS[0]):
                break
            try:
                facts = None if place is None else await self._asking.facts(place)
            except NoSuchObject:
                facts = None
            except Unanswered:
                return None
            if place is not None and facts is not None and facts.has(State.FOCUSED):
                return await self._field_of(place, facts)
            await asyncio.sleep(pause)
        return await self._search()

    async def _search_later(self) -> Field | None:
        """Look for it once more in a window that was too busy to answer; what is told meanwhile ends it."""
        for pause in UNTOLD_SECONDS:
            await asyncio.sleep(pause)
            field = await self._search()
            if field is not None:
                self._become(field, self._window)
                return field
        return None

    async def _search(self) -> Field | None:
        """Look for it in a window that told nothing of it."""
        window = self._focus.window
        found = None if window is None else await focused_in(self._asking, window)
        if found is None:
            return None
        place, facts = found
        self._focus.focused(place)
        return await self._field_of(place, facts)

    async def _field_of(self, place: Place, facts: Facts) -> Field:
        application, pid = await self._program(place.name)
        is_editable = facts.has(State.EDITABLE) and not facts.has(State.READ_ONLY)  # Qt says both of its lines
        return Field(place, application, pid, facts.role, is_editable, TEXT in facts.interfaces)

    async def _program(self, name: str) -> tuple[str, int]:
        """What a program calls itself, and its process; kept where it has said so."""
        if name in self._programs:
            return self._programs[name]
        application, pid = "", 0
        with contextlib.suppress(Unanswered):
            pid = await self._asking.pid(name)
        for pause in NOT_YET_SECONDS:
            try:
                application = await self._asking.application(name)
                break
            except NoSuchObject:
                await asyncio.sleep(pause)
            except Unanswered:
                return application, pid
        self._programs[name] = (application, pid)
        return application, pid
