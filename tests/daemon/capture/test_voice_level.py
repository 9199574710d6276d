"""Levels of frames, and what stands out of the noise."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.audio import FRAME_SAMPLES, Pcm, samples
from sayso.capture.loudness import SILENCE_DBFS
from sayso.capture.voice_level import TARGET_DBFS, amplified, levels_of, loud_level, stands_out


def tone(seconds: float, dbfs: float, offset: int = 0) -> Pcm:
    """A tone whose frames have that level."""
    wave = np.sin(2 * np.pi * 500 * np.arange(samples(seconds)) / 16_000) * 32_768 * 2**0.5 * 10 ** (dbfs / 20)
    return np.round(wave + offset).astype(np.int16)


def hiss(seconds: float, dbfs: float) -> Pcm:
    """Noise of that level."""
    wave = np.random.default_rng(1).standard_normal(samples(seconds)) * 32_768 * 10 ** (dbfs / 20)
    return np.round(wave).astype(np.int16)


@pytest.mark.parametrize("dbfs", [-20.0, -46.0])
def test_the_level_of_a_frame_is_its_root_mean_square_whatever_its_offset(dbfs: float) -> None:
    levels = levels_of(tone(1, dbfs, offset=900)[: 3 * FRAME_SAMPLES + 100])
    assert levels.shape == (3,)
    assert levels == pytest.approx(dbfs, abs=0.3)


def test_zeros_and_nothing_have_the_level_of_silence() -> None:
    assert levels_of(np.zeros(FRAME_SAMPLES, dtype=np.int16)).tolist() == [SILENCE_DBFS]
    assert loud_level(levels_of(np.zeros(0, dtype=np.int16))) == SILENCE_DBFS
    assert not stands_out(levels_of(np.zeros(0, dtype=np.int16)))


def test_a_short_word_stands_out_of_noise_and_a_click_or_more_noise_does_not() -> None:
    room = hiss(3, -60)
    assert not stands_out(levels_of(room))
    for seconds, stands in ((0.25, True), (0.06, False)):
        heard = room.copy()
        heard[16_000 : 16_000 + samples(seconds)] += tone(seconds, -50)
        assert stands_out(levels_of(heard)) is stands


def test_who_speaks_all_the_time_stands_out_of_the_pauses_between_words() -> None:
    heard = hiss(3, -60)
    for start in range(0, 3 * 16_000, 4_000):
        heard[start : start + 3_000] += tone(3_000 / 16_000, -45)
    assert stands_out(levels_of(heard))


def test_what_is_amplified_has_the_level_of_speech() -> None:
    quiet = tone(1, -55)
    assert loud_level(levels_of(amplified(quiet, -55))) == pytest.approx(TARGET_DBFS, abs=1.0)
