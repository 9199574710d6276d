"""Pauses are found in the gaps between words, and in words that last longer than they take to say."""

from __future__ import annotations

import pytest

from sayso.commands import pauses
from sayso.events import TimedWord


def words(*times: tuple[str, float, float]) -> list[TimedWord]:
    return [TimedWord(f" {text}", start, end, 0.9) for text, start, end in times]


SEEN = ("I", 0.0, 0.2), ("have", 0.2, 0.4), ("seen", 0.4, 0.6), ("world", 0.6, 0.9)


def test_a_gap_is_a_pause() -> None:
    said = words(*SEEN, ("period", 1.2, 1.5), ("then", 1.9, 2.1))
    before, after = pauses.around(said, 4, 5)
    assert (before, after) == (pytest.approx(0.3, abs=0.1), pytest.approx(0.4, abs=0.1))


def test_a_word_that_lasts_too_long_has_a_pause_in_it() -> None:
    said = words(*SEEN, ("period", 0.9, 1.9), ("then", 1.9, 2.1))
    before, after = pauses.around(said, 4, 5)
    assert before > 0.25
    assert after > 0.25


def test_words_without_a_pause_have_none() -> None:
    said = words(*SEEN, ("period", 0.9, 1.25), ("then", 1.25, 1.4))
    assert max(pauses.around(said, 4, 5)) < 0.15
    assert pauses.before(said, 0) == 0.0


def test_what_takes_long_at_a_slow_pace_is_no_pause() -> None:
    slow = [(text, 2 * start, 2 * end) for text, start, end in (*SEEN, ("period", 0.9, 1.25), ("then", 1.25, 1.4))]
    assert max(pauses.around(words(*slow), 4, 5)) < 0.2
