"""A keyboard by the portal, whenever it is there and the person has agreed: the thread `sayso-portal`."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from typing import Any, Final, TypeVar

from dbus_fast.aio import MessageBus

from sayso.bus.address import session_bus_address
from sayso.bus.visitor import Visitor
from sayso.errors import BusError, TargetAway, TypistError, Unable
from sayso.portal import CLIPBOARD, REMOTE_DESKTOP
from sayso.portal.keyboard import Interrupted, PortalKeyboard, ask_for_keyboard
from sayso.portal.keymap import characters
from sayso.portal.layout import Layout, find_layout
from sayso.portal.plan import Known
from sayso.portal.requests import Denied, Portals
from sayso.portal.token import TokenFile

T = TypeVar("T")
FIRST_LOOK_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 1.0  # of a desktop that remembers; a person takes longer, and the text waits meanwhile
CALL_SECONDS: Final = 30.0  # for a chunk, or a clipboard with all that it holds
CLOSE_SECONDS: Final = 0.5

NOT_THERE: Final = (
    "this desktop has no portal for typing (org.freedesktop.portal.RemoteDesktop); install the one of your "
    "desktop (xdg-desktop-portal-gnome or -kde), or set another typist.backend"
)
LOOKING: Final = "the desktop portals have not answered yet; dictation begins by itself when they do"
ASKED: Final = "the desktop asks whether sayso may type: allow it there, and go back to your window"
HOW_TO_ALLOW: Final = (
    "the desktop was told not to let sayso type; to be asked again, start sayso again or reload its settings, and "
    "allow it to control the keyboard"
)


class PortalDesk:
    """Asks for the keyboard when it is first needed; building it blocks until the portals answer, for 2 s at most.

    Every method may be called by any thread but its own.

    Args:
        token: by which the desktop remembers that the person has agreed.
        tell: called, by the thread, when something is another than before: portals, permission, keyboard.
        address: of the session bus.

    Attributes:
        absence: why there is no portal, and what to do; None while there is one. Any thread may read it.

    """

    def __init__(
        self,
        token: TokenFile,
        tell: Callable[[], None],
        address: Callable[[], str] = session_bus_address,
    ) -> None:
        self.absence: str | None = LOOKING
        self._token = token
        self._tell = tell
        self._address = address
        self._portals: Portals | None = None
        self._bus: MessageBus | None = None
        self._keyboard: PortalKeyboard | None = None
        self._asking: asyncio.Task[None] | None = None
        self._refusal: str | None = None
        self._layout: Layout | None = None
        self._tells_layout = True
        self._looking: asyncio.Future[None] | None = None
        self._looked = threading.Event()
        self._is_closed = False
        self._visitor = Visitor(
            "sayso-portal", {address: self._visit}, lambda _: self._is_there(NOT_THERE), passes_files=True
        )
        self._visitor.start()
        self._looked.wait(FIRST_LOOK_SECONDS)

    def describe(self) -> str:
        """How it stands, in a few words; returns at once."""
        keyboard = self._keyboard
        if self.absence is not None:
            return "not there"
        if self._refusal is not None:
            return "not allowed"
        if keyboard is None:
            return "asks when it is first needed" if self._asking is None else "waits for your permission"
        layout = "layout unknown" if self._layout is None else f"layout {self._layout}"
        return f"{layout}, {'no clipboard' if keyboard.clipboard is None else 'with the clipboard'}"

    @property
    def has_clipboard(self) -> bool:
        """Whether the desktop lends its clipboard, as far as is known yet."""
        keyboard = self._keyboard
        return keyboard is not None and keyboard.clipboard is not None

    @property
    def layout(self) -> str:
        """What the layout is called, for messages."""
        return "the keyboard layout" if self._layout is None else f"the keyboard layout {self._layout}"

    def reach(self) -> tuple[PortalKeyboard, Known | None]:
        """The keyboard, and the characters that its layout is known to have. Blocks for ANSWER_SECONDS at most.

        Raises:
            TargetAway: the person has not answered yet.
            Unable: there is none to be had.

        """
        keyboard, layout = self.do(self._ready)
        return keyboard, None if layout is None else characters(layout.name, layout.variant) if layout.name else {}

    def drop(self, keyboard: PortalKeyboard) -> None:
        """Forget a keyboard that no longer works; the next `reach` asks anew."""
        if self._keyboard is keyboard:
            self._keyboard = None

    def do(self, what: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Have something done on the thread, and wait for it.

        Raises:
            TypistError: the portals do not answer, or sayso is leaving.
            Interrupted: as the keyboard does.

        """
        try:
            return self._visitor.do(what).result(CALL_SECONDS)
        except (CancelledError, TimeoutError) as error:
            raise TypistError("the desktop portals do not answer; dictate again") from error
        except Interrupted:
            raise
        except BusError as error:
            raise TypistError(str(error)) from error

    def later(self, what: Callable[[], None]) -> None:
        """Have something done on the thread."""

        async def doing() -> None:
            what()

        self._visitor.do(doing)

    def close(self) -> None:
        """Put the clipboard back, give the keyboard back and end the thread; blocks for a second at most."""
        self._is_closed = True
        with contextlib.suppress(BusError, CancelledError, TimeoutError):
            self._visitor.do(self._leave).result(CLOSE_SECONDS)
        self._visitor.stop()

    # ── on the thread ─────────────────────────────────────────────────────────────────────────────

    async def _visit(self, bus: MessageBus) -> None:
        """Be on the bus; the clipboard's file descriptors are pipes."""
        portals = Portals(bus, came=self._came)
        try:
            self._bus, self._portals = bus, portals
            await portals.open(REMOTE_DESKTOP, CLIPBOARD)
            await self._look(portals)
            await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast 5.2 has no types here
        finally:
            self._bus = self._portals = self._keyboard = None
            portals.close()
            with contextlib.suppress(Exception):  # it may have gone by itself
                bus.disconnect()

    def _came(self, is_there: bool) -> None:
        """The portals were started (again), or went away and everything with them."""
        self._keyboard = None
        portals = self._portals
        if not is_there:
            self._is_there(NOT_THERE)
        elif portals is not None:
            self._looking = asyncio.ensure_future(self._look(portals))

    async def _look(self, portals: Portals) -> None:
        self._tells_layout = True
        try:
            await portals.register()
            absence = None if await portals.version(REMOTE_DESKTOP) else NOT_THERE
        except BusError as error:
            absence = str(error)
        self._is_there(absence)

    def _is_there(self, absence: str | None) -> None:
        was, self.absence = self.absence, absence
        self._looked.set()
        if was != absence and not self._is_closed:
            self._tell()

    async def _ready(self) -> tuple[PortalKeyboard, Layout | None]:
        if self._keyboard is None:
            await self._allowed()
        keyboard, bus = self._keyboard, self._bus
        if keyboard is None or bus is None:
            raise Unable(self._refusal or self.absence or "the desktop portals went away; dictate again")
        if self._tells_layout:
            self._layout = await find_layout(bus)
            self._tells_layout = self._layout is not None
        return keyboard, self._layout

    async def _allowed(self) -> None:
        if self._refusal is not None:
            raise Unable(self._refusal)
        if self._portals is None or self.absence is not None:
            raise Unable(self.absence or NOT_THERE)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(self._portals))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await asyncio.shield(self._asking)
        except TimeoutError:
            raise TargetAway(ASKED) from None

    async def _ask(self, portals: Portals) -> None:
        """Ask the person; what comes of it is in `_keyboard` or `_refusal`."""
        try:
            keyboard = await ask_for_keyboard(portals, self._token, self._ended)
            if keyboard.clipboard is not None:
                keyboard.clipboard.on_late = self._tell
            self._keyboard = keyboard
        except Denied:
            self._refusal = HOW_TO_ALLOW
        except BusError as error:
            if self.absence is None and portals is self._portals:
                self._refusal = f"the desktop does not let sayso type ({error}); set another typist.backend"
        finally:
            self._asking = None
            self._tell()

    def _ended(self) -> None:
        """The desktop, or the person by its means, has ended the session."""
        self._keyboard = None
        self._tell()

    async def _leave(self) -> None:
        asking, keyboard = self._asking, self._keyboard
        if asking is not None:
            asking.cancel()
        if keyboard is not None:
            if keyboard.clipboard is not None:
                await keyboard.clipboard.close()
            keyboard.end()
