"""logind, on the system bus: what it says of the session and of the machine.

LockedHint          of the session: GNOME, KDE, elementary, COSMIC set it
PrepareForSleep     true before the machine sleeps, false when it is awake again
Lock                of the session: somebody wants it locked. Who does it (swaylock, i3lock) may tell nobody
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Final

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from sayso.away import Presence
from sayso.bus.address import THE_BUS
from sayso.bus.visitor import call, match

LOGIND, MANAGER, SESSION = (
    "org.freedesktop.login1",
    "org.freedesktop.login1.Manager",
    "org.freedesktop.login1.Session",
)
LOGIND_PATH: Final = "/org/freedesktop/login1"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
SLEEP, HINT = "sleep", "locked hint"


class Logind:
    """Listens on the system bus, on the visitor's thread.

    What it said stays where it or the bus goes, until it is there again and says how it is.

    Args:
        presence: told by the sources SLEEP and HINT.
        lock: told that the session is to be locked.

    """

    def __init__(self, presence: Presence, lock: Callable[[], None]) -> None:
        self._presence = presence
        self._lock = lock
        self._session = ""
        self._heard: set[str] = set()  # sources that have told something since it was asked
        self._asking: set[asyncio.Future[None]] = set()  # asyncio itself keeps none alive

    async def visit(self, bus: MessageBus) -> None:
        """Ask how it is, and listen from then on."""
        bus.add_message_handler(lambda message: self._take(bus, message))
        await match(bus, f"type='signal',sender='{THE_BUS}',member='NameOwnerChanged',arg0='{LOGIND}'")
        await match(bus, f"type='signal',sender='{LOGIND}',interface='{MANAGER}',member='PrepareForSleep'")
        await self._ask(bus)

    async def _ask(self, bus: MessageBus) -> None:
        self._heard.clear()
        self._session = await _own_session(bus)
        if self._session:
            await match(bus, f"type='signal',sender='{LOGIND}',path='{self._session}'")
        for source, path, interface, name in (
            (HINT, self._session, SESSION, "LockedHint"),
            (SLEEP, LOGIND_PATH, MANAGER, "PreparingForSleep"),
        ):
            answer = await call(bus, LOGIND, path, PROPERTIES, "Get", "ss", [interface, name]) if path else None
            if answer is not None and answer.signature == "v" and source not in self._heard:
                self._presence.says(source, is_away=bool(answer.body[0].value))

    def _take(self, bus: MessageBus, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "PrepareForSleep" and message.signature == "b":
            self._hear(SLEEP, bool(message.body[0]))
        elif message.path == self._session and message.interface == SESSION and message.member == "Lock":
            self._lock()
        elif (
            message.path == self._session
            and message.member == "PropertiesChanged"
            and message.signature == "sa{sv}as"
        ):
            hint = message.body[1].get("LockedHint")
            if message.body[0] == SESSION and isinstance(hint, Variant):
                self._hear(HINT, bool(hint.value))
        elif message.member == "NameOwnerChanged" and message.sender == THE_BUS and message.body[2]:
            asking = asyncio.ensure_future(self._ask(bus))  # it has been started anew
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)

    def _hear(self, source: str, is_away: bool) -> None:
        self._heard.add(source)
        self._presence.says(source, is_away=is_away)


async def _own_session(bus: MessageBus) -> str:
    """The path of the person's session; a service of systemd belongs to none: then of the one with the display."""
    number = os.environ.get("XDG_SESSION_ID")
    if number:
        answer = await call(bus, LOGIND, LOGIND_PATH, MANAGER, "GetSession", "s", [number])
        if answer is not None and answer.signature == "o":
            return str(answer.body[0])
    user = await call(bus, LOGIND, LOGIND_PATH, MANAGER, "GetUser", "u", [os.getuid()])
    if user is None or user.signature != "o":
        return ""
    of_user = [f"{LOGIND}.User", "Display"]
    display = await call(bus, LOGIND, str(user.body[0]), PROPERTIES, "Get", "ss", of_user)
    if display is None or display.signature != "v":
        return ""
    found = display.body[0].value
    return str(found[1]) if isinstance(found, list | tuple) and len(found) == 2 and found[0] else ""
