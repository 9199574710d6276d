"""One connection to the session bus, as the owner of our name."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial
from typing import Any

from dbus_fast import DBusError, DBusFastError, ErrorType, Message, MessageFlag, MessageType, NameFlag, Variant
from dbus_fast.constants import RequestNameReply

from sayso.bus import NAME, PATH
from sayso.bus.address import THE_BUS, session_bus_address
from sayso.bus.callers import CALLER, Callers
from sayso.bus.gate import PER_SENDER, Gate
from sayso.bus.interface import DictationInterface
from sayso.bus.patient import PatientBus, Refusals
from sayso.bus.signals import Signal
from sayso.errors import AlreadyRunning, BusError
from sayso.instance import command_of, describe

PROPERTIES = f"{THE_BUS}.Properties"
CONNECT_SECONDS = 5.0  # a bus answers within a millisecond, unless it hangs
CLOSE_SECONDS = 0.5
ANSWER_SECONDS = 2.0  # of whoever has the name; a sayso answers within milliseconds, 2 s while it is flooded

# Turning a call away costs 10 µs, so that 10,000 a second take a tenth of a core and of the interpreter's lock
# (without the rests a seventh, because fewer are read at a time). The rests hold any flood to 64 messages per 4 ms
# and what they cost, about 14,000 a second; what is more queues up in the daemon. The thread holds no lock while
# it rests. A lower priority (nice 10) made it worse: 5.0 instead of 2.4 ms at the 95th percentile of 1 ms steps of
# work beside it, with both cores busy, because the thread is kept waiting while it holds the lock.
REST_AFTER = 64
REST_SECONDS = 0.004

TOO_MANY = f"too many calls: sayso answers {PER_SENDER} a second; listen to its signals instead of asking"


class Connection:
    """The bus while it is there.

    Attributes:
        lost: done when it is gone.

    """

    def __init__(self, bus: PatientBus) -> None:
        self._bus = bus
        self._gate = Gate()
        self._callers = Callers(bus)
        self._turned_away = 0
        self._refusals = Refusals(bus, ErrorType.LIMITS_EXCEEDED, TOO_MANY)
        bus.add_message_handler(self._on_message)
        self.lost = asyncio.ensure_future(_disconnected(bus))

    @classmethod
    async def open(cls, interface: DictationInterface) -> Connection:
        """Connect, offer the interface and take the name.

        Raises:
            BusError: there is no bus, or it does not answer.
            AlreadyRunning: somebody else has the name.

        """
        address = session_bus_address()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await cls._open(address, interface)
        except TimeoutError:
            raise BusError(f"the session bus at {address} does not answer; log out and in again") from None
        except (OSError, EOFError, ValueError, DBusFastError) as error:
            raise BusError(f"the session bus at {address} cannot be reached: {error}") from error

    @classmethod
    async def _open(cls, address: str, interface: DictationInterface) -> Connection:
        bus = PatientBus(bus_address=address)
        await bus.connect()
        connection = cls(bus)
        try:
            bus.export(PATH, interface)
            reply = await bus.request_name(NAME, NameFlag.DO_NOT_QUEUE)
            if reply is not RequestNameReply.PRIMARY_OWNER:
                raise AlreadyRunning(await _who_has_the_name(bus))
        except BaseException:
            await connection.close()
            raise
        return connection

    async def send(self, signal: Signal) -> None:
        """Send a signal; returns when the bus has taken it, or is gone."""
        await self._sent(Message.new_signal(PATH, NAME, signal.member, signal.signature, list(signal.body)))

    async def send_changed(self, changed: dict[str, str]) -> None:
        """Tell that properties have other values; returns as `send` does."""
        values = {name: Variant("s", value) for name, value in changed.items()}
        body = [NAME, values, []]
        await self._sent(Message.new_signal(PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", body))

    async def _sent(self, message: Message) -> None:
        if self.lost.done():
            return
        sent = self._bus.send(message)
        if not sent.done():
            await asyncio.wait({sent, self.lost}, return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        """Leave the bus, and with it the name."""
        self._bus.disconnect()
        await asyncio.wait({self.lost}, timeout=CLOSE_SECONDS)

    def _on_message(self, message: Message) -> bool:
        """Whether the message is dealt with already: what is too much gets no further than here."""
        sender = message.sender
        if sender == THE_BUS:
            return False
        if self._gate.admits(sender, time.monotonic()):
            CALLER.set(partial(self._callers.lineage, sender))
            return False
        self._turned_away += 1
        if self._turned_away % REST_AFTER == 0:
            time.sleep(REST_SECONDS)
        if not message.flags & MessageFlag.NO_REPLY_EXPECTED and message.message_type is MessageType.METHOD_CALL:
            self._refusals.refuse(message)
        return True


async def _disconnected(bus: PatientBus) -> None:
    with contextlib.suppress(Exception):  # however the bus went away, it is away
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast 5.2 has no types here


async def _who_has_the_name(bus: PatientBus) -> str:
    """Say which process it is, and what can be done about it."""
    try:
        process: int | None = await _ask_bus(bus, "GetConnectionUnixProcessID", NAME)
    except DBusError as error:
        if error.type == ErrorType.NAME_HAS_NO_OWNER.value:
            return "another sayso was running and has just left; try again"
        process = None
    if await _is_sayso(bus):
        return describe(process)
    who = "another program" if process is None else f"process {process}{command_of(process)}"
    return (
        f"the name {NAME} on the session bus belongs to {who}, which does not answer as sayso does; end it"
        + (f" with `kill {process}`" if process is not None else "")
        + ", and start sayso again"
    )


async def _is_sayso(bus: PatientBus) -> bool:
    """Whether what has the name is this service, or one that answers as it does."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reply = await bus.call(Message(NAME, PATH, NAME, "GetStatus", flags=MessageFlag.NO_AUTOSTART))
    except TimeoutError:
        return False
    return reply.error_name is None and reply.signature == "a{sv}" and "version" in reply.body[0]


async def _ask_bus(bus: PatientBus, member: str, name: str) -> Any:
    reply = await bus.call(Message(THE_BUS, "/org/freedesktop/DBus", THE_BUS, member, signature="s", body=[name]))
    if reply.error_name:
        raise DBusError(reply.error_name, str(reply.body))
    return reply.body[0]
