"""Is there a voice in what is hardly to be heard? Asked of the same network that finds speech in the live flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sayso.audio import FRAME_SAMPLES, FRAME_SECONDS, Pcm
from sayso.errors import EngineError
from sayso.vad import Silero, VoiceDetector

VOICED = 0.5  # the probability from which Silero's authors call a frame speech

FindVoice: TypeAlias = Callable[[Pcm], float]
"""Takes samples, shape (n,), at the level of speech; returns for how many seconds of them somebody speaks."""


class VoiceFinder:
    """Silero, loaded when it is first asked (some 30 ms, a few MB); 0.2 ms a frame after that."""

    def __init__(self, load: Callable[[], VoiceDetector] = Silero) -> None:
        self._load = load
        self._detector: VoiceDetector | None = None

    def __call__(self, audio: Pcm) -> float:
        """Seconds of voice; 0 where the network is missing, which the live flow tells."""
        try:
            self._detector = detector = self._detector or self._load()
        except EngineError:
            return 0.0
        detector.reset()
        starts = range(0, len(audio) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
        voiced = sum(detector.probability(audio[at : at + FRAME_SAMPLES]) >= VOICED for at in starts)
        return voiced * FRAME_SECONDS
