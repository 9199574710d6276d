"""How often BackSpace is struck: never more than there are characters, and once for what GTK takes as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.events import Edit
from sayso.x11.backspaces import REMEMBERED, REMEMBERED_WINDOWS, Tails, applied, backspaces


@pytest.mark.parametrize(
    ("typed", "delete", "strokes"),
    [
        ("hello", 3, 3),
        ("é ש — 😀", 7, 7),
        ("e\u0301", 2, 1),
        ("xe\u0301", 3, 2),
        ("e\u0301", 1, 0),
        ("שָׁ", 3, 3),
        ("👍🏽", 2, 1),
        ("👩\u200d💻", 3, 1),
        ("🇩🇪🇫🇷", 4, 2),
        ("❤\ufe0f", 2, 1),
        ("1\ufe0f\u20e3", 3, 1),
        ("", 5, 5),
        ("abc", 10, 10),
        ("abc", 0, 0),
    ],
)
def test_clusters_that_go_together_are_counted_once(typed: str, delete: int, strokes: int) -> None:
    assert backspaces(typed, delete) == strokes


@given(typed=st.text(max_size=20), delete=st.integers(0, 30))
def test_never_more_strokes_than_characters(typed: str, delete: int) -> None:
    assert 0 <= backspaces(typed, delete) <= delete


@given(typed=st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=20), data=st.data())
def test_plain_characters_take_one_stroke_each(typed: str, data: st.DataObject) -> None:
    delete = data.draw(st.integers(0, len(typed)))
    assert backspaces(typed, delete) == delete


@pytest.mark.parametrize(
    ("tail", "edit", "after"),
    [
        ("abc", Edit(0, "d"), "abcd"),
        ("abc", Edit(1, "d"), "abd"),
        ("abc", Edit(3, ""), ""),
        ("abc", Edit(4, ""), ""),
        ("abc", Edit(4, "d"), "d"),
    ],
)
def test_nothing_is_known_of_what_was_taken_back(tail: str, edit: Edit, after: str) -> None:
    assert applied(tail, edit) == after


def test_each_of_the_last_windows_has_a_tail_of_its_own() -> None:
    tails = Tails()
    for key in range(REMEMBERED_WINDOWS + 1):
        tails.put(key, f"text {key}" + "!" * REMEMBERED)
        tails.put(1, "typed into all the time")
    assert tails.take(0) == ""
    assert tails.take(1) == "typed into all the time"
    assert tails.take(1) == "", "until it is known again"
    assert tails.take(REMEMBERED_WINDOWS) == "!" * REMEMBERED
