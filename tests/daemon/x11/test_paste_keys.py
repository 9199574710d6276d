"""Each application is pasted into by the shortcut that it knows."""

from __future__ import annotations

import pytest

from sayso.x11.paste_keys import Shortcut, is_terminal, shortcut, takes_primary


@pytest.mark.parametrize(
    ("application", "expected", "terminal"),
    [
        ("XTerm", Shortcut.SHIFT_INSERT, True),
        ("URxvt", Shortcut.SHIFT_INSERT, True),
        ("Gnome-terminal", Shortcut.CONTROL_SHIFT_V, True),
        ("konsole", Shortcut.CONTROL_SHIFT_V, True),
        ("Alacritty", Shortcut.CONTROL_SHIFT_V, True),
        ("Emacs", Shortcut.SHIFT_INSERT, False),
        ("firefox", Shortcut.CONTROL_V, False),
        ("", Shortcut.CONTROL_V, False),
    ],
)
def test_an_application_is_known_by_its_class(application: str, expected: Shortcut, terminal: bool) -> None:
    assert shortcut(application) is expected
    assert is_terminal(application) is terminal


@pytest.mark.parametrize(
    ("application", "expected"), [("XTerm", True), ("st-256color", True), ("Emacs", False), ("konsole", False)]
)
def test_the_primary_selection_is_what_old_terminals_paste(application: str, expected: bool) -> None:
    assert takes_primary(application) is expected
