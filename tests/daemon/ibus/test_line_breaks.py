"""The steps in which lines are taken back whose beginning is not to be seen."""

from __future__ import annotations

import pytest

from sayso.ibus.engine import Surrounding
from sayso.ibus.line_breaks import begins_line, breaks


def stands(before: str) -> Surrounding:
    return Surrounding(before, len(before), len(before))


@pytest.mark.parametrize("typed", ["one\ntwo", "\ntwo", "one\n", "\n\n", "a\n\nb\n\n\nc", "a\nbb\nccc"])
def test_without_its_breaks_a_text_is_one_line_and_each_step_but_the_first_lines_knows_the_whole_line(
    typed: str,
) -> None:
    text = f"older{typed}"
    for step in breaks(typed):
        at = len(text) - step.behind - 1
        assert text[at] == "\n"
        text = text[:at] + text[at + 1 :]
        now = stands(text.rpartition("\n")[2])
        assert step.fits(now)
        assert step.can_be_restored(now)
        assert now.before[: len(now.before) - step.behind] + step.restored in f"older{typed}"
    assert text == "older" + typed.replace("\n", "")


def test_a_line_that_is_another_fits_only_where_older_text_may_stand_before_it() -> None:
    first, last = breaks("one\ntwo\nthree")
    assert not first.fits(stands("my twothree"))
    assert last.fits(stands("my onetwothree"))
    assert not last.fits(stands("onextwothree"))
    assert not first.fits(Surrounding("twothree", 8, 0)), "something is selected"
    assert first.can_be_restored(stands("twoxthree"))
    assert not first.can_be_restored(stands("twothreex"))


@pytest.mark.parametrize(
    ("typed", "before", "begins"),
    [("one\ntwo", "two", True), ("one\n", "", True), ("one\ntwo", "xtwo", False), ("two", "two", False)],
)
def test_a_line_alone_is_seen_as_such(typed: str, before: str, begins: bool) -> None:
    assert begins_line(typed, stands(before)) is begins
