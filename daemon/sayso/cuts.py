"""Where to cut a long utterance, so that its window stays well under the 30 s that Whisper can hear.

Pure decisions over two facts: the gaps between committed words (what is before such a gap need never be decoded
again) and the voice detector's probabilities (its valleys are where a cut hurts least).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, samples

MAX_WINDOW_SAMPLES = 25 * SAMPLE_RATE_HZ  # here a cut is forced: at 28 to 30 s Whisper invents tails
WANTING_SAMPLES = 20 * SAMPLE_RATE_HZ  # from here any gap will do
LEAST_SAMPLES = 5 * SAMPLE_RATE_HZ  # a shorter piece cut off is not worth losing its context
REST_SAMPLES = 2 * SAMPLE_RATE_HZ  # what stays in the window at least
PARTIAL_SAMPLES = 5 * SAMPLE_RATE_HZ  # what a partial hears, where so much was said: in 3 s words are misheard
QUIET = 0.35  # probability of speech under which a valley is a pause: Silero's threshold less its hysteresis
SLACK_SAMPLES = 2 * FRAME_SAMPLES  # word times from attention are right to about 60 ms


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two committed words, in seconds: where a long utterance may be cut."""

    utterance: int
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Valley:
    """The quietest frame of a stretch: its middle, and its probability of speech."""

    at_sample: int
    probability: float


def partial_start(gaps: Sequence[Gap], window: int, end: int) -> int:
    """Where a partial decode of the window [window, end) begins: the latest gap that leaves it enough to hear.

    What is before it is committed, and need not be decoded again and again.
    """
    middles = (samples((gap.start_seconds + gap.end_seconds) / 2) for gap in gaps)
    return max((at for at in middles if window < at <= end - PARTIAL_SAMPLES), default=window)


def best_cut(gaps: Sequence[Gap], heard: Sequence[Valley], window: int, end: int) -> int | None:
    """The best place between committed words of the window [window, end); None to wait for a better one.

    Args:
        gaps: between committed words.
        heard: every frame of the window, in order.
        window: absolute index of its first sample.
        end: absolute index one past its last.

    """
    best: Valley | None = None
    for gap in gaps:
        low, high = samples(gap.start_seconds) - SLACK_SAMPLES, samples(gap.end_seconds) + SLACK_SAMPLES
        if low < window + LEAST_SAMPLES or high > end - REST_SAMPLES:
            continue
        valley = quietest(heard, low, high)
        if valley is not None and (best is None or valley.probability <= best.probability):
            best = valley
    if best is None or (best.probability > QUIET and end - window < WANTING_SAMPLES):
        return None
    return best.at_sample


def forced_cut(heard: Sequence[Valley], window: int, end: int) -> int:
    """The quietest place in the second half of the window: for when nothing could be committed."""
    latest = min(end - REST_SAMPLES, window + MAX_WINDOW_SAMPLES)
    valley = quietest(heard, (window + end) // 2, latest)
    return valley.at_sample if valley is not None else latest


def quietest(heard: Sequence[Valley], low: int, high: int) -> Valley | None:
    """The quietest frame with its middle in [low, high], the latest of equals; None if there is no frame."""
    inside = [valley for valley in heard if low <= valley.at_sample <= high]
    return min(reversed(inside), key=lambda valley: valley.probability, default=None)
