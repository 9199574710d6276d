"""The segmenter: from voiced and unvoiced frames to where speech starts, pauses and ends."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.audio import FRAME_SAMPLES
from sayso.segmenter import (
    PROOF_FRAMES,
    PROOF_SAMPLES,
    STAY_BELOW,
    Boundary,
    Endpointing,
    Phase,
    Segmenter,
    Voice,
)

ENDPOINTING = Endpointing.from_milliseconds(0.5, 200, 500)
SOFT_FRAMES = 7  # 224 ms: the first frame end at or after 200 ms of silence
HARD_FRAMES = 16  # 512 ms

Told = list[tuple[int, Boundary]]  # frame, counted from 1, and what it changed


def told(segmenter: Segmenter, probabilities: list[float]) -> Told:
    """What each frame changed."""
    steps = ((n, segmenter.step(n * FRAME_SAMPLES, p)) for n, p in enumerate(probabilities, start=1))
    return [(frame, boundary) for frame, boundary in steps if boundary is not None]


@pytest.fixture
def segmenter() -> Segmenter:
    return Segmenter(ENDPOINTING)


def test_milliseconds_become_samples() -> None:
    assert (ENDPOINTING.soft_samples, ENDPOINTING.hard_samples) == (3_200, 8_000)


def test_speech_starts_when_five_frames_were_voiced_and_reaches_back_to_the_first(segmenter: Segmenter) -> None:
    assert told(segmenter, [0, 0, 1, 1, 1, 1, 1]) == [(7, Boundary.STARTED)]
    assert segmenter.onset == 2 * FRAME_SAMPLES
    assert segmenter.voiced_end == 7 * FRAME_SAMPLES
    assert segmenter.voiced_samples == PROOF_FRAMES * FRAME_SAMPLES
    assert segmenter.in_utterance


def test_a_click_or_a_knock_is_not_speech(segmenter: Segmenter) -> None:
    assert told(segmenter, [1, 1] + [0] * 30 + [1, 1, 1, 1] + [0] * 30) == []
    assert segmenter.phase is Phase.QUIET


def test_frames_that_only_hysteresis_lets_pass_keep_an_onset_alive_but_prove_nothing(segmenter: Segmenter) -> None:
    almost = ENDPOINTING.threshold - STAY_BELOW
    assert told(segmenter, [1] + [almost] * 12 + [1, 1, 1, 1]) == [(17, Boundary.STARTED)]
    assert segmenter.onset == 0


def test_only_what_is_not_long_ago_proves_an_onset_and_is_part_of_it(segmenter: Segmenter) -> None:
    almost = ENDPOINTING.threshold - STAY_BELOW
    ((frame, boundary),) = told(segmenter, [1, 1, 1, 1] + [almost] * 1_000 + [1] * 5)
    assert (frame, boundary) == (1_009, Boundary.STARTED)
    assert segmenter.onset == pytest.approx(frame * FRAME_SAMPLES - PROOF_SAMPLES, abs=FRAME_SAMPLES)
    assert segmenter.voice.samples == PROOF_FRAMES * FRAME_SAMPLES
    assert segmenter.voiced_samples <= PROOF_SAMPLES + FRAME_SAMPLES


def test_a_syllable_after_a_click_counts_from_its_own_beginning(segmenter: Segmenter) -> None:
    assert told(segmenter, [1] + [0] * SOFT_FRAMES + [1] * 5) == [(13, Boundary.STARTED)]
    assert segmenter.onset == 8 * FRAME_SAMPLES


def test_a_pause_is_first_a_soft_end_and_then_a_hard_one(segmenter: Segmenter) -> None:
    assert told(segmenter, [1] * 5 + [0] * 40) == [
        (5, Boundary.STARTED),
        (5 + SOFT_FRAMES, Boundary.SOFT_END),
        (5 + HARD_FRAMES, Boundary.HARD_END),
    ]
    assert segmenter.voiced_end == 5 * FRAME_SAMPLES
    assert not segmenter.in_utterance


def test_voice_after_a_soft_end_resumes_the_same_speech(segmenter: Segmenter) -> None:
    found = told(segmenter, [1] * 5 + [0] * 10 + [1] + [0] * 40)
    assert [boundary for _, boundary in found] == [
        Boundary.STARTED,
        Boundary.SOFT_END,
        Boundary.RESUMED,
        Boundary.SOFT_END,
        Boundary.HARD_END,
    ]
    assert found[2][0] == 16
    assert segmenter.voiced_samples == 6 * FRAME_SAMPLES


def test_inside_speech_a_little_less_probability_is_enough(segmenter: Segmenter) -> None:
    almost = ENDPOINTING.threshold - STAY_BELOW
    assert told(segmenter, [almost] * 20) == []
    assert told(segmenter, [0.5] * 5 + [almost] * 40) == [(5, Boundary.STARTED)]


def test_the_voice_is_what_was_over_the_threshold_and_what_two_frames_reached(segmenter: Segmenter) -> None:
    almost = ENDPOINTING.threshold - STAY_BELOW
    told(segmenter, [0.6, almost, 0.9, 0.7, 0.5, 0.5, 0.0, 0.8])
    assert segmenter.voice == Voice(6 * FRAME_SAMPLES, 0.8)
    assert segmenter.voiced_samples == 7 * FRAME_SAMPLES


def test_the_next_onset_has_a_voice_of_its_own(segmenter: Segmenter) -> None:
    told(segmenter, [1] * 10 + [0] * 20 + [0.6])
    assert segmenter.voice == Voice(FRAME_SAMPLES, 0.0)


def test_after_a_reset_it_stands_at_silence(segmenter: Segmenter) -> None:
    told(segmenter, [1] * 10)
    segmenter.reset()
    assert (segmenter.phase, segmenter.voiced_samples) == (Phase.QUIET, 0)
    assert told(segmenter, [1, 1]) == []


FOLLOWERS = {
    None: {Boundary.STARTED},
    Boundary.STARTED: {Boundary.SOFT_END},
    Boundary.SOFT_END: {Boundary.RESUMED, Boundary.HARD_END},
    Boundary.RESUMED: {Boundary.SOFT_END},
    Boundary.HARD_END: {Boundary.STARTED},
}


@given(
    runs=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 20)), max_size=20),
    soft_ms=st.integers(50, 1_000),
    longer_ms=st.integers(1, 1_000),
)
def test_whatever_is_heard_every_start_has_its_end_and_silence_ends_everything(
    runs: list[tuple[float, int]], soft_ms: int, longer_ms: int
) -> None:
    segmenter = Segmenter(Endpointing.from_milliseconds(0.5, soft_ms, soft_ms + longer_ms))
    heard = [probability for probability, count in runs for _ in range(count)]
    found = told(segmenter, heard + [0.0] * 70)  # 2.2 s of silence: longer than any hard end above
    kinds = [boundary for _, boundary in found]
    assert all(after in FOLLOWERS[before] for before, after in itertools.pairwise([None, *kinds]))
    assert not kinds or kinds[-1] is Boundary.HARD_END
    assert segmenter.phase is Phase.QUIET


@given(
    runs=st.lists(st.tuples(st.booleans(), st.integers(1, 20)), max_size=20),
    soft_ms=st.integers(50, 1_000),
    longer_ms=st.integers(1, 1_000),
)
def test_no_utterance_ends_before_the_silence_after_its_last_voiced_frame_is_long_enough(
    runs: list[tuple[bool, int]], soft_ms: int, longer_ms: int
) -> None:
    segmenter = Segmenter(Endpointing.from_milliseconds(0.5, soft_ms, soft_ms + longer_ms))
    needed = {
        Boundary.SOFT_END: segmenter.endpointing.soft_samples,
        Boundary.HARD_END: segmenter.endpointing.hard_samples,
    }
    last_voiced = end = 0
    for voiced in [voiced for voiced, count in runs for _ in range(count)] + [False] * 70:
        end += FRAME_SAMPLES
        last_voiced = end if voiced else last_voiced
        boundary = segmenter.step(end, float(voiced))
        if boundary in needed:
            assert segmenter.voiced_end == last_voiced
            assert end - last_voiced >= needed[boundary]
