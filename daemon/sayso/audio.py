"""The audio that flows through sayso: 16 kHz, mono, int16, in frames of 32 ms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
FRAME_SAMPLES = 512  # 512 / 16 kHz = 32 ms: the only window Silero takes at this rate
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE_HZ

Pcm: TypeAlias = NDArray[np.int16]
"""Samples, shape (n,), int16, 16 kHz mono."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of audio.

    Attributes:
        start: absolute index of the first sample since capture began.
        samples: shape (FRAME_SAMPLES,), int16.

    """

    start: int
    samples: Pcm

    @property
    def end(self) -> int:
        """Absolute index one past the last sample."""
        return self.start + len(self.samples)


def seconds(samples: int) -> float:
    """Samples → seconds of audio."""
    return samples / SAMPLE_RATE_HZ


def samples(seconds: float) -> int:
    """Seconds of audio → samples, rounded to the nearest."""
    return round(seconds * SAMPLE_RATE_HZ)
