"""What two seconds of a microphone tell about it: functions of the samples.

Levels are in dB below full scale (dBFS), of the root mean square where nothing else is said: a sine that just fits
has -3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.audio import FRAME_SAMPLES, Pcm, seconds
from sayso.capture.loudness import FULL_SCALE, SILENCE_DBFS
from sayso.doctor import Light

FLOOR_PERCENTILE = 10  # of the frames, by loudness: who speaks is silent between words for that long at least
LOUD_PERCENTILE = 95  # a click in one frame is no speech

# Clean speech has no clipped sample at all. The service warns where 1 % of a second is at full scale
# (loudness.py); the loudest word may not have been among these two seconds, so a tenth of that is enough here.
CLIPPED_SHARE = 0.001
# Four readers were turned down in steps of 6 dB, with a noise of the lowest bit added. With peaks down to -34 dBFS
# the voice detector finds as many frames of voice as at full level; at -38 one of them loses 5 % of his frames, at
# -44 a quarter. Real microphones have more noise.
QUIET_PEAK_DBFS = -36.0
# No more than three steps of 16 bits: no open microphone is that quiet, whoever is silent before it.
NOTHING_PEAK_DBFS = -80.0
# Somebody spoke if the loud frames stand so far out of the quiet ones: steady noise spans 3 dB, the same readers
# 23 to 64.
SPOKEN_DB = 15.0
# Speech should have -22 dBFS (RFC 7874, section 4), and stand 20 dB or more above the noise: what many PC
# microphones give, where a recogniser would like 30 dB (sprex.com/faq/microphones.html).
SPEECH_DBFS = -22.0
WANTED_DB = 20.0
# As much as -26 dBFS, which is quiet speech, and one side clips 0.4 dB earlier for it.
OFFSET_SHARE = 0.05

SETTINGS = "in the sound settings"


@dataclass(frozen=True, slots=True)
class Signal:
    """What was heard, in figures.

    Attributes:
        seconds: of audio.
        peak_dbfs: the loudest sample, offset included.
        level_dbfs: of everything, without the offset.
        loud_dbfs: of the loudest frames but for a few.
        floor_dbfs: of the quietest frames: the noise between words.
        clipped_share: samples at full scale, 0 to 1.
        offset_share: the mean of all samples against full scale, -1 to 1.
        is_flat: no sample differs from another: nothing is connected behind it, or it is muted.

    """

    seconds: float
    peak_dbfs: float
    level_dbfs: float
    loud_dbfs: float
    floor_dbfs: float
    clipped_share: float
    offset_share: float
    is_flat: bool

    @property
    def is_spoken(self) -> bool:
        """Whether something stands out of the noise, as a voice does."""
        return self.loud_dbfs - self.floor_dbfs >= SPOKEN_DB


@dataclass(frozen=True, slots=True)
class Input:
    """How the sound server has set the input; None where there is no server to ask."""

    is_muted: bool = False
    is_monitor: bool = False
    volume_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be, and what to do."""

    light: Light
    message: str
    remedy: str


def measure(samples: Pcm) -> Signal:
    """Measure what was heard, shape (n,), at least one frame (512 samples).

    Raises:
        ValueError: it is less.

    """
    frames = len(samples) // FRAME_SAMPLES
    if not frames:
        raise ValueError(f"{len(samples)} samples are less than a frame of {FRAME_SAMPLES}")
    offset = float(np.mean(samples, dtype=np.float64))
    audio: NDArray[np.float64] = samples.astype(np.float64) - offset
    power = np.square(audio[: frames * FRAME_SAMPLES]).reshape(frames, FRAME_SAMPLES).mean(axis=1)
    floor, loud = np.percentile(np.sqrt(power), (FLOOR_PERCENTILE, LOUD_PERCENTILE))
    peak = max(int(samples.max()), -int(samples.min()))
    return Signal(
        seconds=seconds(len(samples)),
        peak_dbfs=_dbfs(peak),
        level_dbfs=_dbfs(math.sqrt(float(np.mean(np.square(audio))))),
        loud_dbfs=_dbfs(float(loud)),
        floor_dbfs=_dbfs(float(floor)),
        clipped_share=int(np.count_nonzero((samples >= FULL_SCALE) | (samples <= -FULL_SCALE))) / len(samples),
        offset_share=offset / 32_768,
        is_flat=bool((samples == samples[0]).all()),
    )


def _dbfs(amplitude: float) -> float:
    return round(max(SILENCE_DBFS, 20 * math.log10(amplitude / 32_768)), 1) if amplitude > 0 else SILENCE_DBFS


def in_words(signal: Signal) -> str:
    """The figures for a person."""
    return (
        f"level {signal.level_dbfs:.0f} dBFS, peak {signal.peak_dbfs:.0f}, noise {signal.floor_dbfs:.0f}"
        + (f", {signal.clipped_share:.1%} clipped" if signal.clipped_share else "")
        + ("" if signal.is_spoken else "; nobody spoke, so how loud your voice is was not seen")
    )


def faults(signal: Signal, source: Input) -> Iterator[Fault]:
    """What is wrong with what was heard, the worst first."""
    if source.is_muted:
        yield Fault(Light.RED, "it is muted", f"Unmute it {SETTINGS}")
    elif signal.is_flat:
        yield _silence(source)
    else:
        yield from _of_the_level(signal, source)
        if source.is_monitor:
            yield _monitor(Light.AMBER)


def _silence(source: Input) -> Fault:
    if source.is_monitor:
        return _monitor(Light.RED)
    return Fault(
        Light.RED,
        "it delivers nothing but digital silence",
        f"Look for a mute switch on it, choose another microphone {SETTINGS}, or name one in audio.device; if it "
        "has a noise suppression, speak while this is tried" + _volume(source),
    )


def _monitor(light: Light) -> Fault:
    return Fault(
        light,
        "it is the monitor of your speakers: what they play is heard, and nobody's voice",
        f"Choose a microphone {SETTINGS}, and set audio.device to its name, or to default",
    )


def _of_the_level(signal: Signal, source: Input) -> Iterator[Fault]:
    if signal.clipped_share > CLIPPED_SHARE:
        yield Fault(
            Light.AMBER,
            f"it is too loud: {signal.clipped_share:.1%} of the sound is clipped, which costs words",
            f"Lower its input volume {SETTINGS}, or move it away",
        )
    elif signal.peak_dbfs < NOTHING_PEAK_DBFS:
        yield Fault(
            Light.AMBER,
            "it delivers next to nothing, not even the noise of a room",
            f"Raise its input volume {SETTINGS}; look for a mute switch on it" + _volume(source),
        )
    elif signal.is_spoken and signal.peak_dbfs < QUIET_PEAK_DBFS:
        yield Fault(
            Light.AMBER,
            f"it is too quiet: speech reaches {signal.peak_dbfs:.0f} dBFS, and below {QUIET_PEAK_DBFS:.0f} words "
            "are lost",
            f"Raise its input volume {SETTINGS}, or move it closer" + _volume(source),
        )
    if _is_noisy(signal):
        yield Fault(
            Light.AMBER,
            f"there is much noise, {signal.floor_dbfs:.0f} dBFS: speech should stand {WANTED_DB:.0f} dB above it",
            f"Move it closer, away from fans and music; lower a microphone boost {SETTINGS}",
        )
    if abs(signal.offset_share) > OFFSET_SHARE:
        yield Fault(
            Light.AMBER,
            f"its signal is off centre by {abs(signal.offset_share):.0%} of full scale, a fault of the hardware",
            "Try another socket or cable, or another microphone",
        )


def _is_noisy(signal: Signal) -> bool:
    """Noise that speech of the usual level does not stand far enough above, nor did the speech that was heard."""
    is_loud = signal.floor_dbfs > SPEECH_DBFS - WANTED_DB
    return is_loud and signal.loud_dbfs - signal.floor_dbfs < WANTED_DB


def _volume(source: Input) -> str:
    return "" if source.volume_percent is None else f" (it is at {source.volume_percent} %)"
