"""When a word is believed: by decodes in a row, by how sure they are, and by how much was heard after it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.agreement import (
    AT_LAST_SECONDS,
    ENOUGH_NATS,
    GUARD_SECONDS,
    PATIENCE_DECODES,
    PATIENCE_NATS,
    PATIENCE_SECONDS,
    Evidence,
    accumulate,
    believed,
    letters,
)
from sayso.events import TimedWord

SOON = GUARD_SECONDS + 0.01


def words(text: str, confidence: float = 0.5) -> tuple[TimedWord, ...]:
    """The words of a text, half a second each."""
    return tuple(TimedWord(f" {word}", n / 2, (n + 1) / 2, confidence) for n, word in enumerate(text.split()))


def heard(*hypotheses: tuple[TimedWord, ...]) -> tuple[Evidence, ...]:
    """The evidence for the words of the last hypothesis."""
    tail: tuple[TimedWord, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    for new in hypotheses:
        tail, evidence = new, accumulate(tail, evidence, new)
    return evidence


def test_one_decode_that_is_certain_is_enough_and_one_that_is_not_is_not() -> None:
    for confidence, number in ((0.95, 1), (0.8, 0)):
        said = words("the quick", confidence)
        assert believed(said, heard(said), said[0].end_seconds + SOON) == number


@pytest.mark.parametrize(("confidence", "decodes"), [(0.8, 2), (0.6, 3), (0.4, 5)])
def test_the_less_sure_the_decodes_are_the_more_of_them_must_agree(confidence: float, decodes: int) -> None:
    said = words("the quick", confidence)
    soon = said[0].end_seconds + SOON
    assert believed(said, heard(*[said] * (decodes - 1)), soon) == 0
    assert believed(said, heard(*[said] * decodes), soon) == 1


def test_a_decode_that_says_otherwise_begins_the_count_anew() -> None:
    evidence = heard(words("the quick"), words("the quick"), words("the thick"))
    assert [one.decodes for one in evidence] == [3, 1]


def test_the_last_word_is_never_believed_nor_one_that_ended_just_now() -> None:
    said = words("the quick brown", 0.99)
    assert believed(said, heard(said, said), 99.0) == 2
    assert believed(said, heard(said, said), said[1].end_seconds + GUARD_SECONDS - 0.01) == 1
    assert believed((), (), 99.0) == 0


def test_a_word_that_nothing_makes_certain_does_not_hold_up_the_others_for_ever() -> None:
    said = words("the quick", 1 - math.exp(-PATIENCE_NATS / PATIENCE_DECODES) + 0.01)
    doubtful = words("the quick", 1 - math.exp(-PATIENCE_NATS / PATIENCE_DECODES) - 0.01)
    late = said[0].end_seconds + PATIENCE_SECONDS
    assert believed(said, heard(*[said] * PATIENCE_DECODES), late) == 1
    assert believed(doubtful, heard(*[doubtful] * PATIENCE_DECODES), late) == 0
    assert believed(said, heard(*[said] * PATIENCE_DECODES), late - 0.01) == 0
    assert believed(said, heard(*[said] * (PATIENCE_DECODES - 1)), late) == 0


def test_a_mark_at_the_end_of_a_word_must_be_said_twice() -> None:
    plain, marked = words("so the", 0.99), words("so, the", 0.99)
    soon, late = 0.5 + SOON, 0.5 + PATIENCE_SECONDS
    assert believed(marked, heard(plain, marked), soon) == 0
    assert believed(marked, heard(plain, marked, marked), soon) == 1
    assert believed(plain, heard(marked, plain), soon) == 1
    assert believed(marked, heard(plain, marked), late) == 1, "but marks hold up nobody for long"


def test_a_word_of_which_every_decode_says_something_else_is_taken_at_last() -> None:
    said = words("the quick", 0.1)
    evidence = heard(words("a quick", 0.1), said)
    assert believed(said, evidence, said[0].end_seconds + AT_LAST_SECONDS - 0.01) == 0
    assert believed(said, evidence, said[0].end_seconds + AT_LAST_SECONDS) == 1


@given(st.lists(st.floats(0, 1), max_size=8))
def test_evidence_grows_with_every_decode_that_agrees_and_is_finite(confidences: list[float]) -> None:
    nats = [heard(*[words("word", c) for c in confidences[:n]])[0].nats for n in range(1, len(confidences) + 1)]
    assert nats == sorted(nats)
    assert all(amount < 7 * len(confidences) for amount in nats)
    assert ENOUGH_NATS > 0


def test_case_and_marks_are_no_letters_and_a_mark_alone_is_itself() -> None:
    assert letters(" It's,") == letters("its") == "its"
    assert letters(" —") == "—"
