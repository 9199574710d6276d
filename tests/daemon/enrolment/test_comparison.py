"""Which texts count as another sentence than the one that was to be read."""

from __future__ import annotations

import pytest

from sayso.enrolment import Kind, Prompt
from sayso.enrolment.comparison import is_another

LONGHORN = Prompt("Please add a line about Longhorn at the end.", Kind.TARGET, "Longhorn")
COSTS = Prompt("It costs 349 dollars and 50 cents, not 394.", Kind.HARD)


@pytest.mark.parametrize(
    ("prompt", "heard"),
    [
        (LONGHORN, "please add a line about one horn at the end"),
        (LONGHORN, "Please add a line about Kubernetes, at the end!"),
        (LONGHORN, "Please at a lion about Longhorn at the end."),
        (COSTS, "It costs $349.50, not $394."),
        (Prompt("La réunion sur C++ est finie.", Kind.TARGET, "C++"), "La reunion sur c plus plus est finie."),
    ],
)
def test_what_a_model_gets_wrong_of_the_sentence_is_no_other(prompt: Prompt, heard: str) -> None:
    assert not is_another(prompt, heard)


@pytest.mark.parametrize(
    "heard",
    [
        "",
        "Longhorn",
        "The weather has been lovely all week.",
        "The train was late, so we walked the last part of the way.",
        "He said that at the end of a long day he would rather add a few words than read a line.",
    ],
)
def test_other_words_are_another_sentence_with_the_term_in_it_too(heard: str) -> None:
    assert is_another(LONGHORN, heard)
