"""By keys or by a paste: what is struck for a text, from what is known of layout, application and clipboard."""

from __future__ import annotations

import pytest

from sayso.portal.keymap import ASCII, CONTROL, INSERT, RETURN, SHIFT, TAB
from sayso.portal.plan import MOST_KEYS, Plan, paste_stroke, plan

US = ASCII
IL = {"ש": 0xCF9, " ": 0x20}
BY_CONTROL_V = Plan(((CONTROL, ord("v")),), is_paste=True)
BY_INSERT = Plan(((SHIFT, INSERT),), is_paste=True)


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_a_short_text_that_the_layout_has_goes_by_keys(has_clipboard: bool) -> None:
    assert plan("hi", US, "", has_clipboard=has_clipboard) == Plan(((0x68,), (0x69,)), is_paste=False)
    assert plan("ש", IL, "", has_clipboard=has_clipboard) == Plan(((0xCF9,),), is_paste=False)


@pytest.mark.parametrize("text", ["é", "日本語", "x" * (MOST_KEYS + 1), "one\ntwo", "a\tb"])
def test_what_the_layout_lacks_what_is_long_and_what_breaks_a_line_is_pasted(text: str) -> None:
    assert plan(text, US, "", has_clipboard=True) == BY_CONTROL_V


def test_without_a_clipboard_line_breaks_are_keys_and_what_the_layout_lacks_is_refused() -> None:
    assert plan("\n\t", US, "", has_clipboard=False) == Plan(((RETURN,), (TAB,)), is_paste=False)
    assert plan("é", US, "", has_clipboard=False) is None
    assert plan("a", IL, "", has_clipboard=False) is None


def test_without_a_v_the_paste_is_shift_insert() -> None:
    assert plan("hello", IL, "", has_clipboard=True) == BY_INSERT


def test_where_the_layout_is_not_known_all_is_pasted_by_keys_that_every_layout_has() -> None:
    assert plan("hello", None, "org.gnome.TextEditor", has_clipboard=True) == BY_INSERT
    assert plan("hello", None, "", has_clipboard=True) == BY_CONTROL_V  # it may be a terminal
    assert plan("é", None, "", has_clipboard=False) is None
    assert plan("h", None, "", has_clipboard=False) == Plan(((0x68,),), is_paste=False)


def test_terminals_take_nothing_by_keys_where_they_can_be_pasted_into() -> None:
    wanted = Plan(((CONTROL, SHIFT, ord("v")),), is_paste=True)
    assert plan("ls", US, "kitty", has_clipboard=True) == wanted
    assert plan("ls", None, "kitty", has_clipboard=True) == wanted
    assert plan("ls", US, "kitty", has_clipboard=False) == Plan(((0x6C,), (0x73,)), is_paste=False)


def test_the_primary_selection_is_never_pasted_for_the_clipboard() -> None:
    assert paste_stroke(US, "xterm") is None
    assert paste_stroke(IL, "kitty") is None
    assert plan("ls", US, "xterm", has_clipboard=True) == Plan(((0x6C,), (0x73,)), is_paste=False)


def test_an_editor_for_which_control_v_means_something_else_gets_shift_insert() -> None:
    assert paste_stroke(US, "emacs") == (SHIFT, INSERT)


def test_taking_back_alone_needs_no_clipboard() -> None:
    assert plan("", None, "", has_clipboard=True) == Plan((), is_paste=False)
