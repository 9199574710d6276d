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


def test_where_nothing_was_dictated_nothing_is_found() -> None:
    assert match("Ask Johann.", []) is None
    assert match("Ask Johann.", [line(1, "")]) is None
