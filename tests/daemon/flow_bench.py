"""The whole flow on its own threads, with a source, an engine and a window that work without devices."""

from __future__ import annotations

import queue
import threading
from functools import partial
from pathlib import Path

from tests.daemon.fakes import LoudnessDetector, ReadingEngine, of_type

from sayso.audio import Pcm
from sayso.capture import Report
from sayso.clock import Clock, WallClock
from sayso.config import Settings
from sayso.events import CaptureOpened, Event, ListeningChanged
from sayso.flow import Flow
from sayso.journal.keys import find_key
from sayso.journal.thread import JournalThread
from sayso.ring import Ring
from sayso.typist import Abilities, Target
from sayso.typist.recording import RecordingTypist


class SaidSource:
    """A microphone that hears what a test says, at once."""

    latency_samples = 0

    def __init__(self) -> None:
        self._ring: Ring | None = None

    def start(self, ring: Ring, report: Report) -> None:
        self._ring = ring
        report(CaptureOpened("test", 16_000))

    def stop(self) -> None:
        self._ring = None

    def say(self, audio: Pcm) -> None:
        assert self._ring is not None
        for at in range(0, len(audio), 512):
            self._ring.write(audio[at : at + 512])

    @property
    def is_open(self) -> bool:
        return self._ring is not None


class Window(RecordingTypist):
    """A window that can show a tail, and knows when it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tails: list[str] = []
        self.closed = threading.Event()

    @property
    def abilities(self) -> Abilities:
        return Abilities(unicode=True, delete=True, preedit=True)

    def show(self, unstable: str, target: Target) -> None:
        self.tails.append(unstable)

    def close(self) -> None:
        self.closed.set()


class Watcher:
    """Sees every event, and lets a test wait for one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, kind: type, count: int = 1) -> None:
        """Until so many events of a type were seen."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(of_type(self.events, kind)) >= count, 10)


class FlowBench:
    """A flow on its threads."""

    def __init__(
        self,
        settings: Settings,
        state: Path | None,
        engine: ReadingEngine | None = None,
        clock: Clock | None = None,
        learns: bool = False,
    ) -> None:
        self.source, self.window, self.watcher = SaidSource(), Window(), Watcher()
        self.beats: queue.Queue[None] = queue.Queue()
        self.engine = engine or ReadingEngine()
        find = partial(find_key, choice="file")
        journal = JournalThread(state, self._emit, find, learns=lambda: learns)
        self.flow = Flow(
            settings,
            self.source,
            self.engine,
            LoudnessDetector(),
            self.window,
            journal,
            clock or WallClock(),
            (self.watcher,),
            beat=lambda: self.beats.put(None),
        )

    def _emit(self, event: Event) -> None:
        self.flow.emit(event)

    def listen(self) -> None:
        """Begin to listen; returns when it does, because here a minute can be said in a moment."""
        self.flow.listen()
        self.watcher.wait(ListeningChanged)

    def __enter__(self) -> FlowBench:
        self.flow.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.flow.stop()
