"""Hotkeys on Wayland: the GlobalShortcuts portal. The person chooses the keys, and the desktop watches them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from typing import Final

from dbus_fast import DBusFastError, Message, Variant
from dbus_fast.aio import MessageBus

from sayso.bus.address import session_bus_address
from sayso.bus.visitor import Visitor
from sayso.config.chords import Chord
from sayso.errors import BusError, HotkeyError
from sayso.events import Problem, ProblemCleared, ProblemName
from sayso.hotkeys.binding import what_else
from sayso.hotkeys.facts import LET_GO, PRESSED, Action, Ask, Report, Standing
from sayso.portal import GLOBAL_SHORTCUTS
from sayso.portal.held import HeldKeys
from sayso.portal.requests import Denied, Portals, Refused
from sayso.portal.shortcuts import bound, wanted

log = logging.getLogger(__name__)

FIRST_LOOK_SECONDS: Final = 6.0  # the portals may have to be started first
CLOSE_SECONDS: Final = 0.5
REPEAT_SECONDS: Final = 1.0  # a key that is held repeats sooner; an old release that was lost is further back
AGAIN_SECONDS: Final = (
    1.0,
    60.0,
)  # after a session was ended: doubled each time, so that nobody is asked in a loop

NOT_THERE: Final = "this desktop has no portal for hotkeys (org.freedesktop.portal.GlobalShortcuts)"
DENIED: Final = "the desktop was told not to give sayso its hotkeys; start sayso again and allow them"


class PortalHotkeys:
    """Has the desktop watch the keys, and asks it anew whenever its portals have been started again.

    Building it blocks until it is known whether there is such a portal, for 6 s at most.

    Args:
        chords: the keys that are proposed; the person may choose others.
        ask: told what they ask for, on the thread `sayso-hotkeys`.
        report: told that they are not allowed (`ProblemName.HOTKEY_UNWATCHED`), and that it is over.
        held: told which chords with modifiers are down.
        address: of the session bus.

    Raises:
        HotkeyError: there is no such portal.

    """

    def __init__(
        self,
        chords: Mapping[Action, Chord],
        ask: Ask,
        report: Report,
        held: HeldKeys | None = None,
        address: Callable[[], str] = session_bus_address,
    ) -> None:
        self._chords = chords
        self._ask = ask
        self._report = report
        self._held = held or HeldKeys()
        self._standing = {action: f"{chord}{Standing.PORTALS_AWAY.value}" for action, chord in chords.items()}
        self._looked = threading.Event()
        self._lack: str | None = NOT_THERE
        # On the thread alone:
        self._portals: Portals | None = None
        self._session = ""
        self._down: dict[Action, float] = {}  # what is down, and when it last said so
        self._is_denied = False
        self._pause = AGAIN_SECONDS[0]
        self._binding: asyncio.Future[None] | None = None
        self._visitor = Visitor("sayso-hotkeys", {address: self._visit}, lambda _: self._left())
        self._visitor.start()
        self._looked.wait(FIRST_LOOK_SECONDS)
        if self._lack is not None:
            self._visitor.stop()
            raise HotkeyError(self._lack)

    def describe(self) -> dict[str, str]:
        """How each hotkey stands now. Called by any thread; returns at once."""
        return {action.value: standing for action, standing in self._standing.items()}

    def close(self) -> None:
        """Give the keys back; blocks for a second at most. Never raises."""
        with contextlib.suppress(BusError, CancelledError, TimeoutError):
            self._visitor.do(self._leave).result(CLOSE_SECONDS)
        self._visitor.stop()
        if self._is_denied:
            self._is_denied = False
            self._report(ProblemCleared(ProblemName.HOTKEY_UNWATCHED))

    # ── on the thread `sayso-hotkeys` ─────────────────────────────────────────────────────────────

    async def _visit(self, bus: MessageBus) -> None:
        portals = self._portals = Portals(bus, self._hear, self._came)
        await portals.open(GLOBAL_SHORTCUTS)
        await self._bind(portals)

    def _left(self) -> None:
        """The bus went away, or there is none."""
        portals, self._portals = self._portals, None
        if portals is not None:
            portals.close()
        self._let_go_of_all()
        self._stands(Standing.PORTALS_AWAY)
        self._looked.set()

    def _came(self, is_there: bool) -> None:
        self._let_go_of_all()
        if not is_there:
            self._stands(Standing.PORTALS_AWAY)
        elif not self._looked.is_set():
            return  # they were started by the first look, which goes on
        else:
            self._bind_in(0.0)

    def _bind_in(self, seconds: float) -> None:
        if self._binding is not None:
            self._binding.cancel()
        self._binding = asyncio.ensure_future(self._bind_again(seconds))

    async def _bind_again(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if self._portals is not None:
            with contextlib.suppress(BusError, DBusFastError, OSError):  # they went away again, and will come back
                await self._bind(self._portals)

    async def _bind(self, portals: Portals) -> None:
        """Begin a session; the person is asked unless the desktop knows these keys already."""
        if self._is_denied:
            return
        await portals.register()
        self._lack = None if await portals.version(GLOBAL_SHORTCUTS) else NOT_THERE
        self._looked.set()
        if self._lack is not None:
            return
        self._stands(Standing.ASKING)
        try:
            self._bound(await self._begin(portals))
        except Denied:
            self._is_denied = True
            self._stands(Standing.NOT_ALLOWED)
            self._report(Problem(ProblemName.HOTKEY_UNWATCHED, f"{DENIED}, or {what_else(self._chords)}"))
        except Refused as error:
            log.debug("no hotkeys: %s", error)
            self._stands(Standing.NOT_ALLOWED)
            self._retry()
        except BusError as error:  # they went away meanwhile, or are stuck
            log.debug("no hotkeys yet: %s", error)
            self._stands(Standing.PORTALS_AWAY)
            self._retry()

    async def _begin(self, portals: Portals) -> dict[str, str]:
        """Which shortcuts are bound, and to which keys.

        KDE makes what it knows work in every new session, lists it, and before Plasma 6 opened its settings at
        each `BindShortcuts`; for that it must be told them at once. GNOME lists nothing in a new session, and
        binds what it knows without asking.
        """
        shortcuts = Variant("a(sa{sv})", wanted(self._chords))
        session = await portals.create_session(GLOBAL_SHORTCUTS, self._ended, {"shortcuts": shortcuts})
        self._session = session
        known: dict[str, str] = {}
        with contextlib.suppress(Refused):
            listed = await portals.request(GLOBAL_SHORTCUTS, "ListShortcuts", "oa{sv}", [session], {})
            known = bound(listed.get("shortcuts"))
        if known.keys() >= {action.value for action in self._chords}:
            return known
        try:
            results = await portals.request(
                GLOBAL_SHORTCUTS, "BindShortcuts", "oa(sa{sv})sa{sv}", [session, shortcuts.value, ""], {}
            )
        except Refused:
            portals.end_session(session)
            raise
        return bound(results.get("shortcuts"))

    def _bound(self, keys: Mapping[str, str]) -> None:
        standing = {}
        for action, chord in self._chords.items():
            if action.value in keys:
                standing[action] = keys[action.value] or f"{chord}{Standing.UNTOLD.value}"
            else:
                standing[action] = f"{chord}{Standing.NOT_ALLOWED.value}"
        self._standing = standing

    def _stands(self, how: Standing) -> None:
        self._standing = {action: f"{chord}{how.value}" for action, chord in self._chords.items()}

    def _ended(self) -> None:
        """The desktop has ended the session: what is held is let go, for nobody would tell of its release."""
        self._let_go_of_all()
        self._stands(Standing.PORTALS_AWAY)
        if self._portals is not None:
            self._retry()

    def _retry(self) -> None:
        self._bind_in(self._pause)
        self._pause = min(2 * self._pause, AGAIN_SECONDS[1])

    async def _leave(self) -> None:
        self._let_go_of_all()
        if self._binding is not None:
            self._binding.cancel()
        if self._portals is not None and self._session:
            self._portals.end_session(self._session)

    # ── keys ──────────────────────────────────────────────────────────────────────────────────────

    def _hear(self, message: Message) -> None:
        if message.interface != GLOBAL_SHORTCUTS or not message.body or message.body[0] != self._session:
            return
        if message.member == "ShortcutsChanged":
            self._bound(bound(message.body[1]))
            return
        action = next((action for action in self._chords if action.value == message.body[1]), None)
        if action is None:
            return
        if message.member == "Activated":
            self._press(action)
        elif message.member == "Deactivated":
            self._release(action)

    def _press(self, action: Action) -> None:
        """A key went down, or repeats; some desktops tell of no release but for keys that are held."""
        now = asyncio.get_running_loop().time()
        said_at = self._down.get(action)
        self._down[action] = now
        if said_at is not None and now - said_at < REPEAT_SECONDS:
            return
        if said_at is not None and action in LET_GO:  # its release was lost
            self._ask(LET_GO[action])
        self._pause = AGAIN_SECONDS[0]
        if self._chords[action].modifiers:
            self._held.press(action.value, is_hold=action in LET_GO)
        self._ask(PRESSED[action])

    def _release(self, action: Action) -> None:
        if self._down.pop(action, None) is None:
            return
        self._held.release(action.value)
        if action in LET_GO:
            self._ask(LET_GO[action])

    def _let_go_of_all(self) -> None:
        for action in tuple(self._down):
            self._release(action)
