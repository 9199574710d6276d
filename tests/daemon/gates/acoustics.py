"""What sounds are made of: noise with a spectrum, things that are struck, air that is blown, a throat, a room.

Everything is float64, shape (n,), 16 kHz.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sayso.audio import SAMPLE_RATE_HZ, samples

Sound = NDArray[np.float64]


def peaking(sound: Sound) -> Sound:
    """The sound with a peak of 1."""
    return sound / max(1e-12, float(np.max(np.abs(sound), initial=0)))


def noise(n: int, rng: Generator, gain: Callable[[Sound], Sound]) -> Sound:
    """Noise with this gain at each frequency in Hz."""
    size = _fast(n)
    spectrum = np.fft.rfft(rng.standard_normal(size)) * gain(np.fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ))
    return np.fft.irfft(spectrum, size)[:n]


def wander(n: int, rng: Generator, hz: float) -> Sound:
    """A curve between -1 and 1 that turns so many times a second."""
    points = int(n / SAMPLE_RATE_HZ * hz) + 2
    return np.interp(np.linspace(0, points - 1, n), np.arange(points), rng.uniform(-1, 1, points))


def tone(hz: Sound, harmonics: Sequence[float]) -> Sound:
    """A tone of changing frequency, with its harmonics this loud."""
    phase = 2 * np.pi * np.cumsum(hz) / SAMPLE_RATE_HZ
    return sum((loud * np.sin(k * phase) for k, loud in enumerate(harmonics, start=1)), np.zeros(len(hz)))


def struck(rng: Generator, modes_hz: Sequence[float], decay_seconds: float, seconds: float) -> Sound:
    """What sounds after a blow: a click of 1 ms, and modes that die away, the high ones faster."""
    time = np.arange(samples(seconds)) / SAMPLE_RATE_HZ
    out = 0.5 * rng.standard_normal(len(time)) * np.exp(-time / 0.001)
    for hz in modes_hz:
        decay = decay_seconds * (modes_hz[0] / hz) ** 0.5
        out += rng.uniform(0.4, 1.0) * np.sin(2 * np.pi * hz * time + rng.uniform(0, 6)) * np.exp(-time / decay)
    return peaking(out)


def string(rng: Generator, hz: float, seconds: float) -> Sound:
    """A plucked string: harmonics that die away, the high ones faster."""
    time = np.arange(samples(seconds)) / SAMPLE_RATE_HZ
    out = np.zeros(len(time))
    for k in range(1, 9):
        out += np.sin(2 * np.pi * k * hz * time + rng.uniform(0, 6)) * np.exp(-time * k / 0.9) / k
    return peaking(out * np.minimum(time / 0.004, 1))


def blown(n: int, rng: Generator, peaks_hz: Sequence[float]) -> Sound:
    """Air that rushes through something with broad resonances, each about an octave wide."""

    def gain(hz: Sound) -> Sound:
        octaves = np.log2(np.maximum(hz, 1.0)[:, None] / np.array(peaks_hz))
        return np.asarray(0.05 + np.exp(-4 * octaves**2).sum(axis=1)) / (1 + hz / 3_000)

    return peaking(noise(n, rng, gain))


def voiced(n: int, rng: Generator, from_hz: float, to_hz: float, mouth_hz: Sequence[float]) -> Sound:
    """A throat: rough pulses of changing pitch, through the resonances of a mouth."""
    pitch = np.linspace(from_hz, to_hz, n) * (1 + 0.05 * wander(n, rng, 60))
    pulses = np.diff(np.floor(np.cumsum(pitch) / SAMPLE_RATE_HZ), prepend=0)
    return peaking(np.convolve(pulses, struck(rng, mouth_hz, 0.008, 0.04))[:n])


def put(out: Sound, at_seconds: float, sound: Sound) -> None:
    """Add a sound to what is there, from this second on; what goes over the end is lost."""
    place = out[samples(at_seconds) :][: len(sound)]
    place += sound[: len(place)]


def in_a_room(sound: Sound, rng: Generator, wet: float = 0.3) -> Sound:
    """The sound and its reverberation in a furnished room (60 dB in 0.35 s)."""
    length = samples(0.35)
    echo = rng.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    echo *= wet / np.sqrt(np.sum(echo**2))
    size = _fast(len(sound) + length)
    heard = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size)[: len(sound)]
    return peaking(sound + heard)


def _fast(n: int) -> int:
    """The next length that a Fourier transform is quick at: lengths with large prime factors take minutes."""
    return 1 << (n - 1).bit_length()
