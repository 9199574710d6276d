"""What is asked of ibus-daemon. Its link's thread only."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from sayso.errors import BusError
from sayso.ibus import wire

IBUS, PATH = "org.freedesktop.IBus", "/org/freedesktop/IBus"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
ANSWER_SECONDS: Final = 2.0


class Daemon:
    """The daemon at the other end of a connection.

    Args:
        bus: the connection.

    """

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus

    async def register(self) -> None:
        """Offer our engine.

        Raises:
            BusError: it is refused.

        """
        if not await self._do("RegisterComponent", "v", wire.component()):
            raise BusError("ibus-daemon takes no engine; restart it with: ibus restart")

    async def global_engine(self) -> str | None:
        """The engine that is on for all fields; None where none is."""
        return wire.engine_name(await self._property("GlobalEngine"))

    async def set_global_engine(self, name: str) -> bool:
        """Turn an engine on; whether it is."""
        return await self._do("SetGlobalEngine", "s", name)

    async def current_field(self) -> str:
        """The input context that has the focus; empty where none has.

        The daemon takes what it is sent in its order: when it answers, what was sent before has been done.

        Raises:
            TimeoutError: it does not answer.

        """
        found = await self._property("CurrentInputContext")
        return found.value if isinstance(found, Variant) and isinstance(found.value, str) else ""

    async def _property(self, name: str) -> Any:
        question = Message(IBUS, PATH, PROPERTIES, "Get", signature="ss", body=[IBUS, name])
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await self._bus.call(question)
        if answer is None or answer.message_type is MessageType.ERROR or not answer.body:
            return None
        return answer.body[0]

    async def _do(self, member: str, signature: str, *body: object) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await self._bus.call(
                    Message(IBUS, PATH, IBUS, member, signature=signature, body=list(body))
                )
        except TimeoutError:
            return False
        return answer is not None and answer.message_type is not MessageType.ERROR
