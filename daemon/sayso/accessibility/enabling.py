"""`IsEnabled` of org.a11y.Status: whether programs shall tell assistive technology anything. Bus thread only.

Qt tells nothing while it is off. at-spi-bus-launcher keeps it in the settings of GNOME where those are installed,
so a service that died would leave it on for good: that it is on because of sayso is therefore kept in a file.
`ScreenReaderEnabled` is never touched: programs speak and behave otherwise then.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Any, Final

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from sayso.bus.visitor import call

log = logging.getLogger(__name__)

NAME, PATH, BUS, STATUS = "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"


class Enabling:
    """Turns it on while it is used, and off again where it was off.

    Args:
        mark: a file that exists while it is on because of sayso; its folder is made.

    """

    def __init__(self, mark: Path) -> None:
        self._mark = mark
        self._is_ours = False

    async def turn_on(self, session: MessageBus) -> None:
        """Turn it on. Where nobody knows it, nothing happens.

        Args:
            session: the session bus.

        """
        if await self._is(session, "IsEnabled") is not False:
            self._is_ours = self._mark.exists()  # it was on already, or a service of ours died
            return
        self._is_ours = True
        try:
            self._mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._mark.touch(mode=0o600)
        except OSError as error:  # it would stay on if the service died: rather that than typing into passwords
            log.warning("what accessibility was set to cannot be kept: %s", error.strerror)
        await self._set(session, True)

    async def restore(self, session: MessageBus, is_used_by_others: bool) -> None:
        """Turn it off again where it was off, unless somebody else has come to rely on it."""
        if not self._is_ours:
            return
        if not is_used_by_others and await self._is(session, "ScreenReaderEnabled") is not True:
            await self._set(session, False)
            if await self._is(session, "IsEnabled") is not False:
                return  # the mark stays for the next time
        with contextlib.suppress(OSError):
            self._mark.unlink(missing_ok=True)

    async def _is(self, session: MessageBus, name: str) -> bool | None:
        answer = await call(session, NAME, PATH, PROPERTIES, "Get", "ss", [STATUS, name])
        if answer is None or answer.signature != "v" or not isinstance(answer.body[0].value, bool):
            return None
        return answer.body[0].value

    async def _set(self, session: MessageBus, is_enabled: bool) -> None:
        value: Any = Variant("b", is_enabled)
        await call(session, NAME, PATH, PROPERTIES, "Set", "ssv", [STATUS, "IsEnabled", value])


async def accessibility_bus_address(session: MessageBus) -> str:
    """Where the accessibility bus is; starts it where it can be. Empty where there is none."""
    answer = await session.call(Message(NAME, PATH, BUS, "GetAddress"))  # the caller has a deadline
    if answer.message_type is MessageType.ERROR or answer.signature != "s":
        return ""
    return str(answer.body[0])
