"""The service as the bus sees it, without a microphone: it obeys on a thread of its own."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sayso.bus import Snapshot
from sayso.bus.server import BusServer
from sayso.control import Control
from sayso.events import Event, ListeningChanged, State, StateChanged
from sayso.journal import Decision
from sayso.journal.forgetting import What

PIPELINE_SECONDS = 0.02  # how long after it obeyed the effect shows, as in the real pipeline


class FakeLearning:
    """What the service learns, as far as the bus tells it.

    Attributes:
        told: what it was told, in order: the method and what it takes.
        refuses: what each refuses with; without it, it obeys at once.
        heard: set whenever it is told something.

    """

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.refuses: dict[str, BaseException] = {}
        self.heard = threading.Event()

    def correct(self, utterance: int, text: str) -> concurrent.futures.Future[None]:
        return self._take("correct", utterance, text)

    def edited(self, utterance: int, text: str, plugin: str) -> concurrent.futures.Future[None]:
        return self._take("edited", utterance, text, plugin)

    def decide(self, correction: int, decision: Decision) -> concurrent.futures.Future[None]:
        return self._take("decide", correction, decision)

    def give_consent(self, on: bool) -> concurrent.futures.Future[None]:
        return self._take("give_consent", on)

    def copy_recovered(self) -> concurrent.futures.Future[None]:
        return self._take("copy_recovered")

    def forget(self, what: What) -> concurrent.futures.Future[int]:
        self._take("forget", what)
        answer: concurrent.futures.Future[int] = concurrent.futures.Future()
        answer.set_result(3)
        return answer

    def journal_changed(self) -> concurrent.futures.Future[None]:
        return self._take("journal_changed")

    def _take(self, *told: object) -> concurrent.futures.Future[None]:
        future: concurrent.futures.Future[None] = concurrent.futures.Future()
        self.told.append(told)
        refusal = self.refuses.get(str(told[0]))
        if refusal is None:
            future.set_result(None)
        else:
            future.set_exception(refusal)
        self.heard.set()
        return future


class FakeService:
    """Obeys as the service does: on another thread, the effect a little later than the word of it.

    Attributes:
        asked: every control, in order.
        refuses: controls that fail, and with what.
        hangs: controls that are never obeyed.
        tell: takes the events that follow.
        obeyed: set once a control was obeyed, before its effect shows.
        learning: what it learns.

    """

    def __init__(self) -> None:
        self.learning: Any = FakeLearning()
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
