"""The item in the tray: put up where somebody shows such items, and put up again when another one does."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Final

from dbus_fast import DBusFastError, Message, MessageType
from dbus_fast.aio import MessageBus

from sayso.bus.address import THE_BUS
from sayso.bus.signals import fit
from sayso.bus.visitor import call, match
from sayso.indicator.menu import menu
from sayso.indicator.model import Facts
from sayso.indicator.tray_interfaces import ITEM_PATH, MENU_PATH, ItemInterface, MenuInterface

WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
CLICK: Final = "Click to start or stop dictation."


class Tray:
    """The item on a connection. Its event loop's thread only.

    Args:
        bus: connected.
        contrast: of the icons.
        do: a method of the service, or `menu.QUIT`, that was clicked.

    """

    def __init__(self, bus: MessageBus, contrast: str, do: Callable[[str], None]) -> None:
        self._bus = bus
        self._name = f"org.kde.StatusNotifierItem-{os.getpid()}-1"
        self._item = ItemInterface(contrast, lambda: do("Toggle"))
        self._menu = MenuInterface(menu(Facts()), do)
        self._tasks: set[asyncio.Task[None]] = set()  # asyncio itself keeps none alive

    async def begin(self) -> None:
        """Put it up."""
        self._bus.export(ITEM_PATH, self._item)
        self._bus.export(MENU_PATH, self._menu)
        self._bus.add_message_handler(self._hear)
        await self._bus.request_name(self._name)
        await match(self._bus, f"type='signal',sender='{THE_BUS}',member='NameOwnerChanged',arg0='{WATCHER}'")
        await self._register()

    def show(self, facts: Facts) -> None:
        """Show what is known; what has not changed is not told again."""
        problems = sorted(trouble.message for trouble in facts.problems.values())
        words = "\n".join(fit(problem) for problem in problems) or CLICK
        with contextlib.suppress(DBusFastError, OSError):  # the bus is going away, which ends the indicator
            self._item.become(facts.state, words, needs_attention=bool(problems))
            self._menu.become(menu(facts))

    async def _register(self) -> None:
        with contextlib.suppress(DBusFastError, OSError, EOFError):
            await call(self._bus, WATCHER, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", "s", [self._name])

    def _hear(self, message: Message) -> None:
        is_ours = message.message_type is MessageType.SIGNAL and message.sender == THE_BUS
        if is_ours and message.member == "NameOwnerChanged" and message.body[0] == WATCHER and message.body[2]:
            registering = asyncio.ensure_future(self._register())
            self._tasks.add(registering)
            registering.add_done_callback(self._tasks.discard)
