"""Follows the focus by what programs tell on the accessibility bus, on a thread of its own."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from sayso.accessibility import Field, Place, Window
from sayso.accessibility.atspi import OBJECT_EVENT, REGISTRY, ROOT, WINDOW_EVENT, Asking, Unanswered
from sayso.accessibility.carets import Carets
from sayso.accessibility.enabling import Enabling, accessibility_bus_address
from sayso.accessibility.finding import Finding
from sayso.accessibility.focus import Focus
from sayso.bus.address import THE_BUS, session_bus_address
from sayso.bus.patient import PatientBus
from sayso.bus.visitor import CONNECT_SECONDS, Visit, Visitor
from sayso.errors import BusError, SaysoError

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 2.0  # until a bus that went away is looked for again
CONFIRM_SECONDS: Final = 0.05
RESTORE_SECONDS: Final = 0.3
EVENTS: Final = ("object:state-changed:focused", "window:activate", "window:deactivate", "window:destroy")
RULES: Final = (
    f"type='signal',interface='{OBJECT_EVENT}',member='StateChanged',arg0='focused'",
    f"type='signal',interface='{WINDOW_EVENT}'",
    f"type='signal',interface='{OBJECT_EVENT}',member='ChildrenChanged',arg0='add',sender='{REGISTRY}',path='{ROOT}'",
    f"type='signal',sender='{THE_BUS}',member='NameOwnerChanged',arg2=''",
)
LOOKING = "the accessibility bus does not answer yet; dictation begins by itself when it does"
ABSENT = (
    "the accessibility bus cannot be reached; install at-spi2-core (its name in Debian, Fedora and Arch), "
    "and start sayso from the desktop session"
)

T = TypeVar("T")


class AccessibilityWatch:
    """The thread `sayso-accessibility`. Programs are asked there, and may hang without holding up anybody else.

    Args:
        mark: the file that says that accessibility is on because of sayso.
        retry_seconds: how often a bus that went away is looked for.

    Attributes:
        window: the window that is active; None where none is, or its program tells nothing.
        connections: how often the bus has been reached; another number means that names may come again.
        absence: why nothing can be told, and what to do about it; None while the bus is there.

    Any thread may read them.

    """

    def __init__(self, mark: Path, retry_seconds: float = RETRY_SECONDS) -> None:
        self.window: Window | None = None
        self.connections = 0
        self.absence: str | None = LOOKING
        self._field: Field | None = None
        self._enabling = Enabling(mark)
        self._listeners: list[Callable[[], None]] = []
        self._focus = Focus()
        self._asking: Asking | None = None
        self._carets: Carets | None = None
        self._finding: Finding | None = None
        self._hearers: list[Callable[[Message], None]] = []
        visits: dict[Callable[[], str], Visit] = {session_bus_address: self._visit}
        self._visitor = Visitor("sayso-accessibility", visits, lambda _: self._left(), retry_seconds)

    def start(self) -> None:
        """Begin; returns at once."""
        self._visitor.start()

    def close(self) -> None:
        """End, and turn accessibility off again where it was; blocks for milliseconds, 0.5 s at most."""
        self._visitor.stop()
        self._field = self.window = None

    def focused(self) -> Field | None:
        """The object that has the focus; None where it is unknown. Any thread; returns at once."""
        return self._field

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called on the watch's thread when `window`, `focused` or `absence` is another."""
        self._listeners.append(tell)

    def confirm(self, timeout_seconds: float = CONFIRM_SECONDS) -> Field | None:
        """Ask the object whether it still has the focus, and what it is now. Any other thread; blocks that long.

        A program tells of its focus when it comes to it. It answers in the same loop in which it takes keys, so
        what it says now is newer than what was told, and a field whose letters are hidden since is one for
        passwords now. Where it no longer has the focus, what is told next is waited for.

        Returns:
            None where it is unknown: nothing has the focus, or its program does not answer in time.

        """

        async def confirm() -> Field | None:
            try:
                async with asyncio.timeout(timeout_seconds):
                    return None if self._finding is None else await self._finding.confirmed()
            except (TimeoutError, Unanswered):
                return None

        return self.do(confirm, timeout_seconds + CONFIRM_SECONDS)

    def do(self, what: Callable[[], Coroutine[Any, Any, T | None]], timeout_seconds: float) -> T | None:
        """Have something done on the watch's thread. Any other thread; blocks that long, then it is None."""
        future = self.begin(what)
        try:
            return future.result(timeout_seconds)
        except (concurrent.futures.TimeoutError, concurrent.futures.CancelledError, SaysoError):
            future.cancel()
            return None

    def begin(self, what: Callable[[], Coroutine[Any, Any, T]]) -> concurrent.futures.Future[T]:
        """Have something done on the watch's thread. Any thread; returns at once."""
        return self._visitor.do(what)

    # ── in the thread ─────────────────────────────────────────────────────────────────────────────

    @property
    def asking(self) -> Asking | None:
        """Questions on the bus that is there now. Thread `sayso-accessibility` only."""
        return self._asking

    @property
    def carets(self) -> Carets | None:
        """Who hears of carets on that bus. Thread `sayso-accessibility` only."""
        return self._carets

    def hear(self, hearer: Callable[[Message], None]) -> None:
        """Have the signals of the accessibility bus told, whichever come. Thread `sayso-accessibility` only."""
        self._hearers.append(hearer)

    def unhear(self, hearer: Callable[[Message], None]) -> None:
        """No longer."""
        self._hearers.remove(hearer)

    def _left(self) -> None:
        """What is known of a bus that went away no longer holds, and its names may come again."""
        self._focus = Focus()
        self._asking = self._carets = self._finding = None
        self._become(None, None, ABSENT)

    async def _visit(self, session: MessageBus) -> None:
        """On the session bus: finds the accessibility bus, and stays there until it goes away."""
        async with asyncio.timeout(CONNECT_SECONDS):
            address = await accessibility_bus_address(session)
        if not address:
            raise BusError(ABSENT)
        async with asyncio.timeout(CONNECT_SECONDS):
            bus = await PatientBus(bus_address=address).connect()
        try:
            await self._enabling.turn_on(session)
            await self._follow(bus)
            with contextlib.suppress(Exception):  # however it went away
                await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast 5.2 has no types here
            raise BusError("the accessibility bus went away")
        finally:
            await self._leave(session, bus)

    async def _leave(self, session: MessageBus, bus: MessageBus) -> None:
        if self._finding is not None:
            await self._finding.end()
        is_used = False
        with contextlib.suppress(Exception):  # neither bus needs be there any more
            async with asyncio.timeout(RESTORE_SECONDS):
                with contextlib.suppress(Unanswered):
                    is_used = await Asking(bus).is_anybody_else_listening()
                await self._enabling.restore(session, is_used)
        with contextlib.suppress(Exception):
            bus.disconnect()

    async def _follow(self, bus: MessageBus) -> None:
        asking = Asking(bus)
        finding = Finding(asking, self._focus, lambda field, window: self._become(field, window, self.absence))
        self._finding = finding
        bus.add_message_handler(lambda message: self._hear(finding, message))
        try:
            for rule in RULES:
                await asking.match(rule)
            for event in EVENTS:
                await asking.register(event)
        except Unanswered as error:
            raise BusError(ABSENT) from error
        self._asking, self._carets = asking, Carets(asking)
        self.connections += 1
        self._become(self._field, self.window, None)
        if self._focus.window is None and self._focus.place is None:  # else it is being found out
            finding.again()

    def _hear(self, finding: Finding, message: Message) -> None:
        """Every message of the bus."""
        if message.message_type is not MessageType.SIGNAL:
            return
        before, is_again = (self._focus.window, self._focus.place), False
        if message.interface in (WINDOW_EVENT, OBJECT_EVENT):
            if self._carets is not None:
                self._carets.hear(message)
            for hearer in self._hearers:
                hearer(message)
            is_again = self._take(message, finding.is_settled)
        elif message.sender == THE_BUS and message.member == "NameOwnerChanged":
            finding.left(message.body[0])
            self._focus.left(message.body[0])
        if is_again or before != (self._focus.window, self._focus.place):
            finding.again()

    def _take(self, message: Message, is_settled: bool) -> bool:
        """Take what a program tells; returns whether it is worth while to ask again though it is nothing new."""
        place = Place(message.sender or "", message.path or "")
        event = (message.member or "").lower()
        if message.interface == WINDOW_EVENT:
            if event == "activate":
                self._focus.activated(place)
            elif event in ("deactivate", "destroy"):
                self._focus.deactivated(place)
        elif event == "statechanged" and message.signature.startswith("sii") and message.body[0] == "focused":
            (self._focus.focused if message.body[1] else self._focus.unfocused)(place)
            # GTK 3 tells of the focus twice, and the object knows of it only the second time.
            return place == self._focus.place and not is_settled
        # A program that begins may have told before it knew that anybody listens.
        return event == "childrenchanged" and self._focus.window is None and self._focus.place is None

    def _become(self, field: Field | None, window: Window | None, absence: str | None) -> None:
        if (field, window, absence) == (self._field, self.window, self.absence):
            return
        self._field, self.window, self.absence = field, window, absence
        for tell in self._listeners:
            tell()
