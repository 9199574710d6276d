from __future__ import annotations

from sayso.enrolment.failing import failing
from sayso.journal import Correction, Decision

COMMON = frozenset(["there", "their", "the", "a", "is", "it", "house", "new", "york"])


def fixed(utterance: int, *meant: str, decision: Decision = Decision.ACCEPTED) -> Correction:
    changes = tuple(("something", one) for one in meant)
    return Correction(utterance, "explicit", 1.0, decision, (), "", "", changes)


def terms(*corrections: Correction) -> tuple[str, ...]:
    return failing(corrections, lambda word: word.casefold() in COMMON)


def test_a_term_keeps_failing_when_it_was_misheard_in_two_utterances() -> None:
    assert terms(fixed(1, "Kubernetes"), fixed(2, "Grafana"), fixed(3, "Kubernetes,")) == ("Kubernetes",)


def test_twice_in_one_utterance_is_once() -> None:
    assert terms(fixed(1, "Kubernetes", "Kubernetes")) == ()


def test_the_one_that_fails_most_comes_first_in_its_last_spelling() -> None:
    found = terms(
        *(fixed(n, "nginx") for n in range(2)), *(fixed(n, "GRAFANA") for n in range(2, 5)), fixed(5, "Grafana")
    )
    assert found == ("Grafana", "nginx")


def test_only_accepted_corrections_count() -> None:
    assert terms(fixed(1, "Grafana"), fixed(2, "Grafana", decision=Decision.DOUBTFUL)) == ()


def test_common_words_are_no_terms_and_neither_are_sentences() -> None:
    assert (
        terms(*(fixed(n, "their", "New York", "it is what we said yesterday evening", "") for n in range(3))) == ()
    )
    assert terms(*(fixed(n, "the Grafana house") for n in range(3))) == ("the Grafana house",)


def test_what_cannot_be_put_into_a_sentence_is_left_out() -> None:
    assert terms(*(fixed(n, "שלום", "🎉", "Grafana") for n in range(3))) == ("Grafana",)
