"""What must stand before the cursor after an edit, and what says that a text was lost."""

from __future__ import annotations

import pytest

from sayso.events import Edit
from sayso.ibus.arrival import COMPARED, expected, is_lost, tells_lines
from sayso.ibus.engine import Surrounding


def stands(before: str, after: str = "") -> Surrounding:
    return Surrounding(before + after, len(before), len(before))


@pytest.mark.parametrize(
    ("before", "edit", "text"),
    [
        (None, Edit(0, "two"), "two"),
        (stands("one ", "more"), Edit(0, "two"), "one two"),
        (stands("one twx"), Edit(1, "o"), "one two"),
        (stands("on"), Edit(5, "two"), "two"),
        (stands("one"), Edit(0, " two\nthree"), "three"),
        (stands("one"), Edit(0, "\n"), ""),
        (stands("x" * 500), Edit(0, "y"), "x" * (COMPARED - 1) + "y"),
    ],
)
def test_what_must_stand_there_is_what_stood_and_what_was_typed(
    before: Surrounding | None, edit: Edit, text: str
) -> None:
    assert expected(before, edit) == text


@pytest.mark.parametrize(
    ("before", "edit", "now"),
    [
        (stands(""), Edit(0, "Please send"), stands("Ple")),
        (stands(""), Edit(0, "Please send.\n"), stands("Ple")),
        (stands("to: ", " end"), Edit(0, "Please send"), stands("to: Please", " end")),
        (stands("one"), Edit(2, "Please send"), stands("oPlea")),
        (stands(""), Edit(0, "call 12 or 34"), stands("1234")),
        (stands("A "), Edit(0, "Please send"), stands("A PLEASE SEND")),
    ],
)
def test_a_text_that_was_cut_or_changed_into_capitals_or_digits_is_lost(
    before: Surrounding, edit: Edit, now: Surrounding
) -> None:
    assert is_lost(before, edit, now)


@pytest.mark.parametrize(
    ("before", "edit", "now"),
    [
        (None, Edit(0, "Please send"), stands("Ple")),  # which may have stood there before
        (stands(""), Edit(0, "Please"), stands("Please")),
        (stands("", " end"), Edit(0, "Please"), stands("Please", " end")),
        (stands("one"), Edit(2, "two"), stands("o")),  # not inserted yet
        (stands("older"), Edit(0, "one\ntwo"), stands("two")),  # a client that tells a line alone
        (stands(""), Edit(0, "one\ntwo"), stands("two")),
        (stands("older"), Edit(0, "one\n"), stands("")),
        (stands(""), Edit(0, "please"), stands("Please")),  # a sentence's first letter
        (stands(""), Edit(0, "don't - wait..."), stands("don\u2019t\u00a0\u2014 wait\u2026")),
        (stands(""), Edit(0, "teh end"), stands("the end")),
        (stands(""), Edit(0, "goo"), stands("goo", "gle")),  # completed
        (stands("x"), Edit(0, "Please"), stands("")),  # taken elsewhere at once
        (stands("x"), Edit(0, "Please"), stands("xq")),  # the person types
        (stands(""), Edit(0, "Please send"), stands("send")),  # a client that tells so many characters
        (Surrounding("one", 0, 3), Edit(0, "Please"), stands("Pl")),  # what was selected is gone
    ],
)
def test_what_may_have_another_cause_is_not_said_to_be_lost(
    before: Surrounding | None, edit: Edit, now: Surrounding
) -> None:
    assert not is_lost(before, edit, now)


@pytest.mark.parametrize(
    ("before", "typed", "now", "tells"),
    [
        (stands("one"), "one\ntwo", stands("two"), True),
        (None, "one\ntwo", stands("two"), True),
        (stands("one"), "one\n", stands(""), True),
        (None, "one\n", stands(""), False),  # which may have stood there before
        (stands("one"), "one\ntwo", stands("one\ntwo"), False),
        (stands("one"), "one\ntwo", stands("ne\ntwo"), False),
        (stands("one"), "one\ntwo three", stands("three"), False),
        (stands(""), "two", stands("two"), False),
    ],
)
def test_a_client_that_could_have_told_more_than_a_line_and_did_not_tells_lines(
    before: Surrounding | None, typed: str, now: Surrounding, tells: bool
) -> None:
    assert tells_lines(before, typed, now) is tells
