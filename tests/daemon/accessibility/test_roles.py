"""What takes no text is known by its role, and in doubt it takes some."""

from __future__ import annotations

import pytest

from sayso.accessibility import PASSWORD_TEXT, TERMINAL, Field, Place
from sayso.accessibility.roles import takes_no_text

TEXT, PARAGRAPH, ENTRY = 61, 73, 79
BUTTON, LABEL, LINK, SLIDER, MENU_ITEM = 43, 29, 88, 51, 35
CANVAS, COMBO_BOX, DRAWING_AREA, FILLER, FRAME, IMAGE, LIST, LIST_ITEM, PANEL = 6, 11, 18, 20, 23, 27, 31, 32, 39
SPIN_BUTTON, TABLE_CELL, TREE, UNKNOWN, DOCUMENT_WEB = 52, 56, 65, 67, 95
SEARCHED = (COMBO_BOX, LIST, LIST_ITEM, SPIN_BUTTON, TABLE_CELL, TREE)


def field(role: int, *, is_editable: bool = False) -> Field:
    return Field(Place(":1.1", "/1"), "editor", 7, role, is_editable, has_text=True)


@pytest.mark.parametrize("role", [BUTTON, LABEL, LINK, SLIDER, MENU_ITEM, TEXT, PARAGRAPH, ENTRY])
def test_what_presses_slides_or_shows_takes_no_text_unless_it_can_be_written_in(role: int) -> None:
    assert takes_no_text(field(role)) is not None
    assert takes_no_text(field(role, is_editable=True)) is None


@pytest.mark.parametrize("role", [TERMINAL, PASSWORD_TEXT, *SEARCHED])
def test_terminals_and_what_is_searched_by_typing_may_take_text(role: int) -> None:
    assert takes_no_text(field(role)) is None


@pytest.mark.parametrize("role", [CANVAS, DRAWING_AREA, FILLER, FRAME, IMAGE, PANEL, UNKNOWN, DOCUMENT_WEB, 999])
def test_where_applications_draw_what_they_like_text_may_be_taken(role: int) -> None:
    assert takes_no_text(field(role)) is None
