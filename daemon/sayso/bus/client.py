"""The command line's end of the session bus. Its calls block: 5 s at most, 60 s where the service is started."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from dbus_fast import DBusFastError, Message, MessageFlag, unpack_variants
from dbus_fast.aio import MessageBus

from sayso.bus import HOW_TO_START, NAME, PATH
from sayso.bus.address import THE_BUS, session_bus_address
from sayso.errors import BusError

ANSWER_SECONDS = 5.0
START_SECONDS = 60.0  # a large model, and a disk that was asleep
SILENT = (
    f"sayso runs but did not answer within {ANSWER_SECONDS:g} s; restart it: systemctl --user restart sayso "
    "(or end it with Ctrl-C where it runs, and start it again)"
)
LEFT = f"sayso ended before it answered (see systemctl --user status sayso); {HOW_TO_START}"
HAS_LEFT = {f"{THE_BUS}.Error.{name}" for name in ("NoReply", "ServiceUnknown", "NameHasNoOwner")}
"""What the bus answers for somebody who was there a moment ago."""

T = TypeVar("T")


class NotRunning(BusError):
    """Nobody owns the service's name on the bus, and nobody could be started."""


class NotAnswering(BusError):
    """Somebody owns the service's name on the bus, and does not answer."""


class CallRefused(BusError):
    """The answer was an error.

    Args:
        message: says what to do.
        name: what the bus calls the error.

    """

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


def ask(
    member: str, *, activate: bool, signature: str = "", body: Sequence[Any] = (), seconds: float = ANSWER_SECONDS
) -> Any:
    """Call a method of the service, and wait until it has obeyed; what it answers, None where that is nothing.

    Args:
        member: the method.
        activate: have the bus start the service where it does not run.
        signature: D-Bus types of what it takes.
        body: what it takes.
        seconds: how long it may take to obey.

    Raises:
        NotRunning: it does not run, and could not be started.
        NotAnswering: it runs, and has not obeyed in time.
        CallRefused: it could not do it.
        BusError: no bus, or none that answers.

    """

    async def on_bus(bus: MessageBus) -> Any:
        if not await _is_running(bus):
            if not activate:
                raise NotRunning(f"sayso is not running: {HOW_TO_START}")
            await _activate(bus)
        return await _ask_service(bus, member, signature, body, seconds)

    return asyncio.run(_connected(on_bus))


def read_status() -> dict[str, Any]:
    """What `GetStatus` tells; never starts the service.

    Raises:
        NotRunning: it does not run.
        NotAnswering: it runs, and does not answer.
        CallRefused: it runs, and was asked too often.
        BusError: no bus, or none that answers; it may run or not.

    """

    async def on_bus(bus: MessageBus) -> dict[str, Any]:
        if not await _is_running(bus):
            raise NotRunning(f"not running: {HOW_TO_START}")
        status: dict[str, Any] = unpack_variants(await _ask_service(bus, "GetStatus"))
        return status

    return asyncio.run(_connected(on_bus))


async def _connected(work: Callable[[MessageBus], Awaitable[T]]) -> T:
    address = session_bus_address()
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            bus = await MessageBus(bus_address=address).connect()
    except TimeoutError:
        raise BusError(f"the session bus at {address} does not answer; log out and in again") from None
    except (OSError, EOFError, ValueError, DBusFastError) as error:
        raise BusError(
            f"the session bus at {address} cannot be reached: {error}. Run this as the user whose session it is"
        ) from error
    try:
        return await work(bus)
    finally:
        bus.disconnect()


async def _is_running(bus: MessageBus) -> bool:
    return bool(await _ask_the_bus(bus, "NameHasOwner", "s", [NAME], ANSWER_SECONDS))


async def _activate(bus: MessageBus) -> None:
    """Have the bus start the service, and wait until it has its name."""
    try:
        await _ask_the_bus(bus, "StartServiceByName", "su", [NAME, 0], START_SECONDS)
    except CallRefused as error:
        if error.name == "org.freedesktop.DBus.Error.ServiceUnknown":
            raise NotRunning(f"sayso is not running: {HOW_TO_START}") from None
        raise NotRunning(
            f"sayso was not running and could not be started: {error}. "
            "See why: systemctl --user status sayso, or sayso run"
        ) from None


async def _ask_the_bus(bus: MessageBus, member: str, signature: str, body: list[Any], seconds: float) -> Any:
    message = Message(THE_BUS, "/org/freedesktop/DBus", THE_BUS, member, signature=signature, body=body)
    return await _call(bus, message, BusError(f"the session bus did not answer within {seconds:g} s"), seconds)


async def _ask_service(
    bus: MessageBus, member: str, signature: str = "", body: Sequence[Any] = (), seconds: float = ANSWER_SECONDS
) -> Any:
    """Call a method of the service, which runs; it is not started again where it has left meanwhile."""
    flags = MessageFlag.NO_AUTOSTART
    message = Message(NAME, PATH, NAME, member, flags=flags, signature=signature, body=list(body))
    try:
        return await _call(bus, message, NotAnswering(SILENT), seconds)
    except CallRefused as error:
        if error.name in HAS_LEFT:
            raise NotRunning(LEFT) from None
        raise


async def _call(bus: MessageBus, message: Message, silence: BusError, seconds: float) -> Any:
    """Call a method and return its first value, or None; `silence` is the error where no answer comes in time."""
    try:
        async with asyncio.timeout(seconds):
            reply = await bus.call(message)
    except TimeoutError:
        raise silence from None
    except (OSError, EOFError, DBusFastError) as error:
        raise BusError(f"the session bus broke off: {error}; try again") from error
    if reply.error_name:
        raise CallRefused(str(reply.body[0]) if reply.body else reply.error_name, reply.error_name)
    return reply.body[0] if reply.body else None
