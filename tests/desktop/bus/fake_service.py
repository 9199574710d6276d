"""The service as the bus sees it, without a microphone: it obeys on a thread of its own."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sayso.bus import Snapshot
from sayso.bus.server import BusServer
from sayso.control import Control
from sayso.events import Event, ListeningChanged, State, StateChanged

PIPELINE_SECONDS = 0.02  # how long after it obeyed the effect shows, as in the real pipeline


class FakeService:
    """Obeys as the service does: on another thread, the effect a little later than the word of it.

    Attributes:
        asked: every control, in order.
        refuses: controls that fail, and with what.
        hangs: controls that are never obeyed.
        tell: takes the events that follow.
        obeyed: set once a control was obeyed, before its effect shows.

    """

    def __init__(self) -> None:
        self.asked: list[Control] = []
        self.refuses: dict[Control, BaseException] = {}
        self.hangs: set[Control] = set()
        self.tell: Callable[[Event], None] = lambda event: None
        self.obeyed = threading.Event()
        self.now = Snapshot(
            state=State.IDLE,
            mode="toggle",
            engine="ctranslate2",
            model="tiny.en",
            draft_model="",
            device="cpu",
            model_state="loaded",
            pace="live",
            version="0.1.0",
            microphone="Mikrofon — é ש",
            typist="x11",
            hotkeys={"toggle": "super+alt+d", "hold": "taken by another program"},
            problems={},
            held=0,
            pid=os.getpid(),
            level_dbfs=-120.0,
        )
        self._orders: queue.SimpleQueue[tuple[Control, concurrent.futures.Future[None]] | None] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._obey, daemon=True)
        self._thread.start()

    def ask(self, control: Control) -> concurrent.futures.Future[None]:
        future: concurrent.futures.Future[None] = concurrent.futures.Future()
        self.asked.append(control)
        self._orders.put((control, future))
        return future

    def snapshot(self) -> Snapshot:
        return self.now

    def become(self, **changes: object) -> None:
        self.now = dataclasses.replace(self.now, **changes)  # type: ignore[arg-type]

    def close(self) -> None:
        self._orders.put(None)
        self._thread.join()

    def _obey(self) -> None:
        while (order := self._orders.get()) is not None:
            control, future = order
            if control in self.hangs:
                continue
            if control in self.refuses:
                future.set_exception(self.refuses[control])
                continue
            future.set_result(None)
            self.obeyed.set()
            threading.Event().wait(PIPELINE_SECONDS)
            was = self.now.state is State.LISTENING
            listening = {Control.START: True, Control.STOP: False, Control.CANCEL: False, Control.TOGGLE: not was}
            now = listening.get(control, was)
            if now is not was:
                self.become(state=State.LISTENING if now else State.IDLE)
                self.tell(ListeningChanged(now))
                self.tell(StateChanged(self.now.state))


@contextmanager
def serving(service: FakeService, reported: list[Event]) -> Iterator[BusServer]:
    """Put it on the session bus of this process's environment; `reported` takes what the server reports."""
    server = BusServer(service, reported.append)
    service.tell = server.watch
    try:
        server.start()
        yield server
    finally:
        server.stop()
        service.close()
