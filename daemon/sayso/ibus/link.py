"""The link to ibus-daemon: a thread that has our engine there, while there is a daemon, and types by it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from dbus_fast.aio import MessageBus

from sayso.bus.patient import PatientBus
from sayso.bus.visitor import Visitor, match
from sayso.errors import BusError, TargetAway, TypistError, Unable
from sayso.ibus.daemon import IBUS, Daemon
from sayso.ibus.engine import Engine, Field, Surrounding
from sayso.ibus.note import Note
from sayso.ibus.owners import Owner, Owners
from sayso.ibus.switch import Switch, put_back

FOCUS_SECONDS: Final = 1.0  # after a window got the focus, until its program has told the daemon so
LEAST_SECONDS: Final = 0.05
RETRY_SECONDS: Final = 1.0  # until a daemon that is not there is looked for again
LOOK_SECONDS: Final = 0.1  # after the focus has moved
LEAVE_SECONDS: Final = 2.0
SLACK_SECONDS: Final = 1.0  # more than what is waited for may take
SILENT = "ibus-daemon does not answer; restart it with: ibus restart"
WENT_AWAY = "ibus-daemon went away; typing goes on by itself when it is back"
UNKNOWN = "ibus-daemon does not answer: whether the text arrived is not known; look, and dictate it again if not"
MOVED = (
    "the focus moved while the text was typed: whether it arrived is not known; look, and dictate it again if not"
)

T = TypeVar("T")


class FieldMoved(TargetAway):
    """Another field has got the focus, of the same window perhaps."""


@dataclass(frozen=True, slots=True)
class _There:
    """A daemon, and what we have there."""

    bus: MessageBus
    daemon: Daemon
    engine: Engine
    switch: Switch


class Link:
    """Our engine at the daemon. Any thread but its own may call what is not a coroutine.

    Args:
        tell: told on the thread `sayso-ibus` that the daemon came or went, or another field has the focus.
        find_address: where the daemon's bus is; raises BusError where there is none. Called on that thread.
        note: of the person's engine.
        now: seconds, monotonic.

    Attributes:
        absence: why there is no daemon, and what to do; None while there is one. Any thread may read it.

    """

    def __init__(
        self,
        tell: Callable[[], None],
        find_address: Callable[[], str],
        note: Note | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.absence: str | None = SILENT
        self._tell = tell
        self._find_address = find_address
        self._note = note or Note()
        self._now = now
        self._there: _There | None = None
        self._owners = Owners()
        self._shown: tuple[str, str] | None = None  # in which field, and what
        self._is_leaving = False
        self._looked = threading.Event()
        self._visitor = Visitor("sayso-ibus", {self._address: self._visit}, self._left, RETRY_SECONDS)
        self._visitor.start()

    def wait_for_first_look(self, seconds: float) -> None:
        """Block until it is known whether there is a daemon."""
        self._looked.wait(seconds)

    @property
    def field(self) -> Field | None:
        """The field that has the focus; None where our engine is off. Any thread; returns at once."""
        there = self._there
        return None if there is None else there.engine.field

    @property
    def is_on(self) -> bool:
        """Whether our engine is on. Any thread; returns at once."""
        there = self._there
        return there is not None and there.switch.is_on

    @property
    def is_shown(self) -> bool:
        """Whether a tail is shown as preedit. Any thread; returns at once."""
        return self._shown is not None

    def begin(self, what: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        """Have something done on the link's thread."""
        return self._visitor.do(what)

    def wait(self, done: Future[T], seconds: float) -> T:
        """Wait for what was begun, which takes so long at most.

        Raises:
            TypistError: as it raises, or it was not done in time, or the daemon went away.

        """
        try:
            return done.result(seconds + SLACK_SECONDS)
        except TypistError:
            raise
        except Exception as error:  # of the bus, or it was not done in time
            done.cancel()
            raise TypistError(self.absence or SILENT) from error

    def close(self) -> None:
        """Put the person's engine back and leave; blocks for milliseconds, LEAVE_SECONDS at most."""
        if self._there is not None:
            with contextlib.suppress(TypistError):
                self.wait(self.begin(self._leave), LEAVE_SECONDS)
        self._visitor.stop()

    async def _leave(self) -> None:
        """Take our engine away; the person's is on after that."""
        there = self._at_daemon()
        await there.switch.turn_off()
        own = there.switch.own
        address = self._find_address()
        self._is_leaving = True
        there.bus.disconnect()
        if own is not None:
            bus = await PatientBus(bus_address=address).connect()
            try:
                await put_back(Daemon(bus), own)
            finally:
                bus.disconnect()
        self._note.remove()

    # ── the daemon comes and goes ─────────────────────────────────────────────────────────────────

    def _address(self) -> str:
        try:
            return self._find_address()
        except BusError as error:
            if self.absence != WENT_AWAY:
                self.absence = str(error)
            raise

    async def _visit(self, bus: MessageBus) -> None:
        if self._is_leaving:
            return
        daemon = Daemon(bus)
        engine = Engine(bus, self._field_changed, self._key_pressed)
        switch = Switch(daemon, engine, self._note)
        bus.add_message_handler(switch.hear)
        await daemon.register()
        await match(bus, f"type='signal',interface='{IBUS}',member='GlobalEngineChanged'")
        await switch.start()
        self._owners = Owners()
        self._shown = None
        self._there = _There(bus, daemon, engine, switch)
        await self._look()
        self.absence = None
        self._looked.set()
        self._tell()

    def _left(self, _: Callable[[], str]) -> None:
        there, self._there = self._there, None
        if there is not None:
            there.switch.stop()
            self.absence = WENT_AWAY
            self._tell()
        self._looked.set()

    # ── text ──────────────────────────────────────────────────────────────────────────────────────

    async def take_over(self) -> Field | None:
        """Turn our engine on, if it is off; the field that has the focus.

        Raises:
            Unable: there is no daemon, it has no engine to go back to, or does not take ours.

        """
        there = self._at_daemon()
        await there.switch.turn_on()
        await self._name_field()
        return there.engine.field

    async def deliver(self, path: str, delete: int, insert: str, behind: int = 0) -> Surrounding | None:
        """Delete and commit in a field; returns when the daemon has sent it there: what stood there before.

        Args:
            path: the field's.
            delete: characters before the cursor.
            insert: at the cursor.
            behind: characters that stay, between those that are deleted and the cursor.

        Raises:
            FieldMoved: another field has the focus; nothing was done.
            Unable: there is no daemon; nothing was done.
            TypistError: it may have been done, in part or elsewhere.

        """
        there = self._at_daemon()
        field = there.engine.field
        if field is None or field.path != path:
            raise FieldMoved("the field that the text is for does not have the focus; focus it")
        if self._shown is not None:
            self._shown = None
            there.engine.preedit("")
        if delete:
            there.engine.delete(delete, behind)
        if insert:
            there.engine.commit(insert)
        else:  # of what was deleted no client tells by itself
            there.engine.ask_surrounding(again=True)
        there.switch.linger(is_shown=False)
        try:
            current = await there.daemon.current_field()
        except TimeoutError as error:
            raise TypistError(UNKNOWN) from error
        if current != path:
            raise TypistError(MOVED)
        return field.surrounding

    async def show(self, path: str, unstable: str) -> None:
        """Show a tail in a field, instead of what was shown before."""
        there = self._at_daemon()
        field = there.engine.field
        now = (path, unstable) if unstable else None
        if field is None or field.path != path or now == self._shown:
            return
        there.engine.preedit(unstable)
        self._shown = now
        there.switch.linger(is_shown=bool(unstable))

    async def told(
        self, since: Surrounding | None, seconds: float, holds: Callable[[Surrounding], bool] = lambda _: True
    ) -> Surrounding | None:
        """What stands around the cursor, told anew; the first that holds, or the last in time; None: none came."""
        engine = self._at_daemon().engine
        last = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while engine.field is not None:
                    now = engine.field.surrounding
                    if now is not None and now is not since:
                        last = now
                        if holds(now):
                            break
                    await engine.change()
        return last

    async def refresh(self, seconds: float) -> Field | None:
        """The field, with what stands around its cursor now; a client that has nothing new to tell is silent.

        Takes away what is shown.
        """
        engine = self._at_daemon().engine
        before = None if engine.field is None else engine.field.surrounding
        if self._shown is not None:
            self._shown = None
            engine.preedit("")
        engine.ask_surrounding(again=True)
        await self.told(before, seconds)
        return engine.field

    # ── the field and its window ──────────────────────────────────────────────────────────────────

    async def field_of(self, owner: Owner, focused_since: float) -> Field | None:
        """The field that has the focus, once it is that owner's; None where it does not become so in time.

        Args:
            owner: the window that has the focus.
            focused_since: when it got it, in seconds, monotonic: its program needs a moment to tell the daemon.

        """
        engine = self._at_daemon().engine
        patience = max(LEAST_SECONDS, focused_since + FOCUS_SECONDS - self._now())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while True:
                    await self._name_field()
                    field = engine.field
                    if field is not None and field.is_real and self._owns(owner, field, focused_since):
                        return field
                    await engine.change()
        return None

    def _owns(self, owner: Owner, field: Field, focused_since: float) -> bool:
        return self._owners.owns(owner, field.path, focused_since, stays_in_window=field.has_own_context)

    def look_soon(self, owner: Callable[[], Owner | None]) -> None:
        """The focus of the windows has moved: see which field has it. Any thread; returns at once.

        Args:
            owner: the window that has the focus; None where none has.

        """
        if self.absence is None:
            self.begin(lambda: self._look_later(owner))

    async def _look_later(self, owner: Callable[[], Owner | None]) -> None:
        before = owner()
        await asyncio.sleep(LOOK_SECONDS)
        await self._look()
        if before is not None and before == owner():
            self._owners.settled(before)

    async def _look(self) -> None:
        there = self._there
        with contextlib.suppress(TimeoutError):
            path = await there.daemon.current_field() if there is not None else ""
            if path:
                self._owners.saw(path, self._now())

    async def _name_field(self) -> None:
        """Ask which field has the focus, of a daemon that does not say so (before 1.5.27)."""
        there = self._at_daemon()
        if there.engine.field is not None and not there.engine.field.path:
            there.engine.name_field(await there.daemon.current_field())

    def _field_changed(self) -> None:
        field = self.field
        if field is not None and field.path:
            self._owners.saw(field.path, self._now())
        if self._shown is not None and (field is None or field.path != self._shown[0]):
            self._shown = None  # the daemon has taken it away
            if self._there is not None and self.is_on:
                self._there.switch.linger(is_shown=False)
        self._tell()

    def _key_pressed(self) -> None:
        if self._there is not None:
            self._there.switch.key_pressed()

    def _at_daemon(self) -> _There:
        if self._there is None:
            raise Unable(self.absence or WENT_AWAY)
        return self._there
