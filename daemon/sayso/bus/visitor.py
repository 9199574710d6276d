"""A guest on somebody else's bus: a thread with a connection that comes back after each that went away.

For whoever asks other programs and listens to them; what sayso itself offers is served by `server.py`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, TypeVar

from dbus_fast import DBusFastError, Message, MessageFlag, MessageType
from dbus_fast.aio import MessageBus

from sayso.bus.address import THE_BUS
from sayso.bus.patient import PatientBus
from sayso.errors import BusError

log = logging.getLogger(__name__)

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 2.0
RETRY_SECONDS: Final = 10.0  # until a bus that is not there is looked for again
STOP_SECONDS: Final = 0.5

T = TypeVar("T")

Visit = Callable[[MessageBus], Awaitable[None]]
"""What is done on a bus once it is there, on the visitor's thread; the connection stays when it has ended."""


class Visitor:
    """A thread with one connection, or several, each to a bus of its own.

    Args:
        thread: its name.
        visits: where each bus is (raises BusError where it is nowhere), and what is done there.
        left: told on the visitor's thread that a bus went away, or could not be reached: the address's function.
        retry_seconds: how often a bus that is not there is looked for.
        passes_files: messages may carry file descriptors.

    """

    def __init__(
        self,
        thread: str,
        visits: Mapping[Callable[[], str], Visit],
        left: Callable[[Callable[[], str]], None] = lambda _: None,
        retry_seconds: float = RETRY_SECONDS,
        passes_files: bool = False,
    ) -> None:
        self._visits = visits
        self._left = left
        self._retry_seconds = retry_seconds
        self._passes_files = passes_files
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_ready = threading.Event()
        self._is_over = False
        self._stopping = asyncio.Event()
        self._doing: set[asyncio.Future[Any]] = set()  # asyncio itself keeps none alive
        self._thread = threading.Thread(target=self._run, name=thread, daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Leave every bus; blocks for milliseconds, STOP_SECONDS at most. More than once does nothing."""
        self._is_over = True
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the thread has left
                loop.call_soon_threadsafe(self._stopping.set)
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def do(self, what: Callable[[], Coroutine[Any, Any, T]]) -> concurrent.futures.Future[T]:
        """Have something done on the visitor's thread; any other thread, which may wait for the future.

        Where the visitor has stopped, or does before it is done, the future is cancelled.
        """
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        if self._thread.is_alive():
            self._is_ready.wait(STOP_SECONDS)
        loop = self._loop
        try:
            if loop is None:
                raise RuntimeError("it does not run")
            loop.call_soon_threadsafe(lambda: self._begin(what, future))
        except RuntimeError:
            future.cancel()
        return future

    def _begin(self, what: Callable[[], Coroutine[Any, Any, T]], future: concurrent.futures.Future[T]) -> None:
        if self._is_over or not future.set_running_or_notify_cancel():
            future.cancel()
            return
        task = asyncio.ensure_future(what())
        self._doing.add(task)

        def done(task: asyncio.Future[T]) -> None:
            self._doing.discard(task)
            if task.cancelled():
                future.set_exception(BusError("it was not answered before sayso left the bus"))
            elif (error := task.exception()) is not None:
                future.set_exception(error)
            else:
                future.set_result(task.result())

        task.add_done_callback(done)

    def _run(self) -> None:
        """On the visitor's thread: blocks in its selector."""
        asyncio.run(self._live())

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_note)
        self._is_ready.set()
        if self._is_over:  # before it had begun
            return
        visiting = [asyncio.create_task(self._stay(address, visit)) for address, visit in self._visits.items()]
        await self._stopping.wait()
        for task in (*visiting, *self._doing):
            task.cancel()
        await asyncio.gather(*visiting, *self._doing, return_exceptions=True)

    async def _stay(self, address: Callable[[], str], visit: Visit) -> None:
        """Be on a bus for as long as it is there, and look for it again where it is not."""
        while True:
            try:
                await _attend(address(), visit, self._passes_files)
            except (BusError, OSError, EOFError, ValueError, TimeoutError, DBusFastError) as error:
                log.debug("not reached: %s", type(error).__name__)
            self._left(address)
            await asyncio.sleep(self._retry_seconds)


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody waits for any more when a bus breaks, such as a message that could not be sent."""
    log.debug("on somebody's bus: %s", type(context.get("exception")).__name__)


async def _attend(address: str, visit: Visit, passes_files: bool) -> None:
    """Be on a bus until it goes away."""
    async with asyncio.timeout(CONNECT_SECONDS):
        bus = await PatientBus(bus_address=address, negotiate_unix_fd=passes_files).connect()
    gone = asyncio.ensure_future(_disconnected(bus))
    visiting = asyncio.ensure_future(visit(bus))
    try:
        await asyncio.wait({gone, visiting}, return_when=asyncio.FIRST_COMPLETED)  # who is asked may never answer
        if visiting.done() and not visiting.cancelled() and visiting.exception() is not None:
            await visiting  # it cannot be done here, and is tried again later
        await gone
    finally:
        visiting.cancel()
        gone.cancel()
        await asyncio.gather(visiting, gone, return_exceptions=True)
        with contextlib.suppress(Exception):  # it may have gone by itself
            bus.disconnect()


async def _disconnected(bus: MessageBus) -> None:
    with contextlib.suppress(Exception):  # however the bus went away, it is away
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast 5.2 has no types here


async def match(bus: MessageBus, rule: str) -> None:
    """Have the signals sent that a rule names, such as `type='signal',member='ActiveChanged'`."""
    await bus.call(Message(THE_BUS, "/org/freedesktop/DBus", THE_BUS, "AddMatch", signature="s", body=[rule]))


async def call(
    bus: MessageBus, name: str, path: str, interface: str, member: str, signature: str = "", body: Any = ()
) -> Message | None:
    """Ask somebody who is there; nothing where nobody is, or they answer with an error or not in time."""
    question = Message(
        name, path, interface, member, signature=signature, body=list(body), flags=MessageFlag.NO_AUTOSTART
    )
    try:
        async with asyncio.timeout(ANSWER_SECONDS):  # wait_for of Python 3.11 loses a cancellation now and then
            answer = await bus.call(question)
    except TimeoutError:
        return None
    return None if answer is None or answer.message_type is MessageType.ERROR else answer
