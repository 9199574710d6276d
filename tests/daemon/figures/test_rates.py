from __future__ import annotations

from datetime import date

import pytest

from sayso.figures import Fixed, Spoken
from sayso.figures.rates import Rate, by_day, by_term, rates_by, total

MONDAY, TUESDAY, THURSDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 5)


def spoken(
    number: int,
    day: date = MONDAY,
    application: str = "Gedit",
    words: int = 50,
    text: str = "",
    computing_seconds: float = 5.0,
) -> Spoken:
    return Spoken(number, day, application, "tiny.en", words, 20.0, computing_seconds, text)


def fixed(number: int, *meant: str) -> Fixed:
    return Fixed(number, tuple(("misheard", one) for one in meant))


def test_corrections_are_counted_per_100_words() -> None:
    found = total([spoken(1), spoken(2), spoken(3)], [fixed(1, "a", "b"), fixed(3, "c")])
    assert (found.words, found.corrections) == (150, 3)
    assert found.per_100_words == pytest.approx(2.0)
    assert found.real_time_factor == pytest.approx(0.25)


def test_text_that_was_left_as_it_is_is_no_correction() -> None:
    assert total([spoken(1)], [Fixed(1)]).corrections == 0


def test_a_correction_of_an_utterance_that_is_not_there_does_not_count() -> None:
    assert total([spoken(1)], [fixed(99, "a")]).corrections == 0


def test_without_words_there_is_no_rate_and_without_times_no_factor() -> None:
    assert total([], []) == Rate("", 0, 0)
    assert total([], []).per_100_words is None
    assert total([spoken(1, computing_seconds=0.0)], []).real_time_factor is None


def test_the_factor_is_of_those_whose_computing_is_known() -> None:
    assert total([spoken(1), spoken(2, computing_seconds=0.0)], []).real_time_factor == pytest.approx(0.25)


def test_by_application_the_one_with_the_most_words_comes_first() -> None:
    lines = [spoken(1, application="Slack"), spoken(2), spoken(3), spoken(4, application="")]
    rates = rates_by(lambda one: one.application, lines, [fixed(2, "a"), fixed(4, "b", "c")])
    assert [(rate.name, rate.words, rate.corrections) for rate in rates] == [
        ("Gedit", 100, 1),
        ("", 50, 2),
        ("Slack", 50, 0),
    ]


def test_a_correction_counts_for_the_day_on_which_it_was_said_and_days_of_silence_are_there() -> None:
    rates = by_day([spoken(1, THURSDAY), spoken(2, MONDAY), spoken(3, TUESDAY)], [fixed(2, "a")])
    assert [(rate.name, rate.words, rate.corrections) for rate in rates] == [
        ("2026-03-02", 50, 1),
        ("2026-03-03", 50, 0),
        ("2026-03-04", 0, 0),
        ("2026-03-05", 50, 0),
    ]
    assert by_day([], []) == []


def test_of_a_term_it_is_counted_how_often_it_was_said_and_how_often_misheard() -> None:
    lines = [
        spoken(1, text="We use Kubernetes, and Kubernetes only."),
        spoken(2, text="kubernetes' pods"),
        spoken(3, text="Grafana and Nginx"),
    ]
    rates = by_term(
        ["Kubernetes", "Grafana", "Nginx"], lines, [fixed(1, "Kubernetes"), fixed(3, "Grafana and", "Nginx")]
    )
    assert rates == [Rate("Grafana", 1, 1), Rate("Kubernetes", 2, 1), Rate("Nginx", 1, 1)]


def test_what_is_no_term_has_no_name_in_the_figures() -> None:
    assert by_term(["Grafana"], [spoken(1, text="my secret")], [fixed(1, "my secret", "the other day")]) == []
    assert by_term([], [spoken(1, text="my secret")], [fixed(1, "my secret")]) == []


def test_a_term_that_was_heard_already_was_not_misheard() -> None:
    assert by_term(["Grafana"], [], [Fixed(1, (("grafana boat", "Grafana board"),))]) == []


def test_the_longer_of_two_terms_counts_where_one_is_within_the_other() -> None:
    rates = by_term(["Anna", "Anna Maria"], [], [fixed(1, "Anna Maria"), fixed(2, "Anna")])
    assert rates == [Rate("Anna", 1, 1), Rate("Anna Maria", 1, 1)]


def test_a_term_of_which_the_text_is_not_kept_was_said_at_least_as_often_as_it_was_misheard() -> None:
    assert by_term(["Anna"], [spoken(1)], [fixed(1, "Anna")]) == [Rate("Anna", 1, 1)]
