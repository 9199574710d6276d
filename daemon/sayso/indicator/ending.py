"""When the indicator ends, and what it says then.

It ends when its standard input does, where that is a pipe (the service holds the other end); when nobody has had
the service's name for ten seconds; when the session bus goes away; when another indicator takes its place; by a
signal.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import stat
import sys
from collections.abc import Coroutine
from typing import Any, Final, Self

from dbus_fast import DBusFastError, Message, MessageType, NameFlag, RequestNameReply
from dbus_fast.aio import MessageBus

from sayso.bus import HOW_TO_START
from sayso.bus.address import THE_BUS, session_bus_address
from sayso.bus.patient import PatientBus
from sayso.errors import BusError

NAME: Final = "org.sayso.Indicator1"
CONNECT_SECONDS: Final = 5.0
WITHOUT_SERVICE_SECONDS: Final = 10.0  # a service that is started again has its name within that
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

BUS_GONE: Final = "the session bus went away, and the indicator with it; the service starts it again"
REPLACED: Final = "another indicator has taken the place of this one"
NO_SERVICE: Final = f"sayso is not running, so there is nothing to show: {HOW_TO_START}"
EXIT_DONE, EXIT_FAILED = 0, 1


class Ending:
    """Waits for the end. A context manager on the event loop: it holds signals and standard input meanwhile."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[int] = self._loop.create_future()
        self._without_service: asyncio.TimerHandle | None = None
        self._held = held_end()

    def __enter__(self) -> Self:
        for number in SIGNALS:
            self._loop.add_signal_handler(number, self.end, EXIT_DONE)
        if self._held is not None:
            self._loop.add_reader(self._held, self._read)
        return self

    def __exit__(self, *_: object) -> None:
        for number in SIGNALS:
            self._loop.remove_signal_handler(number)
        if self._held is not None:
            self._loop.remove_reader(self._held)
        if self._without_service is not None:
            self._without_service.cancel()

    def end(self, status: int, why: str = "") -> None:
        """Let it be over; only the first word counts."""
        if not self._over.done():
            if why:
                say(why)
            self._over.set_result(status)

    def service_is_there(self, is_there: bool) -> None:
        """The service has its name on the bus, or has not: then it has ten seconds to come back."""
        if self._without_service is not None:
            self._without_service.cancel()
            self._without_service = None
        if not is_there:
            self._without_service = self._loop.call_later(
                WITHOUT_SERVICE_SECONDS, self.end, EXIT_FAILED, NO_SERVICE
            )

    async def wait(self, bus: MessageBus, begin: Coroutine[Any, Any, None]) -> int:
        """Begin, and wait until it is over, which may be before all has begun; gives the exit status.

        Raises:
            BusError: the bus went away, or what `begin` raises.

        """
        gone, beginning = asyncio.ensure_future(_gone(bus)), asyncio.ensure_future(begin)
        ends: set[asyncio.Future[Any]] = {gone, self._over}
        try:
            await asyncio.wait({*ends, beginning}, return_when=asyncio.FIRST_COMPLETED)
            if beginning.done():
                beginning.result()
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (gone, beginning):
                task.cancel()
            await asyncio.gather(gone, beginning, return_exceptions=True)
        if not self._over.done():
            raise BusError(BUS_GONE)
        return self._over.result()

    def _read(self) -> None:
        assert self._held is not None
        with contextlib.suppress(BlockingIOError):
            if not os.read(self._held, 4096):
                self._loop.remove_reader(self._held)
                self.end(EXIT_DONE)


def held_end() -> int | None:
    """Standard input, where somebody holds its other end: a pipe or a socket, no terminal, file or /dev/null."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:  # it is closed
        return None
    return 0 if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else None


async def connect() -> MessageBus:
    """Go on the session bus.

    Raises:
        BusError: there is none, or it does not answer.

    """
    address = session_bus_address()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await PatientBus(bus_address=address).connect()
    except TimeoutError:
        raise BusError(f"the session bus at {address} does not answer; log out and in again") from None
    except (OSError, EOFError, ValueError, DBusFastError) as error:
        raise BusError(f"the session bus at {address} cannot be reached: {error}") from error


def disconnect(bus: MessageBus) -> None:
    """Leave it."""
    with contextlib.suppress(Exception):  # it may have gone by itself
        bus.disconnect()


async def take_name(bus: MessageBus, ending: Ending) -> None:
    """There is one indicator: the newest, which takes the name from the one before.

    Raises:
        BusError: another program has it, and keeps it.

    """

    def hear(message: Message) -> None:
        is_of_the_bus = message.message_type is MessageType.SIGNAL and message.sender == THE_BUS
        if is_of_the_bus and message.member == "NameLost" and message.body == [NAME]:
            ending.end(EXIT_DONE, REPLACED)

    bus.add_message_handler(hear)
    flags = NameFlag.ALLOW_REPLACEMENT | NameFlag.REPLACE_EXISTING | NameFlag.DO_NOT_QUEUE
    if await bus.request_name(NAME, flags) is not RequestNameReply.PRIMARY_OWNER:
        raise BusError(f"the name {NAME} belongs to another program; end it first")


def say(line: str) -> None:
    """One line for the service's log, or for whoever started it by hand."""
    print(f"sayso indicator: {line}", file=sys.stderr, flush=True)  # noqa: T201  # what a command line says


async def _gone(bus: MessageBus) -> None:
    with contextlib.suppress(Exception):  # however the bus went away, it is away
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast 5.2 has no types here
