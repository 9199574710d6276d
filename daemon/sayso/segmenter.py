"""The segmenter: voiced and unvoiced frames → where speech starts, pauses and ends.

One state table, driven by one signal a frame. It knows no audio and no clock, only sample indices.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ

PROOF_FRAMES = 5  # 0.16 s of voice before speech is believed: clicks, knocks and many coughs are shorter
PROOF_SAMPLES = 2 * SAMPLE_RATE_HZ  # … within so much audio: what lies further back proves nothing
STAY_BELOW = 0.15  # hysteresis, as in Silero's own post-processing: neg_threshold = threshold - 0.15


class Phase(Enum):
    """Where the segmenter stands."""

    QUIET = auto()
    ONSET = auto()  # voice heard, not yet enough to believe
    SPEECH = auto()
    PAUSE = auto()  # soft end reached, hard end not yet


class Signal(Enum):
    """What one frame says, given the frames before it."""

    VOICE = auto()
    PROOF = auto()  # voice, and enough of it
    HUSH = auto()  # no voice, but less than a soft end of silence
    SOFT = auto()
    HARD = auto()


class Boundary(Enum):
    """What the rest of the flow is told."""

    STARTED = auto()
    SOFT_END = auto()
    RESUMED = auto()
    HARD_END = auto()


TABLE: dict[tuple[Phase, Signal], tuple[Phase, Boundary | None]] = {
    (Phase.QUIET, Signal.VOICE): (Phase.ONSET, None),
    (Phase.ONSET, Signal.PROOF): (Phase.SPEECH, Boundary.STARTED),
    (Phase.ONSET, Signal.SOFT): (Phase.QUIET, None),
    (Phase.SPEECH, Signal.SOFT): (Phase.PAUSE, Boundary.SOFT_END),
    (Phase.PAUSE, Signal.VOICE): (Phase.SPEECH, Boundary.RESUMED),
    (Phase.PAUSE, Signal.PROOF): (Phase.SPEECH, Boundary.RESUMED),
    (Phase.PAUSE, Signal.HARD): (Phase.QUIET, Boundary.HARD_END),
}
"""Pairs that are not listed change nothing."""


@dataclass(frozen=True, slots=True)
class Endpointing:
    """When speech counts as begun and ended.

    Attributes:
        threshold: Silero probability from which a frame is voiced.
        soft_samples: silence after which a final decode may be started on speculation.
        hard_samples: silence after which the utterance is over.

    """

    threshold: float
    soft_samples: int
    hard_samples: int

    @classmethod
    def from_milliseconds(cls, threshold: float, soft_ms: int, hard_ms: int) -> Endpointing:
        """Build from settings."""
        return cls(threshold, soft_ms * SAMPLE_RATE_HZ // 1000, hard_ms * SAMPLE_RATE_HZ // 1000)


@dataclass(frozen=True, slots=True)
class Voice:
    """How much voice an utterance has had.

    Attributes:
        samples: of frames over the threshold itself, those that only hysteresis lets pass left out.
        surest: the probability, 0 to 1, that at least two of its frames reached.

    """

    samples: int = 0
    surest: float = 0.0


NO_VOICE = Voice()


class Segmenter:
    """Follows one stream of frames.

    Attributes:
        phase: where it stands.
        onset: absolute sample where the current (or last) speech began.
        voiced_end: absolute sample where its last voiced frame ended.
        voiced_samples: how much of it was voiced.
        voice: how sure it is that this was a voice.

    """

    def __init__(self, endpointing: Endpointing) -> None:
        self.endpointing = endpointing
        self.reset()

    def reset(self) -> None:
        """Stand at silence."""
        self.phase = Phase.QUIET
        self.onset = 0
        self.voiced_end = 0
        self.voiced_samples = 0
        self.voice = NO_VOICE
        self._peak = 0.0  # probability of its surest frame
        self._onset: deque[tuple[int, float]] = deque()  # end and probability of the frames that may yet prove it

    @property
    def in_utterance(self) -> bool:
        """Whether a started utterance has not yet ended."""
        return self.phase in (Phase.SPEECH, Phase.PAUSE)

    def step(self, frame_end: int, probability: float) -> Boundary | None:
        """Take the next frame's end index and its probability of speech; return what it changed."""
        signal = self._signal(frame_end, probability)
        self.phase, boundary = TABLE.get((self.phase, signal), (self.phase, None))
        return boundary

    def _signal(self, frame_end: int, probability: float) -> Signal:
        inside = self.phase is not Phase.QUIET
        threshold = self.endpointing.threshold - (STAY_BELOW if inside else 0.0)
        if probability >= threshold:
            self.voiced_end = frame_end
            if self.in_utterance:
                self._weigh(probability)
            else:
                self._gather(frame_end, probability, anew=not inside)
            return Signal.PROOF if self.voice.samples >= PROOF_FRAMES * FRAME_SAMPLES else Signal.VOICE
        silence = frame_end - self.voiced_end
        if silence >= self.endpointing.hard_samples and self.phase is Phase.PAUSE:
            return Signal.HARD
        return Signal.SOFT if silence >= self.endpointing.soft_samples else Signal.HUSH

    def _gather(self, frame_end: int, probability: float, *, anew: bool) -> None:
        """Another frame of an onset, which begins with the first of them that is not too long ago."""
        if anew:
            self._onset.clear()
        self._onset.append((frame_end, probability))
        while self._onset[0][0] <= frame_end - PROOF_SAMPLES:
            self._onset.popleft()
        self.onset = self._onset[0][0] - FRAME_SAMPLES
        self.voiced_samples, self.voice, self._peak = 0, NO_VOICE, 0.0
        for _, heard in self._onset:
            self._weigh(heard)

    def _weigh(self, probability: float) -> None:
        self.voiced_samples += FRAME_SAMPLES
        clear = FRAME_SAMPLES if probability >= self.endpointing.threshold else 0
        second = min(self._peak, max(self.voice.surest, probability))
        self._peak = max(self._peak, probability)
        self.voice = Voice(self.voice.samples + clear, second)
