"""Is the signal fit to be recognised? Digital silence and clipping, seen once a second.

Costs two comparisons over 16,000 samples a second (about 20 µs), outside the callback.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sayso.audio import Pcm

FULL_SCALE = 32_700  # int16 reaches 32,767; resampling a clipped wave ripples a little below that
CLIPPED_SHARE = 0.01  # clean speech at a sane level has none; 1 % is audible distortion
CLIPPING_OVER_SECONDS = 5.0
SILENCE_DBFS = -120.0  # digital silence; a lone lowest bit in 100 ms is -122


@dataclass(frozen=True, slots=True)
class Loudness:
    """What the last looks found; `None` means not at the moment.

    Attributes:
        silent_since: clock of the look that first found nothing but zeros, in seconds.
        clipped_at: clock of the last look that found clipping, in seconds.

    """

    silent_since: float | None = None
    clipped_at: float | None = None

    def is_silent(self, now: float, warning_seconds: float) -> bool:
        """Whether zeros have lasted long enough to warn; never where `warning_seconds` is 0."""
        return warning_seconds > 0 and self.silent_since is not None and now - self.silent_since >= warning_seconds

    def is_clipping(self, now: float) -> bool:
        """Whether samples hit full scale lately."""
        return self.clipped_at is not None and now - self.clipped_at < CLIPPING_OVER_SECONDS


def look(before: Loudness, now: float, newest: Pcm) -> Loudness:
    """Judge the newest samples, shape (n,), all that came since the look before.

    A real microphone always has noise in its lowest bit, so that nothing but zeros means muted or unplugged;
    noise suppression may produce them too, which is why a warning waits.
    """
    if len(newest) == 0:
        return before
    silent_since = before.silent_since
    if newest.any():
        silent_since = None
    elif silent_since is None:
        silent_since = now
    clipped = np.count_nonzero(newest >= FULL_SCALE) + np.count_nonzero(newest <= -FULL_SCALE)
    clipped_at = now if clipped > CLIPPED_SHARE * len(newest) else before.clipped_at
    return Loudness(silent_since, clipped_at)


def level_dbfs(newest: Pcm) -> float:
    """How loud samples are, shape (n,): their root mean square in dB below full scale, at least -120."""
    mean_square = float(np.mean(np.square(newest, dtype=np.float64))) if len(newest) else 0.0
    return max(SILENCE_DBFS, 10 * math.log10(mean_square / 32_768**2)) if mean_square else SILENCE_DBFS
