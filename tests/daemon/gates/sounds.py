"""Sounds that are not speech: what an open microphone hears all day, made from seeded noise and a little physics.

Every maker takes seconds and a random generator and gives samples, shape (n,), float64, 16 kHz, with a peak of 1;
`recorded` sets the level and makes them what a microphone delivers. Numbers without a source are round values for
everyday objects.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from tests.daemon.gates.acoustics import (
    Sound,
    blown,
    in_a_room,
    noise,
    peaking,
    put,
    string,
    struck,
    tone,
    voiced,
    wander,
)  # fmt: skip

from sayso.audio import SAMPLE_RATE_HZ, Pcm, samples

Maker = Callable[[float, Generator], Sound]

QUIET_ROOM_DBFS = -66.0  # RMS of a quiet room through a headset at a gain that puts speech at -26 dBFS
MAINS = (1.0, 0.2, 0.5, 0.1, 0.3, 0.05, 0.2)  # harmonics of 50 Hz, mostly the odd ones


def recorded(sound: Sound, peak_dbfs: float, rng: Generator, room_dbfs: float | None = QUIET_ROOM_DBFS) -> Pcm:
    """What a microphone delivers of a sound with this peak, in a room whose own tone has this RMS (None: none)."""
    heard = sound * 10 ** (peak_dbfs / 20)
    if room_dbfs is not None:
        around = room_tone(len(sound) / SAMPLE_RATE_HZ, rng)
        heard = heard + around * (10 ** (room_dbfs / 20) / np.std(around))
    dither = rng.uniform(-0.5, 0.5, len(heard)) + rng.uniform(-0.5, 0.5, len(heard))
    return np.clip(np.round(heard * 32_767 + dither), -32_768, 32_767).astype(np.int16)


# ── steady ────────────────────────────────────────────────────────────────────────────────────────────


def silence(seconds: float, _rng: Generator) -> Sound:
    """Nothing; `recorded` dithers it."""
    return np.zeros(samples(seconds))


def white(seconds: float, rng: Generator) -> Sound:
    """The same power in every hertz."""
    return peaking(rng.standard_normal(samples(seconds)))


def pink(seconds: float, rng: Generator) -> Sound:
    """The same power in every octave."""
    return peaking(noise(samples(seconds), rng, lambda hz: np.maximum(hz, 20) ** -0.5))


def room_tone(seconds: float, rng: Generator) -> Sound:
    """A quiet room: rumble that falls by 9 dB an octave, a little hiss, a trace of mains."""
    n = samples(seconds)
    rumble = noise(n, rng, lambda hz: np.maximum(hz, 40) ** -1.5)
    drift = 1 + 0.3 * wander(n, rng, 0.2)
    hiss = 0.1 * rng.standard_normal(n)
    return peaking(rumble / np.std(rumble) * drift + hiss + 0.05 * tone(np.full(n, 50.0), MAINS))


def mains_hum(seconds: float, rng: Generator) -> Sound:
    """A bad ground: 50 Hz and its harmonics."""
    n = samples(seconds)
    return peaking(tone(np.full(n, 50.0), MAINS) + 0.01 * rng.standard_normal(n))


def fan(seconds: float, rng: Generator) -> Sound:
    """A computer's fan: rushing air, and seven blades at about 25 turns a second."""
    n = samples(seconds)
    air = noise(n, rng, lambda hz: np.minimum(hz / 80, 1) / (1 + (hz / 600) ** 1.2))
    blades = tone(7 * 25 * (1 + 0.004 * wander(n, rng, 0.5)), (1.0, 0.5, 0.25, 0.1))
    return peaking(air / np.std(air) * (1 + 0.1 * wander(n, rng, 2.0)) + 0.5 * blades)


# ── struck ────────────────────────────────────────────────────────────────────────────────────────────


def keyboard(seconds: float, rng: Generator) -> Sound:
    """Somebody types: words of a few keys, about seven a second, and now and then a pause to think."""
    out = np.zeros(samples(seconds))
    at = 0.3
    while at < seconds:
        for _ in range(int(rng.integers(1, 9))):
            _key(out, at, rng, weight=1.0)
            at += float(np.clip(rng.lognormal(np.log(0.14), 0.35), 0.06, 0.5))
        _key(out, at, rng, weight=1.6)  # the space bar
        at += float(rng.choice((0.15, 0.25, 0.6, 2.5), p=(0.5, 0.3, 0.15, 0.05)))
    return in_a_room(out, rng)


def _key(out: Sound, at: float, rng: Generator, weight: float) -> None:
    """The switch clicks, the key bottoms out in its case, and 60 to 120 ms later it comes up again."""
    pitch = float(rng.uniform(0.85, 1.2)) / weight**0.5
    loud = float(rng.uniform(0.5, 1.0))
    click = struck(rng, (1_900 * pitch, 3_300 * pitch, 5_200), 0.003, 0.03)
    put(out, at, 0.6 * loud * click)
    put(out, at + 0.006, 0.7 * loud * weight * struck(rng, (180 * pitch, 340 * pitch, 780 * pitch), 0.015, 0.1))
    put(out, at + float(rng.uniform(0.06, 0.12)), 0.35 * loud * click)


def mouse(seconds: float, rng: Generator) -> Sound:
    """Clicks of a mouse, single and double, a second or so apart."""
    out = np.zeros(samples(seconds))
    at = 0.3
    while at < seconds:
        for _ in range(int(rng.integers(1, 3))):
            for late, loud in ((0.0, 1.0), (float(rng.uniform(0.07, 0.12)), 0.6)):
                put(out, at + late, loud * struck(rng, (2_400, 3_900, 5_600), 0.003, 0.02))
            at += 0.18
        at += float(rng.uniform(0.2, 3.0))
    return in_a_room(out, rng)


def knocks(seconds: float, rng: Generator) -> Sound:
    """Somebody knocks at a wooden door, three to five times, and again after a while."""
    out = np.zeros(samples(seconds))
    at = 0.3
    while at < seconds:
        gap = float(rng.uniform(0.16, 0.28))
        for _ in range(int(rng.integers(3, 6))):
            put(out, at, rng.uniform(0.7, 1.0) * struck(rng, (95, 170, 260, 430, 900), 0.04, 0.3))
            at += gap * float(rng.uniform(0.9, 1.1))
        at += float(rng.uniform(1.0, 4.0))
    return in_a_room(out, rng, wet=0.5)


def telephone(seconds: float, rng: Generator) -> Sound:
    """A telephone with two bells and a clapper at 20 Hz: two seconds of ringing, four of rest."""
    out = np.zeros(samples(seconds))
    bells = [struck(rng, hz, 0.25, 0.8) for hz in ((1_330, 2_790, 3_610, 5_300), (1_120, 2_380, 3_050, 4_700))]
    for n, at in enumerate(np.arange(0.5, seconds, 0.05)):
        if at % 6.0 < 2.0:
            put(out, float(at), rng.uniform(0.8, 1.0) * bells[n % 2])
    return in_a_room(out, rng)


def chair(seconds: float, rng: Generator) -> Sound:
    """A chair: wood that sticks and slips 30 to 150 times a second as one leans back, then casters that roll."""
    out = np.zeros(samples(seconds))
    at = 0.3
    while at < seconds:
        body = tuple(rng.uniform(0.8, 1.25) * np.array((420, 850, 1_500, 2_600)))
        rate, end = float(rng.uniform(30, 150)), at + float(rng.uniform(0.2, 0.9))
        while at < end:
            put(out, at, rng.uniform(0.3, 1.0) * struck(rng, body, 0.006, 0.04))
            rate = float(np.clip(rate * rng.uniform(0.93, 1.08), 30, 150))
            at += 1 / rate
        if rng.random() < 0.5:
            rolling = noise(samples(0.6), rng, lambda hz: np.exp(-(np.log2(np.maximum(hz, 1) / 300) ** 2)))
            put(out, at, 0.5 * peaking(rolling) * np.hanning(len(rolling)))
        at += float(rng.uniform(0.8, 4.0))
    return in_a_room(out, rng)


# ── of the body ───────────────────────────────────────────────────────────────────────────────────────


def breath(seconds: float, rng: Generator) -> Sound:
    """Somebody breathes close to the microphone, about 15 times a minute: in by the nose, out over the capsule."""
    out = np.zeros(samples(seconds))
    at = 0.3
    while at < seconds:
        for length, peaks, loud in ((1.1, (1_400, 2_800), 0.5), (1.4, (500, 1_300, 2_400), 1.0)):
            air = blown(samples(length * float(rng.uniform(0.8, 1.2))), rng, peaks)
            put(out, at, loud * float(rng.uniform(0.6, 1.0)) * air * np.hanning(len(air)))
            at += length + 0.1
        at += float(rng.uniform(0.5, 2.2))
    return peaking(out)


def cough(seconds: float, rng: Generator) -> Sound:
    """Bouts of one to three coughs. Each bursts open, rushes, and often ends in voice.

    Source of the phases: J. Korpáš, J. Sadloňová, M. Vrabec, "Analysis of the cough sound: an overview", Pulmonary
    Pharmacology 9 (1996).
    """
    out = np.zeros(samples(seconds))
    at = 0.3
    while at < seconds:
        for _ in range(int(rng.integers(1, 4))):
            size = float(rng.uniform(0.85, 1.15))
            burst = blown(samples(0.05), rng, (600 * size, 1_500 * size, 3_000 * size))
            rush = blown(samples(float(rng.uniform(0.12, 0.25))), rng, (500 * size, 1_300 * size, 2_500 * size))
            put(out, at, burst * np.exp(-np.arange(len(burst)) / samples(0.03)))
            put(out, at + 0.03, 0.5 * rush * np.exp(-np.arange(len(rush)) / samples(0.1)))
            if rng.random() < 0.6:
                length = samples(float(rng.uniform(0.08, 0.2)))
                voice = voiced(length, rng, 320 * size, 180 * size, (700 * size, 1_250 * size, 2_600 * size))
                put(out, at + 0.03 + len(rush) / SAMPLE_RATE_HZ, 0.35 * voice * np.hanning(length))
            at += float(rng.uniform(0.35, 0.6))
        at += float(rng.uniform(1.5, 6.0))
    return in_a_room(out, rng, wet=0.15)


def sneeze(seconds: float, rng: Generator) -> Sound:
    """Somebody gasps with some voice, once or twice, then sneezes: a short vowel that turns into a long rush."""
    out = np.zeros(samples(seconds))
    at = 0.3
    while at < seconds:
        size = float(rng.uniform(0.85, 1.2))
        mouth = (750 * size, 1_300 * size, 2_600 * size)
        for _ in range(int(rng.integers(1, 3))):
            length = samples(float(rng.uniform(0.2, 0.35)))
            gasp = voiced(length, rng, 170 * size, 260 * size, mouth) + 0.7 * blown(length, rng, mouth)
            put(out, at, 0.25 * peaking(gasp) * np.linspace(0, 1, length) ** 0.5)
            at += length / SAMPLE_RATE_HZ + float(rng.uniform(0.1, 0.4))
        vowel = voiced(samples(0.12), rng, 380 * size, 300 * size, mouth)
        rush = blown(samples(float(rng.uniform(0.25, 0.45))), rng, (2_200, 4_500))
        put(out, at, 0.6 * vowel * np.hanning(len(vowel)))
        put(out, at + 0.08, rush * np.exp(-np.arange(len(rush)) / samples(0.12)))
        if rng.random() < 0.5:
            tail = voiced(samples(0.3), rng, 260 * size, 140 * size, (500 * size, 1_500, 2_500))
            put(out, at + 0.3, 0.3 * tail * np.hanning(len(tail)))
        at += float(rng.uniform(2.0, 7.0))
    return in_a_room(out, rng, wet=0.15)


# ── music ─────────────────────────────────────────────────────────────────────────────────────────────

CHORDS_HZ = ((261.6, 329.6, 392.0), (196.0, 246.9, 293.7), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6))  # C G a F
MELODY_HZ = (523.3, 587.3, 659.3, 784.0, 880.0, 1_046.5)  # no two of these clash
BEAT_SECONDS = 0.5  # 120 beats a minute


def chords(seconds: float, rng: Generator) -> Sound:
    """Somebody plays chords on something with strings."""
    out = np.zeros(samples(seconds))
    played = [sum(string(rng, hz, 2.5) for hz in chord) for chord in CHORDS_HZ]
    for n, at in enumerate(np.arange(0.2, seconds, 4 * BEAT_SECONDS)):
        put(out, float(at), rng.uniform(0.6, 1.0) * played[n % len(played)])
    return in_a_room(out, rng)


def band(seconds: float, rng: Generator) -> Sound:
    """Chords, a melody over them, and drums."""
    out = 0.6 * chords(seconds, rng)
    notes = [string(rng, hz, 0.8) for hz in MELODY_HZ]
    time = np.arange(samples(0.3)) / SAMPLE_RATE_HZ
    kick = np.sin(2 * np.pi * (50 * time - 4 * np.exp(-time / 0.03))) * np.exp(-time / 0.08)
    for n, at in enumerate(np.arange(0.2, seconds, BEAT_SECONDS)):
        hiss = rng.standard_normal(len(time))
        snare = (0.6 * hiss + np.sin(2 * np.pi * 190 * time)) * np.exp(-time / 0.06)
        hat = np.diff(hiss, prepend=0) * np.exp(-time / 0.015)
        put(out, float(at), 0.5 * (snare if n % 2 else kick) + 0.15 * hat)
        put(out, float(at), 0.3 * notes[int(rng.integers(len(notes)))])
    return in_a_room(out, rng)


SOUNDS: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (
        silence, white, pink, room_tone, mains_hum, fan, keyboard, mouse, knocks, telephone, chair, breath, cough,
        sneeze, chords, band,
    )
}  # fmt: skip
"""By name."""
