from __future__ import annotations

import random

import pytest

from sayso.figures import Judged
from sayso.figures.calibration import calibrate, judge_words

WORDS = (("We", 0.9), (" use", 0.8), (" cuber", 0.3), (" netties", 0.4), (" here.", 0.95))


def test_the_error_is_the_mean_distance_of_confidence_and_truth_weighed_by_words() -> None:
    sure = [Judged(0.95, is_right) for is_right in (True,) * 9 + (False,)]  # off by 0.05
    unsure = [Judged(0.25, False)] * 10  # off by 0.25
    found = calibrate(sure + unsure)
    assert found.words == 20
    assert found.error == pytest.approx(0.15)
    assert (found.bins[9].words, found.bins[9].right) == (10, pytest.approx(0.9))
    assert (found.bins[2].low, found.bins[2].words, found.bins[2].right) == (pytest.approx(0.2), 10, 0.0)


def test_who_is_as_sure_as_right_has_hardly_an_error_and_who_is_always_sure_has_one() -> None:
    dice = random.Random(5)
    confidences = [dice.random() for _ in range(20_000)]
    honest = calibrate(Judged(confidence, dice.random() < confidence) for confidence in confidences)
    boastful = calibrate(Judged(0.99, dice.random() < 0.7) for _ in range(20_000))
    assert honest.error is not None
    assert boastful.error is not None
    assert honest.error < 0.02
    assert boastful.error == pytest.approx(0.29, abs=0.02)


def test_without_words_there_is_no_error() -> None:
    assert calibrate([]).error is None
    assert len(calibrate([]).bins) == 10


def test_the_ends_of_the_scale_are_in_the_outer_bins() -> None:
    found = calibrate([Judged(0.0, False), Judged(1.0, True)])
    assert (found.bins[0].words, found.bins[9].words, found.error) == (1, 1, 0.0)


def test_the_words_of_a_stretch_that_was_changed_were_wrong_and_the_others_right() -> None:
    judged = judge_words(WORDS, [("cuber netties", "Kubernetes")])
    assert [one.is_right for one in judged] == [True, True, False, False, True]
    assert [one.confidence for one in judged] == [confidence for _, confidence in WORDS]


def test_of_words_that_come_twice_the_one_that_was_changed_counts() -> None:
    words = [("no", 0.5), ("no", 0.6), ("no", 0.7)]
    assert [one.is_right for one in judge_words(words, [("no no", "know"), ("no", "now")])] == [False] * 3
    assert [one.is_right for one in judge_words(words, [("no", "know")])] == [False, True, True]


def test_what_was_left_as_it_is_was_right() -> None:
    assert all(one.is_right for one in judge_words(WORDS, []))


def test_a_word_that_was_only_added_makes_no_other_one_wrong() -> None:
    assert all(one.is_right for one in judge_words(WORDS, [("", "only")]))


def test_where_a_change_is_not_among_the_words_nothing_is_known_of_any() -> None:
    assert judge_words(WORDS, [("something else", "Kubernetes")]) == []
    assert judge_words([], [("something else", "Kubernetes")]) == []
