"""What the person has selected, or the line in which they are, is read where they are, and no password."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.desktop.corrections.conftest import Desk
from tests.desktop.rig.accessibility import AccessibilityRig
from tests.desktop.rig.editing import EditedWindow, strokes
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import XtermWindow

TOOLKITS = ("gtk3", "qt")


@pytest.fixture(params=TOOLKITS)
def window(request: pytest.FixtureRequest, rig: AccessibilityRig, desk: Desk) -> Iterator[EditedWindow]:
    """A window whose line has the focus."""
    with EditedWindow(rig, request.param) as window:
        window.focus()
        desk.aim(window)
        desk.await_field()
        yield window


def strike(desk: Desk, script: str) -> None:
    for stroke in strokes(script):
        desk.x11.press(*stroke.held, desk.hands.keycode(stroke))


def test_what_is_selected_comes_before_the_line(desk: Desk, window: EditedWindow) -> None:
    window.begin("page", "One line.\nAsk Johann now.\nAnother.")
    desk.await_field()
    strike(desk, "{Up}{End}")
    until(lambda: desk.sight.selection() == "Ask Johann now.", "the line")
    strike(desk, "{Left 5}{shift+Left 6}")
    until(lambda: desk.sight.selection() == "Johann", "the selection")


def test_of_a_long_text_no_more_is_read_than_was_dictated_in_one_go(desk: Desk, window: EditedWindow) -> None:
    window.begin("page", "a" * 20_000)
    desk.await_field()
    found = desk.sight.selection()
    assert found is not None
    assert len(found) <= 2000
    strike(desk, "{ctrl+a}")
    until(lambda: len(desk.sight.selection() or "") == 2000, "the selection")


def test_nothing_is_read_of_a_password(desk: Desk, window: EditedWindow) -> None:
    window.begin("password", "open sesame")
    until(lambda: (field := desk.sight.focused()) is not None and field.is_password, "the password")
    strike(desk, "{ctrl+a}")
    desk.sight.surrounding = lambda: "open sesame"
    assert desk.sight.selection() is None


def test_where_no_application_says_it_is_what_is_selected_on_the_screen(desk: Desk) -> None:
    with XtermWindow(desk.x11) as xterm:
        desk.aim(xterm)
        desk.x11.set_clipboard("Ask Jöhann", "primary")
        assert desk.sight.selection() == "Ask Jöhann"


def test_where_nothing_is_selected_it_is_what_the_input_method_knows(desk: Desk) -> None:
    with XtermWindow(desk.x11) as xterm:
        desk.aim(xterm)
        desk.x11.set_clipboard("", "primary")
        desk.sight.surrounding = lambda: "Ask Johann"
        until(lambda: desk.sight.selection() == "Ask Johann", "what the input method knows")
