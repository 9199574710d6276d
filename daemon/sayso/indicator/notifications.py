"""Notices as bubbles of the desktop: a client of `org.freedesktop.Notifications`.

Source: Desktop Notifications Specification 1.2, https://specifications.freedesktop.org/notification-spec/.
"""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable
from typing import Any, Final

from dbus_fast import DBusFastError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from sayso.bus.address import THE_BUS
from sayso.bus.signals import fit
from sayso.bus.visitor import match
from sayso.indicator.notices import Notice, Urgency

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
ANSWER_SECONDS: Final = 5.0  # the bus may have to start the program that shows them
APPLICATION, ICON = "sayso", "audio-input-microphone"
BY_ITSELF, NEVER = -1, 0  # when it goes: as the desktop has it, or only when it is closed
ANNOUNCED_MS: Final = 3_000
TOLD: Final = {("ActionInvoked", "us"), ("NotificationClosed", "uu")}  # signals about a bubble
IN_THE_TRAY: Final = "Choose in sayso's menu in the tray: "


class Notifications:
    """Shows and closes bubbles. Its event loop's thread only.

    Args:
        bus: connected.
        chosen: told which of a notice's actions was chosen.

    """

    def __init__(self, bus: MessageBus, chosen: Callable[[str], None]) -> None:
        self._bus = bus
        self._chosen = chosen
        self._numbers: dict[str, int] = {}  # problem → the desktop's number for its bubble
        self._actions: dict[str, frozenset[str]] = {}
        self._abilities: frozenset[str] | None = None
        self._desktop = ""  # the connection of the program that has shown the bubbles
        self._turn = asyncio.Lock()  # one thing is done to the bubbles after the other
        self._tasks: set[asyncio.Task[None]] = set()  # asyncio itself keeps none alive

    async def begin(self) -> None:
        """Listen to what is clicked. The desktop's program is not started before there is a notice."""
        self._bus.add_message_handler(self._hear)
        await match(self._bus, f"type='signal',sender='{NAME}',path='{PATH}',interface='{NAME}'")
        await match(self._bus, f"type='signal',sender='{THE_BUS}',member='NameOwnerChanged',arg0='{NAME}'")

    async def show(self, notice: Notice) -> None:
        """Show a notice, in place of the one of the same name."""
        async with self._turn:
            await self._show(notice)

    async def _show(self, notice: Notice) -> None:
        abilities = await self._ask_abilities()
        can_act = "actions" in abilities
        message = notice.message
        if notice.actions and not can_act:
            message = f"{message} {IN_THE_TRAY}{', '.join(notice.actions.values()).lower()}."
        actions = [word for pair in notice.actions.items() for word in pair] if can_act else []
        expiry = NEVER if notice.actions or notice.urgency is Urgency.CRITICAL else BY_ITSELF
        self._actions[notice.name] = frozenset(notice.actions)
        await self._notify(
            notice.name, notice.summary, self._body(message, abilities), actions, expiry, notice.urgency
        )

    async def announce(self, words: str) -> None:
        """Say what sayso does now, for a screen reader to read out; it leaves no trace."""
        async with self._turn:
            await self._notify("", words, "", [], ANNOUNCED_MS, Urgency.LOW, transient=Variant("b", True))

    async def close(self, name: str) -> None:
        """Close the bubble of a problem, if it is still there."""
        async with self._turn:
            self._actions.pop(name, None)
            number = self._numbers.pop(name, None)
            if number is not None:
                await self._call("CloseNotification", "u", [number])

    async def close_all(self) -> None:
        """Close what asks for something that can no longer be done."""
        for name in tuple(self._numbers):
            await self.close(name)

    async def _notify(
        self,
        name: str,
        summary: str,
        body: str,
        actions: list[str],
        expiry_ms: int,
        urgency: Urgency,
        **hints: Variant,
    ) -> None:
        hints["urgency"] = Variant("y", int(urgency))
        known = {key.replace("_", "-"): value for key, value in hints.items()}
        arguments = [
            *(APPLICATION, self._numbers.get(name, 0), ICON, fit(summary), fit(body), actions, known, expiry_ms)
        ]
        answer = await self._call("Notify", "susssasa{sv}i", arguments)
        if answer is not None and answer.signature == "u":
            self._numbers[name] = answer.body[0]
            self._desktop = answer.sender or ""

    def _body(self, message: str, abilities: frozenset[str]) -> str:
        return html.escape(message, quote=False) if "body-markup" in abilities else message

    async def _ask_abilities(self) -> frozenset[str]:
        if self._abilities is None:
            answer = await self._call("GetCapabilities", "", [])
            if answer is None or answer.signature != "as":
                return frozenset()
            self._abilities = frozenset(answer.body[0])
        return self._abilities

    async def _call(self, member: str, signature: str, body: list[Any]) -> Message | None:
        if not self._bus.connected:
            return None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await self._bus.call(Message(NAME, PATH, NAME, member, signature=signature, body=body))
        except (TimeoutError, OSError, EOFError, DBusFastError):
            return None
        return None if answer is None or answer.message_type is MessageType.ERROR else answer

    def _hear(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "NameOwnerChanged" and message.sender == THE_BUS and message.body[0] == NAME:
            self._numbers.clear()  # another program shows them now, and counts anew
            self._abilities = None
        elif message.interface == NAME and (message.member, message.signature) in TOLD:
            following = asyncio.ensure_future(self._follow(message))
            self._tasks.add(following)
            following.add_done_callback(self._tasks.discard)

    async def _follow(self, message: Message) -> None:
        """Take what was done to a bubble, whose number is known once the showing of it is answered."""
        async with self._turn:
            name = next((name for name, known in self._numbers.items() if known == message.body[0]), None)
            if name is None or message.sender != self._desktop:  # anybody may send such a signal to us alone
                return
            if message.member == "NotificationClosed":
                del self._numbers[name]
            elif message.body[1] in self._actions.get(name, ()):
                self._chosen(message.body[1])
