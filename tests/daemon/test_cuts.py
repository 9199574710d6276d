"""Where a long utterance is cut: in pauses between committed words, and always well under 30 s."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, samples
from sayso.cuts import (
    LEAST_SAMPLES,
    PARTIAL_SAMPLES,
    QUIET,
    REST_SAMPLES,
    SLACK_SAMPLES,
    Gap,
    Valley,
    best_cut,
    forced_cut,
    partial_start,
    quietest,
)

SECOND = SAMPLE_RATE_HZ


def heard(end: int, pauses: dict[int, float] | None = None) -> list[Valley]:
    """Frames up to `end`, loud but for the probability given to those nearest to some samples."""
    quiet = {at // FRAME_SAMPLES: probability for at, probability in (pauses or {}).items()}
    return [Valley(n * FRAME_SAMPLES + FRAME_SAMPLES // 2, quiet.get(n, 0.9)) for n in range(end // FRAME_SAMPLES)]


def gap(at_seconds: float, lasts_seconds: float = 0.1) -> Gap:
    return Gap(1, at_seconds, at_seconds + lasts_seconds)


def test_it_cuts_at_the_pause_between_two_committed_words() -> None:
    frames = heard(16 * SECOND, {round(8.05 * SECOND): 0.1})
    cut = best_cut([gap(6.0), gap(8.0), gap(11.0)], frames, 0, 16 * SECOND)
    assert cut is not None
    assert abs(cut - 8.05 * SECOND) < FRAME_SAMPLES


def test_a_pause_that_is_between_no_committed_words_is_not_cut_at() -> None:
    assert best_cut([gap(6.0)], heard(16 * SECOND, {9 * SECOND: 0.0}), 0, 16 * SECOND) is None


def test_without_a_pause_it_waits_while_the_window_is_short_and_takes_any_gap_when_it_is_long() -> None:
    assert best_cut([gap(8.0)], heard(19 * SECOND), 0, 19 * SECOND) is None
    cut = best_cut([gap(8.0)], heard(21 * SECOND), 0, 21 * SECOND)
    assert cut is not None
    assert abs(cut - 8.05 * SECOND) <= samples(0.05) + SLACK_SAMPLES


def test_of_equal_gaps_the_latest_is_taken_so_that_the_window_becomes_short() -> None:
    cut = best_cut([gap(6.0), gap(12.0)], heard(21 * SECOND), 0, 21 * SECOND)
    assert cut is not None
    assert cut > 11 * SECOND


def test_without_gaps_there_is_nothing_to_cut_at() -> None:
    assert best_cut([], heard(24 * SECOND, {9 * SECOND: 0.0}), 0, 24 * SECOND) is None


def test_a_forced_cut_takes_the_quietest_place_of_the_second_half() -> None:
    cut = forced_cut(heard(25 * SECOND, {5 * SECOND: 0.0, 17 * SECOND: 0.2}), 0, 25 * SECOND)
    assert abs(cut - 17 * SECOND) <= FRAME_SAMPLES


def test_a_forced_cut_is_found_where_no_frame_was_seen() -> None:
    assert forced_cut([], 0, 25 * SECOND) == 23 * SECOND


def test_the_quietest_of_equal_frames_is_the_latest() -> None:
    frames = heard(SECOND, {2_000: 0.1, 9_000: 0.1})
    found = quietest(frames, 0, SECOND)
    assert found is not None
    assert found.at_sample > 8_000
    assert quietest(frames, SECOND, 2 * SECOND) is None


@example(window=0, length=66_050, words=[], probabilities=[1.0, 0.0, 1.0])
@given(
    window=st.integers(0, 100).map(lambda frames: frames * FRAME_SAMPLES),
    length=st.integers(0, 25 * SECOND),
    words=st.lists(st.tuples(st.floats(0, 26), st.floats(0, 1)), max_size=20),
    probabilities=st.lists(st.floats(0, 1), min_size=1, max_size=30),
)
def test_a_cut_lies_at_a_gap_and_leaves_enough_on_both_sides(
    window: int, length: int, words: list[tuple[float, float]], probabilities: list[float]
) -> None:
    end = window + length
    frames = [
        Valley(at, probabilities[n % len(probabilities)])
        for n, at in enumerate(range(window + FRAME_SAMPLES // 2, end, FRAME_SAMPLES))
    ]
    gaps = [gap(window / SECOND + at, lasts) for at, lasts in words]
    cut = best_cut(gaps, frames, window, end)
    if cut is not None:
        assert window + LEAST_SAMPLES <= cut <= end - REST_SAMPLES
        near = [g for g in gaps if g.start_seconds * SECOND - SLACK_SAMPLES - 1 <= cut]
        assert any(cut <= g.end_seconds * SECOND + SLACK_SAMPLES + 1 for g in near)
        chosen = next(frame for frame in frames if frame.at_sample == cut)
        assert chosen.probability <= QUIET or length >= 20 * SECOND
    if length >= 4 * SECOND:
        assert window + length // 2 <= forced_cut(frames, window, end) <= end - REST_SAMPLES


# ── what a partial hears ──────────────────────────────────────────────────────────────────────────


def test_a_partial_begins_at_the_latest_gap_that_leaves_it_enough_to_hear() -> None:
    end = 20 * SECOND
    gaps = [Gap(1, 9.0, 9.2), Gap(1, 14.0, 14.2), Gap(1, 16.0, 16.2)]
    assert partial_start(gaps, 8 * SECOND, end) == samples(14.1)
    assert partial_start(gaps, 15 * SECOND, end) == 15 * SECOND
    assert partial_start([], 8 * SECOND, end) == 8 * SECOND
    assert partial_start(gaps[:1], 10 * SECOND, end) == 10 * SECOND


@given(
    starts=st.lists(st.floats(0, 30), max_size=8),
    window=st.integers(0, 20 * SECOND),
    length=st.integers(0, 20 * SECOND),
)
def test_a_partial_never_begins_outside_its_window_nor_hears_too_little(
    starts: list[float], window: int, length: int
) -> None:
    start = partial_start([Gap(1, at, at + 0.1) for at in starts], window, window + length)
    assert start == window or window < start <= window + length - PARTIAL_SAMPLES
