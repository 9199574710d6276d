"""The screen lockers of desktops, which tell on the session bus when the screen is locked, and when no more.

`ActiveChanged`: KDE (`org.freedesktop.ScreenSaver`), GNOME, Cinnamon, MATE, Xfce.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Final

from dbus_fast import DBusFastError, Message, MessageType
from dbus_fast.aio import MessageBus

from sayso.away import Presence
from sayso.bus.address import THE_BUS
from sayso.bus.visitor import call, match

SCREEN_SAVERS: Final = {
    "org.freedesktop.ScreenSaver": "/org/freedesktop/ScreenSaver",
    "org.gnome.ScreenSaver": "/org/gnome/ScreenSaver",
    "org.cinnamon.ScreenSaver": "/org/cinnamon/ScreenSaver",
    "org.mate.ScreenSaver": "/org/mate/ScreenSaver",
    "org.xfce.ScreenSaver": "/org/xfce/ScreenSaver",
}


class Savers:
    """Listens on the session bus, on the visitor's thread.

    A source is `INTERFACE OWNER`. Where the bus goes, its lockers have not said that the screen is unlocked, and
    cannot: they stay as `INTERFACE `, until one of that interface is there again and says how it is.

    Args:
        presence: told.

    """

    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self._heard: set[str] = set()  # sources that have told something since they were asked
        self._hearing: set[asyncio.Future[None]] = set()  # asyncio itself keeps none alive

    async def visit(self, bus: MessageBus) -> None:
        """Ask who is there, and listen from then on."""
        bus.add_message_handler(lambda message: self._take(bus, message))
        await match(bus, "type='signal',member='ActiveChanged'")
        for interface in SCREEN_SAVERS:
            await match(bus, f"type='signal',sender='{THE_BUS}',member='NameOwnerChanged',arg0='{interface}'")
            await self._ask(bus, interface)

    def left(self) -> None:
        """The bus is gone."""
        self._heard.clear()
        for source in self._presence.sources:
            interface, _, owner = source.partition(" ")
            if owner and interface in SCREEN_SAVERS:
                self._presence.says(f"{interface} ", is_away=True)
                self._presence.says(source, is_away=False)

    def _take(self, bus: MessageBus, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "ActiveChanged" and message.interface in SCREEN_SAVERS and message.signature == "b":
            source = f"{message.interface} {message.sender}"
            self._heard.add(source)
            self._begin(self._hear(bus, source, bool(message.body[0])))
        elif message.member == "NameOwnerChanged" and message.sender == THE_BUS:
            name, _, owner = message.body
            if owner and name in SCREEN_SAVERS:  # one that starts, on a bus that has come back perhaps
                self._begin(self._ask(bus, name))
            elif not owner:
                self._begin(self._ask_for(bus, name))

    async def _ask(self, bus: MessageBus, interface: str) -> None:
        answer = await call(bus, interface, SCREEN_SAVERS[interface], interface, "GetActive")
        if answer is not None and answer.signature == "b":
            source = f"{interface} {answer.sender}"
            if source not in self._heard:  # what was told since it answered is newer
                await self._hear(bus, source, bool(answer.body[0]))

    def _begin(self, hearing: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(hearing)
        self._hearing.add(task)
        task.add_done_callback(self._hearing.discard)

    async def _hear(self, bus: MessageBus, source: str, is_away: bool) -> None:
        interface, _, owner = source.partition(" ")
        self._presence.says(source, is_away=is_away)
        self._presence.says(f"{interface} ", is_away=False)  # what one said on an earlier bus
        if is_away:
            rule = f"type='signal',sender='{THE_BUS}',member='NameOwnerChanged',arg0='{owner}'"
            with contextlib.suppress(DBusFastError, OSError, EOFError):
                await match(bus, rule)
                await self._ask_for(bus, owner)  # it may have died before that

    async def _ask_for(self, bus: MessageBus, owner: str) -> None:
        """A locker that died unlocks nothing, and cannot say that it is over; a bus that dies loses all names."""
        with contextlib.suppress(DBusFastError, OSError, EOFError):
            answer = await call(bus, THE_BUS, "/org/freedesktop/DBus", THE_BUS, "NameHasOwner", "s", [owner])
            if answer is not None and answer.signature == "b" and not answer.body[0]:
                for source in self._presence.sources:
                    if source.endswith(f" {owner}"):
                        self._presence.says(source, is_away=False)
