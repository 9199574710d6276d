"""Listens to all who know whether the person is there: desktops' lockers, logind, and other lockers' processes.

A bus that goes away has said nothing of the screen, so what was known by it stays, until it is back (it is looked
for every 10 s) and its locker says otherwise. Where it never is, the person counts as away until the screen was
locked and unlocked by somebody who tells it, or the service is started anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from sayso.away import Desk, Presence
from sayso.away.locker_watch import LockerWatch
from sayso.away.logind import Logind
from sayso.away.look import Lockers
from sayso.away.savers import Savers
from sayso.bus.address import session_bus_address
from sayso.bus.visitor import RETRY_SECONDS, Visit, Visitor

SYSTEM_BUS: Final = "unix:path=/run/dbus/system_bus_socket"


class AwayWatch:
    """Watches on a thread of its own, for as long as it runs.

    Args:
        desk: told on that thread.
        lockers: looks for lockers that tell nobody; None for one of its own.
        retry_seconds: how often a bus that is not there is looked for.

    """

    def __init__(self, desk: Desk, lockers: Lockers | None = None, retry_seconds: float = RETRY_SECONDS) -> None:
        presence = Presence(desk)
        self._processes = LockerWatch(presence, lockers or Lockers())
        self._savers = Savers(presence)
        visits: dict[Callable[[], str], Visit] = {
            session_bus_address: self._savers.visit,
            _system_bus: Logind(presence, self._processes.expect).visit,
        }
        self._visitor = Visitor("sayso-away", visits, self._left, retry_seconds)

    def start(self) -> None:
        """Begin; returns at once."""
        self._visitor.start()
        self._visitor.do(self._processes.run)

    def stop(self) -> None:
        """Watch no more; blocks for milliseconds."""
        self._visitor.stop()

    def attend(self, is_listening: bool) -> None:
        """Somebody is listened to from now on, or nobody. Any thread; returns at once."""
        self._visitor.do(lambda: _soon(lambda: self._processes.attend(is_listening)))

    def saw_locker(self) -> None:
        """Somebody else saw a locker: the desk will be told of it, and when the person is back. Any thread."""
        self._visitor.do(lambda: _soon(self._processes.saw))

    def _left(self, bus: Callable[[], str]) -> None:
        if bus is session_bus_address:
            self._savers.left()


async def _soon(do: Callable[[], None]) -> None:
    do()


def _system_bus() -> str:
    return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or SYSTEM_BUS
