"""One sentence of the microphone: from when it is shown until it has been read, or a key is pressed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Self

import numpy as np

from sayso.audio import FRAME_SAMPLES, Pcm, samples
from sayso.capture import CaptureEvent, Source
from sayso.enrolment.keys import Key
from sayso.enrolment.level import MARGIN_SAMPLES, Take
from sayso.errors import RingOverrun
from sayso.events import CaptureInterrupted, CaptureOpened, Problem
from sayso.ring import Ring
from sayso.segmenter import Boundary, Endpointing, Phase, Segmenter
from sayso.vad import VoiceDetector

PAUSE_MS, END_MS = 300, 1000  # who reads a sentence at sight pauses at its commas, but seldom for a second
LOOK_SECONDS = 0.05
BEFORE_FRAMES = samples(2.0) // FRAME_SAMPLES  # kept before the voice: the noise is judged by it
TAIL_SAMPLES = samples(0.3)  # heard after a key is pressed: whoever still speaks then was not done
NEAR_SAMPLES = samples(5.0)  # what is further behind the microphone was not meant for this sentence

WaitForKey = Callable[[float], Key | None]
"""Waits for a key for so many seconds."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a sentence.

    Attributes:
        take: what was heard.
        key: that ended it; None where it ended by itself.

    """

    take: Take
    key: Key | None


class Recorder:
    """Listens to one sentence at a time. Use as a context manager: the microphone is open meanwhile.

    Args:
        source: the microphone.
        detector: says where there is voice.
        threshold: probability from which a frame has voice.
        wait_for_key: the keyboard.
        tell: takes what the microphone reports, for a person.

    """

    def __init__(
        self,
        source: Source,
        detector: VoiceDetector,
        threshold: float,
        wait_for_key: WaitForKey,
        tell: Callable[[str], None],
    ) -> None:
        self._source = source
        self._detector = detector
        self._segmenter = Segmenter(Endpointing.from_milliseconds(threshold, PAUSE_MS, END_MS))
        self._wait_for_key = wait_for_key
        self._tell = tell
        self._ring = Ring()
        self._events: SimpleQueue[CaptureEvent] = SimpleQueue()
        self._at = 0  # of the ring: what comes next
        self._frames: deque[Pcm] = deque()
        self._is_spoken = False  # what is heard is a voice, and no click

    def __enter__(self) -> Self:
        self._ring.wake_at = 0  # somebody listens: capture warns of what would not be heard
        self._source.start(self._ring, self._events.put)
        return self

    def __exit__(self, *_: object) -> None:
        self._source.stop()

    def hear(self, longest_seconds: float) -> Heard:
        """Listen until a sentence has been read, a key is pressed, or it goes on for longer than that.

        Blocks for as long as nobody says anything.
        """
        self._begin()
        overflows = self._ring.overflows
        gaps: list[int] = []
        key: Key | None = None
        while key is None:
            key = self._wait_for_key(LOOK_SECONDS)
            gaps += self._take_events()
            try:
                if self._follow(self._ring.written, samples(longest_seconds)):
                    break
            except RingOverrun:  # the process was stopped, or the machine slept
                return Heard(Take(np.zeros(0, dtype=np.int16), 0, 0, 0, is_broken=True), key)
        if key is Key.DONE:
            self._hear_out()
        kept_from = self._segmenter.onset - MARGIN_SAMPLES
        is_broken = self._ring.overflows != overflows or any(gap > kept_from for gap in gaps)
        return Heard(self._take(is_broken), key)

    def _begin(self) -> None:
        """From now on; the detector has heard what came before, as far as there is no gap."""
        self._take_events()
        self._segmenter.reset()
        self._frames.clear()
        self._is_spoken = False
        now = self._ring.written
        if now - self._at > NEAR_SAMPLES:
            self._detector.reset()
            self._at = now
        while self._at + FRAME_SAMPLES <= now:
            self._detector.probability(self._next())

    def _follow(self, until: int, longest_samples: int) -> bool:
        """Take what has come; whether the sentence is over."""
        while self._at + FRAME_SAMPLES <= until:
            frame = self._next()
            self._frames.append(frame)
            boundary = self._segmenter.step(self._at, self._detector.probability(frame))
            self._is_spoken |= boundary is Boundary.STARTED
            if self._segmenter.phase is Phase.QUIET and boundary is None:
                while len(self._frames) > BEFORE_FRAMES:
                    self._frames.popleft()
            is_too_long = self._segmenter.in_utterance and self._at - self._segmenter.onset > longest_samples
            if boundary is Boundary.HARD_END or is_too_long:
                return True
        return False

    def _hear_out(self) -> None:
        """What was on its way when the key was pressed, and a little more."""
        until = self._ring.written + self._source.latency_samples + TAIL_SAMPLES
        for _ in range(20):  # a second, where nothing comes any more
            if self._follow(min(until, self._ring.written), until) or self._at + FRAME_SAMPLES > until:
                return
            self._wait_for_key(LOOK_SECONDS)

    def _next(self) -> Pcm:
        frame = self._ring.read(self._at, self._at + FRAME_SAMPLES)
        self._at += FRAME_SAMPLES
        return frame

    def _take(self, is_broken: bool) -> Take:
        audio = np.concatenate([np.zeros(0, dtype=np.int16), *self._frames])
        start = self._at - len(audio)
        if not self._is_spoken:
            return Take(audio, len(audio), len(audio), 0, is_broken)
        heard = self._segmenter
        return Take(audio, heard.onset - start, heard.voiced_end - start, heard.voiced_samples, is_broken)

    def _take_events(self) -> list[int]:
        """Tell what the microphone reports; the samples of the ring at which there is a gap."""
        gaps: list[int] = []
        while True:
            try:
                event = self._events.get_nowait()
            except Empty:
                return gaps
            match event:
                case CaptureOpened():
                    self._tell(f"microphone: {event.device}")
                case CaptureInterrupted():
                    gaps.append(event.at_sample)
                case Problem():
                    self._tell(event.message)
