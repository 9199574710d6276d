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
from sayso.capture.facts import ServerState, SoundSource
from sayso.capture.loudness import FULL_SCALE, SILENCE_DBFS
from sayso.capture.voice_level import FLOOR_PERCENTILE, LOUD_PERCENTILE, QUIET_DBFS
from sayso.capture.warning import too_quiet
from sayso.doctor import Light

# Clean speech has no clipped sample at all. The service warns where 1 % of a second is at full scale
# (loudness.py); the loudest word may not have been among these two seconds, so a tenth of that is enough here.
CLIPPED_SHARE = 0.001
# No more than three steps of 16 bits: no open microphone is that quiet, whoever is silent before it.
NOTHING_PEAK_DBFS = -80.0
# Somebody spoke if the loud frames stand so far out of the quiet ones: steady noise spans 3 dB, four readers 23 to
# 64.
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


def faults(label: str, signal: Signal, state: ServerState | None) -> Iterator[Fault]:
    """What is wrong with what was heard, the worst first.

    Args:
        label: what the microphone is called.
        signal: what was heard of it.
        state: of the sound server; None where there is none.

    """
    own = state.source(state.recorded) if state is not None else None
    is_monitor = own is not None and own.is_monitor
    if is_monitor:
        yield _monitor(label, Light.RED if signal.is_flat else Light.AMBER)
    if signal.is_flat:
        if not is_monitor:
            yield _silence(label, own)
        return
    if (level := _of_the_level(label, signal, state)) is not None:
        yield level
    yield from _of_the_room(label, signal)


def _silence(label: str, own: SoundSource | None) -> Fault:
    return Fault(
        Light.RED,
        f"{label}: it delivers nothing but digital silence",
        f"Look for a mute switch on it, choose another microphone {SETTINGS}, or name one in audio.device; if it "
        "has a noise suppression, speak while this is tried" + _volume(own),
    )


def _monitor(label: str, light: Light) -> Fault:
    return Fault(
        light,
        f"{label}: it is the monitor of your speakers: what they play is heard, and nobody's voice",
        f"Choose a microphone {SETTINGS}, and set audio.device to its name, or to default",
    )


def _of_the_level(label: str, signal: Signal, state: ServerState | None) -> Fault | None:
    own = state.source(state.recorded) if state is not None else None
    if signal.clipped_share > CLIPPED_SHARE:
        return Fault(
            Light.AMBER,
            f"{label}: it is too loud: {signal.clipped_share:.1%} of the sound is clipped, which costs words",
            f"Lower its input volume {SETTINGS}, or move it away",
        )
    if signal.peak_dbfs < NOTHING_PEAK_DBFS:
        return Fault(
            Light.AMBER,
            f"{label}: it delivers next to nothing, not even the noise of a room",
            f"Raise its input volume {SETTINGS}; look for a mute switch on it" + _volume(own),
        )
    if signal.is_spoken and signal.loud_dbfs < QUIET_DBFS:
        warning = too_quiet(label, state, signal.loud_dbfs)
        return Fault(Light.AMBER, warning.what, str(warning.remedy))
    return None


def _of_the_room(label: str, signal: Signal) -> Iterator[Fault]:
    if _is_noisy(signal):
        yield Fault(
            Light.AMBER,
            f"{label}: there is much noise, {signal.floor_dbfs:.0f} dBFS: speech should stand {WANTED_DB:.0f} dB "
            "above it",
            f"Move it closer, away from fans and music; lower a microphone boost {SETTINGS}",
        )
    if abs(signal.offset_share) > OFFSET_SHARE:
        yield Fault(
            Light.AMBER,
            f"{label}: its signal is off centre by {abs(signal.offset_share):.0%} of full scale, a fault of the "
            "hardware",
            "Try another socket or cable, or another microphone",
        )


def _is_noisy(signal: Signal) -> bool:
    """Noise that speech of the usual level does not stand far enough above, nor did the speech that was heard."""
    is_loud = signal.floor_dbfs > SPEECH_DBFS - WANTED_DB
    return is_loud and signal.loud_dbfs - signal.floor_dbfs < WANTED_DB


def _volume(own: SoundSource | None) -> str:
    percent = own.volume_percent if own is not None else None
    return "" if percent is None else f" (its volume is {percent} %)"
