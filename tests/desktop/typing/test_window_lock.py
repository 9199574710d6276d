"""Text goes into the window it is meant for, or nowhere."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry, GtkTextView, XtermWindow
from tests.desktop.rig.x11 import KEY_ALT, KEY_CONTROL, KEY_SHIFT, KEY_SPACE, KEY_SUPER, KEY_V, X11Rig
from tests.desktop.typing.conftest import SAMPLE, Aim
from Xlib import X
from Xlib.display import Display

from sayso.errors import TargetAway, TargetGone, TypistError
from sayso.events import Edit
from sayso.typist import Target
from sayso.typist.x11 import X11Typist
from sayso.x11.paste_keys import takes_primary

MOVER = Path(__file__).with_name("move_focus.py")


def type_until_it_fails(typist: X11Typist, text: str, target: Target) -> TypistError:
    """Type again and again; how it failed."""
    while True:
        try:
            typist.type(Edit(0, text), target)
        except TypistError as error:
            return error


@contextmanager
def moving_focus(x11: X11Rig, *windows: int) -> Iterator[None]:
    """A program that moves the focus from one window to the next as fast as it can."""
    mover = subprocess.Popen(
        [sys.executable, str(MOVER), x11.display, *map(str, windows)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert mover.stdout is not None
        assert mover.stdout.readline() == "moving\n"
        yield
    finally:
        mover.terminate()
        mover.communicate()


def test_text_for_a_window_without_the_focus_is_not_typed_and_can_be_tried_again(
    typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, xterm: XtermWindow
) -> None:
    gtk_entry.focus()
    target = aim(gtk_entry)
    xterm.focus()
    for text in ("plain", SAMPLE):
        with pytest.raises(TargetAway, match="focus it"):
            typist.type(Edit(0, text), target)
    gtk_entry.focus()
    typist.type(Edit(0, SAMPLE), target)
    gtk_entry.wait_for_text(SAMPLE)
    assert xterm.text == ""


def test_not_one_character_lands_elsewhere_while_the_focus_moves_as_fast_as_it_can(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    with GtkTextView(x11) as other:
        gtk_entry.focus()
        target = aim(gtk_entry)
        typed, away = "", 0
        with moving_focus(x11, gtk_entry.window_id, other.window_id):
            for number in range(60):
                text = f"word{number} " if number % 3 else f"é{number} "
                try:
                    typist.type(Edit(0, text), target)
                    typed += text
                except TargetAway:
                    away += 1
        gtk_entry.wait_for_text(typed)
        assert away
        assert typed
        assert other.text == ""


def test_the_typist_says_when_the_focus_moves(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    told = threading.Event()
    assert aim(gtk_entry).application == "Gtk_window.py"
    typist.on_focus(told.set)
    x11.focus_nothing()
    assert told.wait(5)
    until(lambda: typist.target() is None, "no target")
    told.clear()
    gtk_entry.focus()
    assert told.wait(5)
    aim(gtk_entry)


@pytest.mark.parametrize("text", ["plain ", f"{SAMPLE} "])
def test_a_window_closed_in_the_middle_of_many_edits_is_gone_and_nothing_worse(
    x11: X11Rig, typist: X11Typist, aim: Aim, text: str
) -> None:
    with GtkEntry(x11) as window:
        target = aim(window)
        typist.type(Edit(0, text), target)
        window.wait_for_text(text)
        closing = threading.Thread(target=window.close)
        closing.start()
        caught = type_until_it_fails(typist, text, target)
        closing.join()
    with pytest.raises(TargetGone):
        typist.type(Edit(0, text), target)
    assert isinstance(caught, TargetGone | TargetAway) or "did not take" in str(caught)


def test_a_new_window_with_the_number_of_a_closed_one_is_another_target(
    x11: X11Rig, typist: X11Typist, aim: Aim
) -> None:
    with XtermWindow(x11) as first:
        old = aim(first)
    with XtermWindow(x11) as second:
        assert second.window_id == first.window_id, (
            "the server has not given the number again: the test tests nothing"
        )
        new = aim(second)
        assert new != old
        with pytest.raises(TargetGone):
            typist.type(Edit(0, "secret"), old)
        typist.type(Edit(0, "new"), new)
        second.wait_for_text("new")


@pytest.mark.parametrize(
    "held", [(KEY_SUPER, KEY_ALT), (KEY_CONTROL,), (KEY_SHIFT,)], ids=["super alt", "control", "shift"]
)
@pytest.mark.parametrize("text", ["plain", SAMPLE])
def test_modifiers_that_stay_down_are_let_go_before_typing(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, held: tuple[int, ...], text: str
) -> None:
    target = aim(gtk_entry)
    with x11.held(*held):
        typist.type(Edit(0, text), target)
        typist.type(Edit(0, text), target)
        gtk_entry.wait_for_text(2 * text)
        assert x11.keys_down == []


@pytest.mark.parametrize(("key", "writes"), [(KEY_SPACE, " "), (KEY_V, "v")])
def test_a_character_whose_key_is_down_arrives_all_the_same(
    typist: X11Typist, x11: X11Rig, aim: Aim, gtk_entry: GtkEntry, key: int, writes: str
) -> None:
    target = aim(gtk_entry)
    with x11.held(key):
        gtk_entry.wait_for_text(writes)
        typist.type(Edit(0, "very even vowels vary"), target)
        gtk_entry.wait_for_text(writes + "very even vowels vary")


def test_where_the_key_of_a_terminal_s_shortcut_is_down_what_the_other_shortcut_takes_is_lent_too(
    typist: X11Typist, x11: X11Rig, aim: Aim, gtk_entry: GtkEntry
) -> None:
    x11.set_clipboard("selected", "primary")
    typist.type(Edit(0, "plain"), aim(gtk_entry))  # it has seen the v free
    with XtermWindow(x11, "-class", "Konsole") as terminal:
        target = aim(terminal)
        assert not takes_primary(target.application), "Ctrl+Shift+V is what it is pasted into by"
        with x11.held(KEY_V):
            terminal.wait_for_text("v")
            typist.type(Edit(0, SAMPLE), target)
            terminal.wait_for_text(f"v{SAMPLE}")


def test_a_shortcut_that_is_being_pressed_is_waited_for(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    target = aim(gtk_entry)
    done = threading.Event()

    def type_it() -> None:
        typist.type(Edit(0, "plain"), target)
        done.set()

    with x11.held(KEY_CONTROL):
        typing = threading.Thread(target=type_it)
        typing.start()
        assert not done.wait(0.1)
        assert gtk_entry.text == ""
        assert x11.keys_down == [KEY_CONTROL]
    assert done.wait(0.15), "the release is noticed when it happens, and not at the end of the wait"
    typing.join()
    gtk_entry.wait_for_text("plain")


def test_nothing_is_typed_while_another_program_has_the_keyboard(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    target = aim(gtk_entry)
    lock = Display(x11.display)
    assert lock.screen().root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == 0
    with pytest.raises(TargetAway, match="locked screen"):
        typist.type(Edit(0, "password"), target)
    told = threading.Event()
    typist.on_focus(told.set)
    lock.close()
    assert told.wait(5), "what waits is tried again when the keyboard is free"
    typist.type(Edit(0, "plain"), target)
    gtk_entry.wait_for_text("plain")
