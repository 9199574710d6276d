"""Log-mel features: the same as Whisper's own, however the audio arrives, and each frame once."""

from __future__ import annotations

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.audio import Pcm
from sayso.engines.mel import HOP_SAMPLES, LogMel, to_float

REFERENCE = FeatureExtractor()
FILTERS = REFERENCE.mel_filters.astype(np.float32)


def noise(samples: int, seed: int = 1) -> Pcm:
    loudness = 3000 * (1.1 + np.sin(np.arange(samples) / 4000))
    return (np.random.default_rng(seed).normal(0, 1, samples) * loudness).astype(np.int16)


@pytest.mark.parametrize("samples", [1600, 16_000, 16_123, 48_007])
def test_the_features_are_those_of_the_reference(samples: int) -> None:
    audio = noise(samples)
    mel = LogMel(FILTERS)
    mel.hear(audio)
    frames = samples // HOP_SAMPLES
    expected = REFERENCE(to_float(audio))[:, :frames]
    # The reference mirrors the audio before its first sample, where a stream knows of silence: two frames.
    assert np.allclose(mel.window(0, frames)[:, 2:-2], expected[:, 2:-2], atol=1e-3)


@given(cuts=st.lists(st.integers(0, 8000), max_size=12), start=st.integers(0, 7000))
@settings(max_examples=40, deadline=None)
def test_pieces_give_what_the_whole_gives_and_no_frame_is_computed_twice(cuts: list[int], start: int) -> None:
    audio = noise(8000)
    whole, pieces = LogMel(FILTERS), LogMel(FILTERS)
    whole.hear(audio)
    for low, high in zip([0, *sorted(cuts)], [*sorted(cuts), len(audio)], strict=True):
        pieces.hear(audio[low:high])
    assert pieces.heard == whole.heard == len(audio)
    assert pieces.computed == whole.computed <= len(audio) // HOP_SAMPLES
    assert np.allclose(pieces.window(start, 60), whole.window(start, 60), atol=1e-4)  # sums in another order


def test_a_window_that_moves_on_costs_only_what_is_new() -> None:
    mel = LogMel(FILTERS)
    mel.hear(noise(10 * 16_000))
    mel.window(0, 1000)
    before = mel.computed
    mel.hear(noise(4800))
    mel.window(2 * 16_000, 1000)
    assert mel.computed - before <= 30 + 2  # 0.3 s, and the frames that end in what is not heard yet


def test_beyond_what_was_heard_there_is_the_windows_own_silence() -> None:
    mel = LogMel(FILTERS)
    mel.hear(noise(16_000))
    window = mel.window(0, 300)
    assert window.shape == (80, 300)
    assert np.all(window[:, 100:] == window[:, :100].min())


def test_a_window_of_nothing_is_silence() -> None:
    assert np.array_equal(LogMel(FILTERS).window(0, 10), np.zeros((80, 10), dtype=np.float32))


def test_a_window_may_begin_where_hearing_ends() -> None:
    mel = LogMel(FILTERS)
    mel.hear(noise(16_000))
    assert mel.window(16_000, 10).shape == (80, 10)


def test_what_was_forgotten_changes_no_later_window_and_is_not_kept() -> None:
    whole, forgetful = LogMel(FILTERS), LogMel(FILTERS)
    second = HOP_SAMPLES * 100
    for number in range(150):
        piece = noise(second, number)
        whole.hear(piece)
        forgetful.hear(piece)
        start = max(0, (number - 5) * second)
        forgetful.forget(start)
        assert forgetful.known_from <= start
        assert np.allclose(forgetful.window(start, 800), whole.window(start, 800), atol=1e-4)
    assert forgetful.known_from >= 100 * second
    assert forgetful.computed == whole.computed
