"""The layout that a session reads keys by, for whoever strikes keys and not characters."""

from __future__ import annotations

import asyncio
import configparser
import contextlib
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from dbus_fast import DBusFastError
from dbus_fast.aio import MessageBus

from sayso.bus.address import session_bus_address
from sayso.bus.patient import PatientBus
from sayso.errors import BusError
from sayso.evdev.layout import Layout, layout_named
from sayso.portal.layout import find_layout

log = logging.getLogger(__name__)

ANSWER_SECONDS = 0.5  # GNOME and KDE answer within 10 ms, connecting included


def session_layout(
    address: Callable[[], str] = session_bus_address, environment: Mapping[str, str] = os.environ
) -> Layout:
    """What GNOME or KDE says that it is now; empty where neither does, or that does not say which keys write what.

    Blocks for ANSWER_SECONDS at most. Not for a thread that runs an event loop.

    Args:
        address: of the session bus.
        environment: of the session.

    """
    try:
        found = asyncio.run(_ask(address()))
    except (BusError, OSError, EOFError, ValueError, TimeoutError, DBusFastError) as error:
        log.debug("the layout cannot be asked for: %s", type(error).__name__)
        return {}
    if found is None or not found[0] or (not found[1] and _has_kde_variants(environment)):
        return {}
    return layout_named(*found) or {}


async def _ask(address: str) -> tuple[str, str] | None:
    async with asyncio.timeout(ANSWER_SECONDS):
        bus: MessageBus = await PatientBus(bus_address=address).connect()
        try:
            layout = await find_layout(bus)
        finally:
            bus.disconnect()
    return None if layout is None else (layout.name, layout.variant)


def _has_kde_variants(environment: Mapping[str, str]) -> bool:
    """Whether KDE has been given variants of layouts (dvorak), which it does not tell over the bus."""
    if "KDE" not in environment.get("XDG_CURRENT_DESKTOP", "").split(":"):
        return False
    folder = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "/"), ".config")
    settings = configparser.ConfigParser(interpolation=None, strict=False)
    with contextlib.suppress(OSError, UnicodeDecodeError, configparser.Error):
        settings.read(Path(folder, "kxkbrc"), encoding="utf-8")
        return bool(settings.get("Layout", "VariantList", fallback="").replace(",", "").strip())
    return True  # a file that cannot be read may say anything
