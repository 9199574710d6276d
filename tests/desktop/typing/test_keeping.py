"""A text whose window lost the focus is kept in the clipboard, and follows what was kept before."""

from __future__ import annotations

import pytest
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry
from tests.desktop.rig.x11 import KEY_CONTROL, KEY_SHIFT, KEY_V, X11Rig
from tests.desktop.typing.bare_window import BareWindow
from tests.desktop.typing.conftest import SAMPLE, Aim
from tests.desktop.typing.copying import copy

from sayso.events import Edit
from sayso.typist.x11 import X11Typist
from sayso.x11.selections import CHUNK_BYTES

KEY_INSERT = 118


def test_a_text_kept_in_the_clipboard_stays_there(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    copy(x11, "before")
    typist.keep(SAMPLE)
    assert x11.clipboard() == SAMPLE
    typist.type(Edit(0, "é"), aim(gtk_entry))
    gtk_entry.wait_for_text("é")
    until(lambda: x11.clipboard() == SAMPLE, "the kept text to be there again")


@pytest.mark.parametrize("first", [SAMPLE, "x" * (CHUNK_BYTES + 1)], ids=["short", "in pieces"])
def test_a_text_that_is_kept_follows_the_one_kept_before(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, first: str
) -> None:
    typist.keep(first)
    typist.keep("second.")
    assert x11.clipboard() == f"{first} second."
    typist.type(Edit(0, "é"), aim(gtk_entry))
    typist.keep("third.")
    assert x11.clipboard() == f"{first} second. third."


def test_a_text_that_is_kept_does_not_follow_what_somebody_has_copied_since(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    typist.keep(SAMPLE)
    copy(x11, "copied since, and longer than what was kept")
    typist.type(Edit(0, "é"), aim(gtk_entry))
    typist.keep("second.")
    assert x11.clipboard() == "second."


def test_a_text_that_is_kept_follows_the_one_before_though_a_clipboard_manager_has_taken_that_over(
    x11: X11Rig, typist: X11Typist
) -> None:
    typist.keep(SAMPLE)
    copy(x11, SAMPLE)
    typist.keep("second.")
    assert x11.clipboard() == f"{SAMPLE} second."


@pytest.mark.parametrize("key", [KEY_V, KEY_INSERT], ids=["Ctrl+V", "Shift+Insert"])
def test_a_text_that_is_kept_does_not_follow_one_that_a_person_has_pasted(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, key: int
) -> None:
    typist.keep("first.")
    typist.type(Edit(0, "é: "), aim(gtk_entry))
    until(lambda: x11.clipboard() == "first.", "the kept text to be there again")
    with x11.held(KEY_CONTROL if key == KEY_V else KEY_SHIFT, key):
        gtk_entry.wait_for_text("é: first.")
        assert x11.clipboard() == "first.", "answered when all is done that follows from the paste"
    typist.keep("second.")
    assert x11.clipboard() == "second."


def test_a_text_that_is_kept_follows_one_that_the_window_with_the_focus_has_read_unasked(
    x11: X11Rig, typist: X11Typist
) -> None:
    with BareWindow(x11, reads_after=0.0) as window, x11.held(KEY_SHIFT, KEY_V):
        typist.keep("first.")
        until(lambda: window.read == ["first."], "the window to read it")
        typist.keep("second.")
        assert x11.clipboard() == "first. second."


def test_a_text_that_is_kept_follows_one_that_a_window_without_the_focus_reads_while_a_person_pastes(
    x11: X11Rig, typist: X11Typist, gtk_entry: GtkEntry
) -> None:
    with BareWindow(x11, reads_after=0.0) as window:
        x11.focus_nothing()
        with x11.held(KEY_CONTROL, KEY_V):
            typist.keep("first.")
            until(lambda: window.read == ["first."], "the window to read it")
            typist.keep("second.")
            assert x11.clipboard() == "first. second."
