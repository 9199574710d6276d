"""How loud somebody is heard: pure functions over what a microphone delivers, frame by frame.

Levels are the root mean square of frames of 32 ms, in dB below full scale (dBFS).

Measured: 14 utterances of 8 readers, turned down, in white noise of -66 and of -60 dBFS, tiny.en in the live flow;
words wrong, by the level of the loud frames:

    -34      -40      -44      -48      -52      -56 dBFS
    4.7 %    7.9 %   10.2 %    9.4 %   18.1 %   70.9 %    (-66)
    6.3 %    8.7 %   11.8 %   22.8 %   52.0 %   92.1 %    (-60)

With no noise but that of the lowest bit it is 6.3 % at -34, 5.5 % at -44 and 8.7 % at -60: what costs words is the
noise beside a quiet voice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sayso.audio import FRAME_SAMPLES, Pcm
from sayso.capture.loudness import SILENCE_DBFS

QUIET_DBFS = -46.0  # between twice and four times as many words are wrong as at a good level
TARGET_DBFS = -26.0  # quiet speech at a good level (RFC 7874, section 4, has -22)
LOUD_PERCENTILE = 95  # a click in one frame is no speech
FLOOR_PERCENTILE = 10  # who speaks is silent between words for that long at least
STANDS_OUT_DB = 6.0  # frames of steady noise span 3 dB; a voice that stands out by less is not heard at all
STANDING_FRAMES = 5  # 0.16 s, as much voice as an utterance begins with (`segmenter.PROOF_FRAMES`)

Levels = NDArray[np.float64]
"""dBFS of frames, shape (n,)."""


def levels_of(audio: Pcm) -> Levels:
    """The level of each whole frame, shape (n // 512,)."""
    frames = len(audio) // FRAME_SAMPLES
    cut = audio[: frames * FRAME_SAMPLES].astype(np.float64).reshape(frames, FRAME_SAMPLES)
    cut -= cut.mean(axis=1, keepdims=True)  # an offset of the converter is no sound
    power = np.square(cut).mean(axis=1) / 32_768**2
    levels: Levels = np.maximum(10 * np.log10(np.maximum(power, 1e-20)), SILENCE_DBFS)
    return levels


def loud_level(levels: Levels) -> float:
    """The level of the loud frames."""
    return float(np.percentile(levels, LOUD_PERCENTILE)) if len(levels) else SILENCE_DBFS


def stands_out(levels: Levels) -> bool:
    """Whether something stands out of the noise, for as long as a short word takes."""
    if not len(levels):
        return False
    floor = np.percentile(levels, FLOOR_PERCENTILE)
    return int(np.count_nonzero(levels > floor + STANDS_OUT_DB)) >= STANDING_FRAMES


def amplified(audio: Pcm, loud_dbfs: float) -> Pcm:
    """The same as loud as speech should be, shape (n,)."""
    gain = 10 ** ((TARGET_DBFS - loud_dbfs) / 20)
    return np.clip(np.round(audio * gain), -32_768, 32_767).astype(np.int16)
