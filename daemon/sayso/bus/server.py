"""The service's end of the session bus: a thread that offers the interface for as long as there is a bus."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sayso.bus import ServiceHandle
from sayso.bus.outbox import Outbox
from sayso.bus.signals import Signal, fit, signals_of
from sayso.errors import AlreadyRunning, BusError
from sayso.events import Event, ListeningChanged, Problem, ProblemCleared, ProblemName, StateChanged

if TYPE_CHECKING:
    from sayso.bus.connection import Connection
    from sayso.bus.interface import DictationInterface

log = logging.getLogger(__name__)

FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 10.0
FLUSH_SECONDS = 0.3  # for the last signals when leaving
STOP_SECONDS = 0.5
BUS_WENT_AWAY = (
    "the session bus went away: commands and other programs cannot reach sayso until it is back; dictation goes on"
)


class BusServer:
    """The service on the session bus.

    Args:
        service: asked on the bus thread.
        report: takes `Problem` and `ProblemCleared` of the name BUS_LOST, on the bus thread.

    """

    def __init__(self, service: ServiceHandle, report: Callable[[Event], None]) -> None:
        self._service = service
        self._report = report
        self._outbox = Outbox()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._connection: Connection | None = None
        self._told: dict[str, str] = {}  # properties as they were last told
        self._changed = False  # they may be others now
        self._problem = ""  # the message of BUS_LOST while it stands

    def start(self) -> None:
        """Take the name on the bus; blocks for milliseconds, 5 s where a bus does not answer.

        Without a bus it reports BUS_LOST and keeps trying.

        Raises:
            AlreadyRunning: another process has the name; the message says which, and whether it is a sayso.

        """
        self._thread = threading.Thread(target=self._run, name="sayso-bus", daemon=True)
        self._thread.start()
        self._started.result()

    def stop(self) -> None:
        """Send what is left to be told and leave the bus; blocks for milliseconds, at most STOP_SECONDS."""
        self._call(self._stopping.set)
        self._call(self._wake.set)
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def watch(self, event: Event) -> None:
        """Take what happened. Any thread; returns at once."""
        if self._outbox.put(event):
            self._call(self._wake.set)

    def refresh(self) -> None:
        """What the properties tell may be other now: tell it. Any thread; returns at once."""
        self._changed = True
        self._call(self._wake.set)

    def _call(self, what: Callable[[], Any]) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the thread has left
                loop.call_soon_threadsafe(what)

    # ── the bus thread ────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        """Thread `sayso-bus`: blocks in its selector, and rests where the bus is flooded."""
        try:
            asyncio.run(self._live())
        except BaseException as error:
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _live(self) -> None:
        from sayso.bus.interface import DictationInterface  # noqa: PLC0415  # dbus-fast takes 60 ms to import

        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_note)
        interface = DictationInterface(self._service)
        telling = asyncio.create_task(self._tell(interface))
        staying = asyncio.create_task(self._stay_connected(interface))
        await asyncio.wait({telling, staying}, return_when=asyncio.FIRST_COMPLETED)
        self._stopping.set()
        self._wake.set()
        await asyncio.wait({telling, staying}, timeout=FLUSH_SECONDS)
        await interface.leave()
        if self._connection is not None:
            await self._connection.close()
        for task in (staying, telling):
            if task.done():
                task.result()

    async def _stay_connected(self, interface: DictationInterface) -> None:
        from sayso.bus.connection import Connection  # noqa: PLC0415  # dbus-fast again

        pause = FIRST_RETRY_SECONDS
        while not self._stopping.is_set():
            # Before anybody can ask: what changes from here on is told once there is somebody to hear it.
            self._told = self._properties()
            try:
                self._connection = await Connection.open(interface)
            except (BusError, AlreadyRunning) as error:
                taken = isinstance(error, AlreadyRunning)
                if taken and not self._started.done():
                    raise
                # While the bus is away, each attempt fails in a way of its own: one message is enough.
                self._is_lost(str(error) if taken else self._problem or str(error))
            else:
                pause = FIRST_RETRY_SECONDS
                self._is_back()
                await self._until_lost_or_stopping(self._connection)
                if self._stopping.is_set():
                    return
                self._connection = None
                self._is_lost(BUS_WENT_AWAY)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, LAST_RETRY_SECONDS)

    async def _until_lost_or_stopping(self, connection: Connection) -> None:
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({connection.lost, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()

    def _is_lost(self, message: str) -> None:
        if message != self._problem:
            self._problem = message
            self._report(Problem(ProblemName.BUS_LOST, message))
        self._has_started()

    def _is_back(self) -> None:
        self._changed = True
        self._wake.set()
        if self._problem:
            self._problem = ""
            self._report(ProblemCleared(ProblemName.BUS_LOST))
        self._has_started()

    def _has_started(self) -> None:
        if not self._started.done():
            self._started.set_result(None)

    # ── telling ───────────────────────────────────────────────────────────────────────────────────

    async def _tell(self, interface: DictationInterface) -> None:
        """Turn events into signals, one after the other, as fast as the bus takes them."""
        while True:
            self._wake.clear()
            while (event := self._outbox.take()) is not None:
                await self._send_if_changed()
                if isinstance(event, ListeningChanged):
                    interface.listening.tell(event.listening)
                if self._connection is not None:  # else there is nobody to hear it
                    await self._send(self._connection, event)
            await self._send_if_changed()
            if self._stopping.is_set():
                return
            await self._wake.wait()

    async def _send_if_changed(self) -> None:
        if self._changed and self._connection is not None:
            await self._send_what_changed(self._connection)

    async def _send(self, connection: Connection, event: Event) -> None:
        if isinstance(event, StateChanged):
            await self._send_what_changed(connection)
        for signal in signals_of(event):
            await connection.send(signal)

    async def _send_what_changed(self, connection: Connection) -> None:
        """Tell how things stand now, where that was not told last.

        Two threads may tell of two changes of state in the wrong order: what counts is how it is when it is sent.
        """
        self._changed = False
        before, self._told = self._told, self._properties()
        changed = {name: value for name, value in self._told.items() if value != before.get(name)}
        if "State" in changed:
            await connection.send(Signal("StateChanged", (changed["State"],)))
        if changed:
            await connection.send_changed(changed)
        if "Model" in changed:
            await connection.send(Signal("ModelChanged", (changed["Model"],)))

    def _properties(self) -> dict[str, str]:
        now = self._service.snapshot()
        return {
            "State": now.state.value,
            "Engine": fit(now.engine),
            "Model": fit(now.model),
            "Device": fit(now.device),
            "Learning": now.learning,
            "Teach": now.teach,
        }


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What could not be written to a bus that went away; that it went away is reported.

    Without asyncio's own words: they show the arguments of what was called, and so what was dictated.
    """
    log.debug("session bus: %s", type(context.get("exception")).__name__)
