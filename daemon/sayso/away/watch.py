"""Listens to who knows whether the person is there: the screen lockers of the session, and logind.

Which signals there are, and who sends them:
    ActiveChanged       on the session bus: KDE (`org.freedesktop.ScreenSaver`), GNOME, Cinnamon, MATE, Xfce
    LockedHint          of the session, on the system bus: GNOME, KDE, elementary, COSMIC
    PrepareForSleep     of logind: true before the machine sleeps, false when it is awake again
    Lock                of the session: somebody wants it locked. swaylock and i3lock say no more than that, and
                        nobody says when they are gone, so it only ends what is being said
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Final

from dbus_fast import DBusFastError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from sayso.away import Desk, Presence
from sayso.bus.address import THE_BUS, session_bus_address
from sayso.bus.visitor import Visit, Visitor, call, match

SCREEN_SAVERS: Final = {
    "org.freedesktop.ScreenSaver": "/org/freedesktop/ScreenSaver",
    "org.gnome.ScreenSaver": "/org/gnome/ScreenSaver",
    "org.cinnamon.ScreenSaver": "/org/cinnamon/ScreenSaver",
    "org.mate.ScreenSaver": "/org/mate/ScreenSaver",
    "org.xfce.ScreenSaver": "/org/xfce/ScreenSaver",
}
LOGIND, MANAGER, SESSION = (
    "org.freedesktop.login1",
    "org.freedesktop.login1.Manager",
    "org.freedesktop.login1.Session",
)
LOGIND_PATH: Final = "/org/freedesktop/login1"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
SYSTEM_BUS: Final = "unix:path=/run/dbus/system_bus_socket"
SLEEP, HINT = "sleep", "locked hint"


class AwayWatch:
    """Watches on a thread of its own, for as long as there is either bus.

    Args:
        desk: told on that thread.

    """

    def __init__(self, desk: Desk) -> None:
        self._presence = Presence(desk)
        self._desk = desk
        self._heard: set[str] = set()  # sources that have told something since they were asked
        self._hearing: set[asyncio.Future[None]] = set()  # asyncio itself keeps none alive
        visits: dict[Callable[[], str], Visit] = {
            session_bus_address: self._watch_session,
            _system_bus: self._watch_system,
        }
        self._visitor = Visitor("sayso-away", visits, self._left)

    def start(self) -> None:
        """Begin; returns at once."""
        self._visitor.start()

    def stop(self) -> None:
        """Watch no more; blocks for milliseconds."""
        self._visitor.stop()

    def _left(self, bus: Callable[[], str]) -> None:
        is_from_there = _is_of_the_system if bus is _system_bus else _is_of_the_session
        self._heard.difference_update([source for source in self._heard if is_from_there(source)])
        self._presence.is_gone(is_from_there)

    # ── the session's lockers ─────────────────────────────────────────────────────────────────────

    async def _watch_session(self, bus: MessageBus) -> None:
        bus.add_message_handler(lambda message: self._of_the_session(bus, message))
        await match(bus, "type='signal',member='ActiveChanged'")
        for interface, path in SCREEN_SAVERS.items():
            answer = await call(bus, interface, path, interface, "GetActive")
            if answer is not None and answer.signature == "b" and answer.body[0]:
                source = f"{interface} {answer.sender}"
                if source not in self._heard:  # what was told since it answered is newer
                    await self._hear(bus, source, True)

    def _of_the_session(self, bus: MessageBus, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "ActiveChanged" and message.interface in SCREEN_SAVERS and message.signature == "b":
            source = f"{message.interface} {message.sender}"
            self._heard.add(source)
            hearing = asyncio.ensure_future(self._hear(bus, source, bool(message.body[0])))
            self._hearing.add(hearing)
            hearing.add_done_callback(self._hearing.discard)
        elif message.member == "NameOwnerChanged" and message.sender == THE_BUS and not message.body[2]:
            gone = str(message.body[0])  # a locker that died unlocks nothing, and cannot say that it is over
            self._presence.is_gone(lambda source: source.endswith(f" {gone}"))

    async def _hear(self, bus: MessageBus, source: str, is_away: bool) -> None:
        self._presence.says(source, is_away=is_away)
        if is_away:
            owner = source.partition(" ")[2]
            rule = f"type='signal',sender='{THE_BUS}',member='NameOwnerChanged',arg0='{owner}'"
            with contextlib.suppress(DBusFastError, OSError, EOFError):
                await match(bus, rule)
                answer = await call(bus, THE_BUS, "/org/freedesktop/DBus", THE_BUS, "NameHasOwner", "s", [owner])
                if answer is not None and answer.signature == "b" and not answer.body[0]:  # it died before that
                    self._presence.is_gone(lambda source: source.endswith(f" {owner}"))

    # ── logind ────────────────────────────────────────────────────────────────────────────────────

    async def _watch_system(self, bus: MessageBus) -> None:
        session = await _own_session(bus)
        bus.add_message_handler(lambda message: self._of_logind(session, message))
        await match(bus, f"type='signal',sender='{LOGIND}',interface='{MANAGER}',member='PrepareForSleep'")
        if session:
            await match(bus, f"type='signal',sender='{LOGIND}',path='{session}'")
            answer = await call(bus, LOGIND, session, PROPERTIES, "Get", "ss", [SESSION, "LockedHint"])
            if answer is not None and answer.signature == "v" and answer.body[0].value and HINT not in self._heard:
                self._presence.says(HINT, is_away=True)

    def _of_logind(self, session: str, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "PrepareForSleep" and message.signature == "b":
            self._presence.says(SLEEP, is_away=bool(message.body[0]))
        elif message.path == session and message.interface == SESSION and message.member == "Lock":
            self._desk.hush()
        elif message.path == session and message.member == "PropertiesChanged" and message.signature == "sa{sv}as":
            hint = message.body[1].get("LockedHint")
            if message.body[0] == SESSION and isinstance(hint, Variant):
                self._heard.add(HINT)
                self._presence.says(HINT, is_away=bool(hint.value))


def _is_of_the_system(source: str) -> bool:
    return source in (SLEEP, HINT)


def _is_of_the_session(source: str) -> bool:
    return not _is_of_the_system(source)


def _system_bus() -> str:
    return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or SYSTEM_BUS


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
