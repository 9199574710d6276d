"""The portal for hotkeys, which Wayland desktops watch themselves: is there one, and a service that asks it?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from dbus_fast import DBusFastError
from dbus_fast.aio import MessageBus

from sayso.bus import HOW_TO_START
from sayso.bus.address import session_bus_address
from sayso.doctor import Finding, Light
from sayso.errand import Errand, Overdue
from sayso.errors import BusError
from sayso.hotkeys.binding import what_else
from sayso.hotkeys.facts import Action
from sayso.portal import GLOBAL_SHORTCUTS
from sayso.portal.requests import Portals

LIMIT_SECONDS = 3.0  # portals that must be started first take one

NOT_TRIED = "no key was pressed"
TRY_YOURSELF = "press one of your own hotkeys while sayso runs, and see what it does"


def ask_portal() -> Errand[int]:
    """Begin to ask which version of the portal for hotkeys there is (0: none); it may be started by it."""
    return Errand(lambda: asyncio.run(_version()))


async def _version() -> int:
    bus = await MessageBus(bus_address=session_bus_address()).connect()
    try:
        return await Portals(bus).version(GLOBAL_SHORTCUTS)
    finally:
        bus.disconnect()


def has_portal(asked: Errand[int], seconds: float) -> bool | None:
    """Whether there is one; None where nobody says so in time."""
    try:
        return asked.wait(max(0.0, seconds)) > 0
    except (Overdue, BusError, OSError, EOFError, ValueError, DBusFastError):
        return None


def judge_portal(part: str, is_there: bool | None, is_running: bool | None, actions: Iterable[Action]) -> Finding:
    """What is to be said of keys that the desktop watches.

    Args:
        part: of the finding.
        is_there: whether the desktop has the portal; None where nobody answers.
        is_running: whether a sayso runs; None where that cannot be found out.
        actions: what the hotkeys are for.

    """
    if is_there is None:
        message = f"{NOT_TRIED}: the desktop's portals, which watch the keys on Wayland, do not answer"
        remedy = f"see whether the session bus and xdg-desktop-portal run; or {what_else(actions)}"
    elif not is_there:
        message = f"{NOT_TRIED}: this desktop has no portal for hotkeys ({GLOBAL_SHORTCUTS})"
        remedy = what_else(actions)
    elif is_running is False:
        message = f"{NOT_TRIED}: the desktop watches them through its portal for a sayso that runs, and none does"
        remedy = f"{HOW_TO_START}; then press one of your own hotkeys, and see what it does"
    else:
        message = f"{NOT_TRIED}: the desktop watches them through its portal, and they are for you to press"
        remedy = TRY_YOURSELF
    return Finding(part, Light.AMBER, message, remedy)
