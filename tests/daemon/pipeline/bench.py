"""A pipeline on a bench: frames in and orders out, one pass after the other, without threads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from tests.daemon.fakes import LoudnessDetector, of_type

from sayso.audio import FRAME_SAMPLES, Pcm, samples, seconds
from sayso.clock import VirtualClock
from sayso.cuts import Gap
from sayso.events import Event, ListeningChanged, UtteranceStarted
from sayso.ladder import Ladder
from sayso.mailbox import Mailbox, Request
from sayso.pipeline import Pipeline
from sayso.ring import Ring
from sayso.segmenter import Endpointing
from sayso.windows import StreamingPlan

PLAN = StreamingPlan(
    endpointing=Endpointing.from_milliseconds(0.5, 200, 500),
    pre_roll=samples(0.5),
    min_speech=samples(0.25),
    hop=samples(0.3),
    window=samples(15),
)


class Bench:
    """A pipeline fed by hand; the recogniser takes requests as fast as they come, unless it is `busy`."""

    def __init__(self, ring_seconds: int = 64, plan: StreamingPlan = PLAN, first_utterance: int = 1) -> None:
        self.ring = Ring(capacity_seconds=ring_seconds)
        self.clock = VirtualClock()
        self.mailbox = Mailbox()
        self.detector = LoudnessDetector()
        self.events: list[Event] = []
        self.requests: list[Request] = []
        self.kept: dict[int, list[Pcm]] = {}
        self.gaps: tuple[Gap, ...] = ()
        self.busy = False
        self.on_start: Callable[[], None] = lambda: None
        self._written = np.zeros(0, dtype=np.int16)
        self._rest = np.zeros(0, dtype=np.int16)
        self.ladder = Ladder(self._emit)
        self.pipeline = Pipeline(
            self.ring,
            self.detector,
            self.mailbox,
            plan,
            gaps=lambda: self.gaps,
            keep=lambda utterance, audio: self.kept.setdefault(utterance, []).append(audio),
            emit=self._emit,
            clock=self.clock,
            ladder=self.ladder,
            first_utterance=first_utterance,
        )

    def _emit(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, UtteranceStarted):
            self.on_start()

    def hear(self, *pieces: Pcm) -> None:
        """Speak, frame by frame; what does not fill a frame is spoken with the next piece."""
        audio = np.concatenate((self._rest, *pieces))
        whole = len(audio) - len(audio) % FRAME_SAMPLES
        self._rest = audio[whole:]
        for at in range(0, whole, FRAME_SAMPLES):
            self.write(audio[at : at + FRAME_SAMPLES])
            self.step()

    def write(self, audio: Pcm) -> None:
        """Let audio come without looking at it."""
        self.ring.write(audio)
        self.clock.advance_to(seconds(self.ring.written))
        self._written = np.concatenate((self._written, audio))

    def step(self) -> None:
        self.pipeline.step()
        while not self.busy and (request := self.mailbox.take()) is not None:
            self.requests.append(request)

    def do(self, command: str) -> None:
        """Give a command and let it be obeyed."""
        getattr(self.pipeline, command)()
        self.step()

    def audio(self, start: int, end: int) -> Pcm:
        """What was said, as it was written."""
        return self._written[start:end]

    def of(self, kind: type) -> list:  # type: ignore[type-arg]  # whatever the caller asks for
        return of_type(self.requests, kind)

    @property
    def listening(self) -> list[bool]:
        return [event.listening for event in of_type(self.events, ListeningChanged)]
