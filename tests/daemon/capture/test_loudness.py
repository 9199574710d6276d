"""Silence and clipping in the newest samples."""

from __future__ import annotations

import numpy as np

from sayso.audio import SAMPLE_RATE_HZ, Pcm
from sayso.capture.loudness import CLIPPING_OVER_SECONDS, Loudness, look

ZEROS: Pcm = np.zeros(SAMPLE_RATE_HZ, dtype=np.int16)


def with_samples(value: int, count: int) -> Pcm:
    """Return a second of faint noise with so many samples of that value."""
    audio = np.tile(np.array([1, -1], dtype=np.int16), SAMPLE_RATE_HZ // 2)
    audio[:count] = value
    return audio


def test_zeros_are_silence_only_after_they_have_lasted() -> None:
    loudness = look(look(Loudness(), 10.0, ZEROS), 12.0, ZEROS)
    assert not loudness.is_silent(12.9, warning_seconds=3)
    assert loudness.is_silent(13.0, warning_seconds=3)


def test_the_faintest_noise_ends_silence() -> None:
    loudness = look(look(Loudness(), 1.0, ZEROS), 9.0, with_samples(1, 0))
    assert not loudness.is_silent(99.0, warning_seconds=3)


def test_a_warning_after_0_seconds_means_never() -> None:
    assert not look(Loudness(), 1.0, ZEROS).is_silent(99.0, warning_seconds=0)


def test_more_than_a_hundredth_at_full_scale_is_clipping_on_either_side() -> None:
    for peak in (32_767, -32_768):
        assert look(Loudness(), 1.0, with_samples(peak, 161)).is_clipping(1.0)
        assert not look(Loudness(), 1.0, with_samples(peak, 160)).is_clipping(1.0)


def test_clipping_is_over_after_some_clean_seconds() -> None:
    loudness = look(Loudness(), 1.0, with_samples(32_767, 2_000))
    loudness = look(loudness, 2.0, with_samples(0, 0))
    assert loudness.is_clipping(2.0)
    assert not loudness.is_clipping(1.0 + CLIPPING_OVER_SECONDS)


def test_no_new_samples_change_nothing() -> None:
    before = look(Loudness(), 1.0, ZEROS)
    assert look(before, 2.0, ZEROS[:0]) == before
