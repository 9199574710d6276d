"""What the person selects is matched with what they dictated, whether it is a word of it, all of it or more."""

from __future__ import annotations

import pytest

from sayso.corrections.selection import match
from sayso.journal import Line, Outcome


def line(utterance: int, typed: str) -> Line:
    return Line(utterance, 0.0, Outcome.DELIVERED, 2.0, "", typed, typed, 5, "", 0.0, has_audio=True)


LINES = [
    line(4, " And then we go home."),
    line(3, "Ask Johan about the invoice."),
    line(2, "We run it on cooper netties now."),
    line(1, "I met Johann in Leeds."),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ask Johann about the invoice.", (3, "Ask Johann about the invoice.")),
        ("ask johann about the invoice", (3, "ask johann about the invoice.")),
        ("  We run it on\n Kubernetes now. ", (2, "We run it on Kubernetes now.")),
        ("Hello! Ask Johann about the invoice. Or do not.", (3, "Ask Johann about the invoice.")),
        ("Johann about", (3, "Ask Johann about the invoice.")),
        ("Johann", (3, "Ask Johann about the invoice.")),  # it stands in 1 as it is, which would teach nothing
        ("And then we go home.", (4, "And then we go home.")),
        ("Something that was never dictated at all", None),
        ("go", None),
        ("", None),
        ("   ", None),
    ],
)
def test_the_utterance_is_found(text: str, found: tuple[int, str] | None) -> None:
    assert match(text, LINES) == found


def test_of_utterances_that_fit_alike_it_is_the_newest() -> None:
    assert match("Ask Johann.", [line(9, "Ask Johan."), line(8, "Ask Johan.")]) == (9, "Ask Johann.")


@pytest.mark.parametrize(
    ("text", "newest", "older", "found"),
    [
        (
            "Martyna",
            "We saw Martina at noon",
            "Martynas was at home",
            "We saw Martyna at noon",
        ),
        ("I met Carin there", "I met Corin there", "I met Caring there", "I met Carin there"),
        ("whose", "I know who's bag that is", "Who sees it", "I know whose bag that is"),
        ("The lake is frozen", "The lake is frozen", "The cake is frozen", "The lake is frozen"),
        ("frozen", "The lake is frozen", "It was chosen", "The lake is frozen"),
    ],
)
def test_the_last_dictation_comes_before_one_that_fits_a_little_better(
    text: str, newest: str, older: str, found: str
) -> None:
    assert match(text, [line(2, newest), line(1, older)]) == (2, found)


def test_an_older_dictation_is_found_where_the_last_fits_much_less() -> None:
    lines = [line(2, "The lake was cold at noon."), line(1, "We met Martina at the lake in June.")]
    assert match("We met Martyna at the lake in June.", lines) == (1, "We met Martyna at the lake in June.")


def test_one_word_must_be_more_alike_than_a_sentence() -> None:
    assert match("Grafana", [line(1, "My grandma is here")]) is None


def test_where_nothing_was_dictated_nothing_is_found() -> None:
    assert match("Ask Johann.", []) is None
    assert match("Ask Johann.", [line(1, "")]) is None
