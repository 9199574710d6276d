"""Where a long recording is cut, for engines that decode no more than 30 s at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sayso.audio import SAMPLE_RATE_HZ, Pcm

LONGEST_SAMPLES = 28 * SAMPLE_RATE_HZ  # never at 30 s, where Whisper's window ends
EARLIEST_SAMPLES = 10 * SAMPLE_RATE_HZ
QUIET_SAMPLES = SAMPLE_RATE_HZ // 2  # half a second: between sentences rather than between words
STEP_SAMPLES = SAMPLE_RATE_HZ // 50


def stretches(audio: Pcm) -> Iterator[tuple[int, int]]:
    """First and last sample of each stretch; they follow each other without a gap.

    Args:
        audio: shape (n,), of any length.

    """
    start = 0
    while len(audio) - start > LONGEST_SAMPLES:
        cut = start + EARLIEST_SAMPLES + _quietest(audio[start + EARLIEST_SAMPLES : start + LONGEST_SAMPLES])
        yield start, cut
        start = cut
    if start < len(audio):
        yield start, len(audio)


def _quietest(audio: Pcm) -> int:
    """The middle of the half second with the least energy."""
    steps = len(audio) // STEP_SAMPLES
    energy = (audio[: steps * STEP_SAMPLES].astype(np.float64) ** 2).reshape(steps, STEP_SAMPLES).sum(axis=1)
    width = QUIET_SAMPLES // STEP_SAMPLES
    sums = np.convolve(energy, np.ones(width), mode="valid")
    return int(sums.argmin() * STEP_SAMPLES + QUIET_SAMPLES // 2)
