from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.events import Edit
from sayso.latency import (
    Latencies,
    SpokenWord,
    StandingText,
    StandingWord,
    commit_latencies,
    percentile,
    plain_words,
)


def test_a_words_latency_is_from_its_end_in_the_audio_to_the_moment_it_stood() -> None:
    standing = [StandingWord("so", 2.0), StandingWord("it", 2.0), StandingWord("goes", 3.5)]
    spoken = [SpokenWord("so", 1.0), SpokenWord("it", 1.5), SpokenWord("goes", 2.0)]
    assert commit_latencies(standing, spoken) == Latencies((1.0, 0.5, 1.5), 0)


def test_words_that_only_one_of_both_has_are_not_timed_and_missing_ones_are_counted() -> None:
    standing = [StandingWord("so", 2.0), StandingWord("hit", 2.0), StandingWord("goes", 3.5)]
    spoken = [SpokenWord("so", 1.0), SpokenWord("it", 1.5), SpokenWord("goes", 2.0), SpokenWord("on", 2.5)]
    assert commit_latencies(standing, spoken) == Latencies((1.0, 1.5), 2)


def test_without_any_word_nothing_is_timed() -> None:
    assert commit_latencies([], []) == Latencies((), 0)
    assert commit_latencies([], [SpokenWord("so", 1.0)]) == Latencies((), 1)


def test_a_word_stands_when_its_last_letter_does_and_not_with_a_full_stop_that_follows() -> None:
    window = StandingText()
    window.take(Edit(0, "So it"), 1.0)
    window.take(Edit(0, " goes"), 2.0)
    window.take(Edit(0, "."), 3.0)
    assert window.words(plain_words) == [
        StandingWord("so", 1.0),
        StandingWord("it", 1.0),
        StandingWord("goes", 2.0),
    ]


def test_a_word_that_was_taken_back_stands_since_it_was_mended() -> None:
    window = StandingText()
    window.take(Edit(0, "so hit"), 1.0)
    window.take(Edit(3, "it goes"), 2.0)
    assert window.text == "so it goes"
    assert window.words(plain_words) == [
        StandingWord("so", 1.0),
        StandingWord("it", 2.0),
        StandingWord("goes", 2.0),
    ]


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_every_spoken_word_is_timed_or_counted_as_unmatched(standing: list[str], spoken: list[str]) -> None:
    found = commit_latencies([StandingWord(w, 1.0) for w in standing], [SpokenWord(w, 0.5) for w in spoken])
    assert len(found.seconds) + found.unmatched == len(spoken)
    assert set(found.seconds) <= {0.5}


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(0, 1))
def test_a_percentile_is_one_of_the_values_with_at_least_that_share_at_or_below_it(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_a_percentile_of_nothing_is_not_a_number() -> None:
    assert math.isnan(percentile([], 0.5))


def test_the_ends_of_the_scale_are_the_least_and_the_greatest_value() -> None:
    assert (percentile([3, 1, 2], 0), percentile([3, 1, 2], 1)) == (1, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't stop, PLEASE!", ["don't", "stop", "please"]),
        ("well-known…", ["well", "known"]),
        ("Straße É", ["strasse", "é"]),
        ("?! —", []),
    ],
)
def test_words_are_compared_without_case_and_punctuation(text: str, words: list[str]) -> None:
    assert plain_words(text) == words
