"""What is in captured audio: tones, and nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
WINDOW = 256  # 16 ms: a leak of a few milliseconds is not averaged away


def tone_level(audio: NDArray[np.int16], frequency_hz: float) -> float:
    """Loudest amplitude of that tone in any window of 16 ms, 1.0 being full scale."""
    if len(audio) < WINDOW:
        return 0.0
    time = np.arange(WINDOW) / RATE_HZ
    probe = np.hanning(WINDOW) * np.exp(-2j * np.pi * frequency_hz * time)
    windows = np.lib.stride_tricks.sliding_window_view(audio.astype(np.float64) / 32_768, WINDOW)[:: WINDOW // 4]
    return float(np.abs(windows @ probe).max() * 2 / np.hanning(WINDOW).sum())
