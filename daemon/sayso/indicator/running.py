"""The life of the indicator: built in order, told by the service, unwound in reverse, on one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, Final

from dbus_fast import DBusFastError
from dbus_fast.aio import MessageBus

from sayso import desktop
from sayso.away.look import Lockers
from sayso.away.watch import AwayWatch
from sayso.config.settings import IndicatorSettings
from sayso.errors import DisplayError
from sayso.indicator.announcing import Announcer
from sayso.indicator.client import ServiceClient
from sayso.indicator.ending import EXIT_DONE, Ending, connect, disconnect, say, take_name
from sayso.indicator.menu import QUIT
from sayso.indicator.model import (
    DICTATING,
    AwayTold,
    Facts,
    LearntTold,
    ProblemTold,
    StatusTold,
    Told,
    changes_in,
    follow,
    view,
)
from sayso.indicator.notices import LASTING_SECONDS, Log, answer_to, answered, notice_of, steps
from sayso.indicator.notifications import Notifications
from sayso.indicator.overlay import Overlay
from sayso.indicator.position import Position
from sayso.indicator.sounds import Sound, Sounds
from sayso.indicator.surface import Session, open_surface
from sayso.indicator.theme import THEMES
from sayso.indicator.tray import Tray
from sayso.wayland.finding import find_wayland

LEVEL_SECONDS: Final = 0.08  # between two looks at the meter, 12.5 a second
LOOK_SECONDS, SELDOM_SECONDS = 2.0, 15.0  # between two looks whether a problem is over; the other where it lasts
FRESH_SECONDS: Final = 60.0  # from then on it lasts

NO_PILLOW: Final = (
    "no overlay: the Python package Pillow is missing: pip install 'sayso[indicator]'; "
    "tray, notifications and sounds work without it"
)


def run(settings: IndicatorSettings, began: Callable[[], None] = lambda: None) -> int:
    """Show and sound what the service does, until there is nothing more to show. Returns the exit status.

    Args:
        settings: what of it there is to be.
        began: called when the service has been heard of.

    Raises:
        BusError: there is no session bus, or it went away.

    """
    session = Session(find_wayland(), desktop.find_display())  # asks on a loop of its own
    return asyncio.run(_Indicator(settings, session, began).live())


class _Indicator:
    """One life of it.

    Args:
        settings: what of it there is to be.
        session: where the desktop is.
        began: called when the service has been heard of.

    """

    def __init__(self, settings: IndicatorSettings, session: Session, began: Callable[[], None]) -> None:
        self._settings = settings
        self._session = session
        self._began = began
        self._facts = Facts()
        self._log = Log()
        self._ending: Ending
        self._tasks: set[asyncio.Task[Any]] = set()  # asyncio itself keeps none alive
        self._client: ServiceClient
        self._away: AwayWatch
        self._is_seen = False
        self._overlay: Overlay | None = None
        self._tray: Tray | None = None
        self._notifications: Notifications | None = None
        self._announcer: Announcer | None = None
        self._sounds: Sounds | None = None
        self._changing: asyncio.TimerHandle | None = None
        self._looking: asyncio.TimerHandle | None = None
        self._metering: asyncio.Task[None] | None = None

    async def live(self) -> int:
        """Build, wait, unwind."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_note)
        async with AsyncExitStack() as stack:
            self._ending = stack.enter_context(Ending())
            bus = await connect()
            stack.callback(disconnect, bus)
            self._client = ServiceClient(bus, self.hear)
            self._build_overlay(stack)
            self._build_sounds(stack)
            self._away = AwayWatch(_Desk(self._from_thread), Lockers())
            self._away.start()
            stack.callback(self._away.stop)
            stack.push_async_callback(self._leave)
            self._ending.service_is_there(False)
            return await self._ending.wait(bus, self._begin(bus))

    async def _begin(self, bus: MessageBus) -> None:
        """Take part in what goes on on the bus."""
        if self._settings.tray:
            self._tray = Tray(bus, self._settings.contrast, self._clicked)
            await self._tray.begin()
        if self._settings.notifications or self._settings.announce:
            self._notifications = Notifications(bus, self._clicked)
            await self._notifications.begin()
        if self._settings.announce:
            self._announcer = Announcer(self._read_out)
        await self._client.begin()
        await take_name(bus, self._ending)

    # ── what is told ──────────────────────────────────────────────────────────────────────────────

    def hear(self, told: Told) -> None:
        """Follow what was told, and show what follows from it."""
        now = time.monotonic()
        before, self._facts = self._facts, follow(self._facts, told, now)
        if self._facts.is_there is not before.is_there:
            self._ending.service_is_there(self._facts.is_there)
            self._began()
        self._sound(before)
        self._show()
        if self._tray is not None and not _is_same_in_tray(before, self._facts):
            self._tray.show(self._facts)
        self._meter()
        self._answer(told, now)
        if isinstance(told, LearntTold):
            self._look_in(0)  # what stood in its way is over
        elif isinstance(told, ProblemTold):
            self._look_in(LASTING_SECONDS * 1.05)  # what is over by then was not worth a word
        elif isinstance(told, StatusTold):
            self._notify(now)
        elif (self._facts.problems and self._facts.state is not before.state) or (
            self._facts.offers and before.is_hidden and not self._facts.is_hidden
        ):
            self._look_in(LASTING_SECONDS)

    def _show(self) -> None:
        now = time.monotonic()
        seen = view(self._facts, now, is_always_shown=self._settings.overlay == "always")
        if self._overlay is not None:
            self._overlay.show(seen)
        if self._is_seen is not (seen is not None):
            self._is_seen = seen is not None
            self._away.attend(self._is_seen)  # looks for lockers that tell nobody while there is anything to hide
        if self._changing is not None:
            self._changing.cancel()
        seconds = changes_in(self._facts, now)
        finite = seconds is not None and seconds != float("inf")
        self._changing = self._loop.call_later(seconds or 0, self._show) if finite else None

    def _sound(self, before: Facts) -> None:
        """Tell that dictation begins or ends, unless nobody is there to hear it."""
        if self._facts.is_dictating is before.is_dictating or self._facts.is_hidden or not before.is_there:
            return
        began = self._facts.is_dictating
        if self._sounds is not None:
            self._sounds.play(Sound.START if began else Sound.STOP)
        if self._announcer is not None:
            self._announcer.announce("sayso: listening" if began else "sayso: not listening")

    def _read_out(self, words: str) -> None:
        if self._notifications is not None and not self._facts.is_hidden:
            self._do(self._notifications.announce(words))

    def _meter(self) -> None:
        """Look at the level while there is somebody to be heard, and somebody to see it."""
        wanted = self._facts.state in DICTATING and self._overlay is not None and not self._facts.is_hidden
        if wanted and self._metering is None:
            self._metering = self._do(self._follow_level())
        elif not wanted and self._metering is not None:
            self._metering.cancel()
            self._metering = None

    async def _follow_level(self) -> None:
        while True:
            await self._client.look_at_level()
            await asyncio.sleep(LEVEL_SECONDS)

    # ── problems ──────────────────────────────────────────────────────────────────────────────────

    def _notify(self, now: float) -> None:
        """Show what is a problem still, close what is over; and look again while there is any."""
        decided = steps(self._facts, self._log, now)
        self._log = decided.log
        if self._sounds is not None and any(notice.name in self._facts.problems for notice in decided.shown):
            self._sounds.play(Sound.PROBLEM)
        if self._notifications is not None:
            for name in decided.closed:
                self._do(self._notifications.close(name))
            for notice in decided.shown if self._settings.notifications else ():
                self._do(self._notifications.show(notice))
        if self._facts.problems:
            newest = max(trouble.since_seconds for trouble in self._facts.problems.values())
            self._look_in(LOOK_SECONDS if now - newest < FRESH_SECONDS else SELDOM_SECONDS)

    def _answer(self, told: Told, now: float) -> None:
        """Show what a press of the learn key has done."""
        notice = answer_to(told)
        if notice is None or self._facts.is_hidden:
            return
        if isinstance(told, ProblemTold):
            self._log = answered(self._log, told, now)
            if self._sounds is not None:
                self._sounds.play(Sound.PROBLEM)
        if self._notifications is not None and self._settings.notifications:
            self._do(self._notifications.show(notice))

    def _look_in(self, seconds: float) -> None:
        """Look how things stand after so long, or earlier where that is already to be."""
        due = self._loop.time() + seconds
        if self._looking is not None and not self._looking.cancelled():
            if self._loop.time() < self._looking.when() <= due:
                return
            self._looking.cancel()
        self._looking = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        self._looking = None
        self._do(self._client.look())

    # ── what is clicked ───────────────────────────────────────────────────────────────────────────

    def _clicked(self, what: str) -> None:
        if what == QUIT:
            self._ending.end(EXIT_DONE)
        else:
            self._do(self._ask(what))

    async def _ask(self, member: str) -> None:
        refusal = await self._client.ask(member)
        if refusal and self._notifications is not None and not self._facts.is_hidden:
            await self._notifications.show(notice_of("not-done", refusal))
        await self._client.look()

    # ── building and ending ───────────────────────────────────────────────────────────────────────

    def _build_overlay(self, stack: AsyncExitStack) -> None:
        settings = self._settings
        if settings.overlay == "never":
            return
        try:
            from sayso.indicator.lettering import Lettering  # noqa: PLC0415  # Pillow, an extra
            from sayso.indicator.picture import Painter, fitting  # noqa: PLC0415  # as above
        except ImportError:
            say(NO_PILLOW)
            return
        position = Position(settings.position)

        def painter(scale: float, room: tuple[int, int]) -> Painter:
            try:
                lettering = Lettering()
            except OSError as error:
                raise DisplayError(f"the overlay's font cannot be read: {error}") from error
            size = fitting(scale * settings.overlay_size, room)
            return Painter(THEMES[settings.contrast], size, at_top=position.at_top, lettering=lettering)

        self._overlay = Overlay(lambda: open_surface(self._session, position), painter, say)
        stack.callback(self._overlay.close)

    def _build_sounds(self, stack: AsyncExitStack) -> None:
        if self._settings.sounds and self._settings.volume > 0:
            self._sounds = Sounds(self._settings.volume)
            self._sounds.start()
            stack.callback(self._sounds.stop)

    def _do(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(_shielded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # cancelled in the same round, it has never begun
        return task

    async def _leave(self) -> None:
        for timer in (self._changing, self._looking):
            if timer is not None:
                timer.cancel()
        if self._announcer is not None:
            self._announcer.forget()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._notifications is not None:
            await self._notifications.close_all()

    def _from_thread(self, is_away: bool) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self.hear, AwayTold(is_away))


class _Desk:
    """Passes on whether the person is there."""

    def __init__(self, tell: Callable[[bool], None]) -> None:
        self._tell = tell

    def leave(self) -> None:
        self._tell(True)

    def come_back(self) -> None:
        self._tell(False)


def _is_same_in_tray(before: Facts, now: Facts) -> bool:
    def told(facts: Facts) -> tuple[object, ...]:
        return facts.state, facts.is_dictating, facts.problems, facts.offers

    return told(before) == told(now)


async def _shielded(work: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(DBusFastError, OSError, EOFError):  # the bus is going away, which ends the indicator
        await work


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody waits for any more when a bus breaks; anything else is a mistake of ours that is to be seen."""
    error = context.get("exception")
    if error is not None and not isinstance(error, (DBusFastError, OSError, EOFError)):
        say(f"the indicator made a mistake: {type(error).__name__}: {error}")
