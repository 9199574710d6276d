"""Whether something is said again that was taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.corrections.again import MOST_SECONDS, Spoken, is_again

FIRST = Spoken("we run it on cooper netties", 3, 10.0, 12.0)
AGAIN = Spoken("We run it on Kubernetes.", 3, 14.0, 16.0)


def test_the_same_place_soon_after_and_nearly_the_same_words_are_said_again() -> None:
    assert is_again(FIRST, AGAIN)


@pytest.mark.parametrize(
    "then",
    [
        replace(AGAIN, place=4),
        replace(AGAIN, from_seconds=12.0 + MOST_SECONDS + 0.1),
        replace(AGAIN, from_seconds=11.0),
        replace(AGAIN, text="tomorrow is fine for me as well"),
        replace(AGAIN, text="We run it on cooper netties!"),
        replace(AGAIN, text="we run it on Kubernetes in three places and we would like to have more of them"),
        replace(AGAIN, text="…"),
        replace(AGAIN, text=""),
    ],
)
def test_elsewhere_later_or_in_other_words_it_is_something_else(then: Spoken) -> None:
    assert not is_again(FIRST, then)


def test_what_sounds_alike_is_asked_of_whoever_knows() -> None:
    assert is_again(FIRST, replace(AGAIN, text="way ran at un goober nate ease"), lambda *_: 0.9)


@given(st.text(max_size=30), st.text(max_size=30), st.floats(0, 100))
def test_nothing_is_said_again_by_the_same_words(one: str, other: str, later: float) -> None:
    first = Spoken(one, 1, 0.0, 1.0)
    assert not is_again(first, Spoken(one, 1, 1.0 + later, 2.0 + later))
    if is_again(first, Spoken(other, 1, 1.0 + later, 2.0 + later)):
        assert later <= MOST_SECONDS
