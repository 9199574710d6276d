"""A window that hangs with a paste in its queue: it gets that text, once, and nobody gets another's."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry, TextWindow, XtermWindow
from tests.desktop.rig.x11 import X11Rig
from tests.desktop.typing.conftest import SAMPLE, Aim
from tests.desktop.typing.copying import copy

from sayso.errors import TargetAway, TargetBusy, TargetGone, TypistError
from sayso.events import Edit
from sayso.typist import Target
from sayso.typist import x11 as typist_module
from sayso.typist.x11 import X11Typist
from sayso.x11.connection import connect
from sayso.x11.windows import Windows

COPIED = "private"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter than a person's: nothing here depends on its length."""
    monkeypatch.setattr(typist_module, "TAKEN_SECONDS", 0.5)


def process_of(x11: X11Rig, window: TextWindow) -> int:
    """The process of a window."""
    display = connect(x11.display)
    process = Windows(display).process(window.window_id)
    display.close()
    assert process is not None
    return process


@contextmanager
def hanging(x11: X11Rig, window: TextWindow) -> Iterator[None]:
    pid = process_of(x11, window)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def paste_in_vain(typist: X11Typist, aim: Aim, window: TextWindow) -> Edit:
    """Have a text pasted that the window does not take."""
    edit = Edit(0, SAMPLE)
    with pytest.raises(TargetBusy, match="it may hang"):
        typist.type(edit, aim(window))
    return edit


def type_once_taken(typist: X11Typist, edit: Edit, target: Target, told: threading.Event) -> None:
    """Try as the service does, again whenever it is told that this may be worth it."""
    while True:
        told.clear()
        try:
            typist.type(edit, target)
        except TargetBusy:
            assert told.wait(10), "it is told when another try is worth it"
        else:
            return


@pytest.mark.parametrize("kind", [GtkEntry, XtermWindow])
def test_it_gets_the_text_late_and_once_and_the_next_one_after_it(
    x11: X11Rig, typist: X11Typist, aim: Aim, kind: type[TextWindow]
) -> None:
    copy(x11, COPIED)
    copy(x11, COPIED, "primary")
    told = threading.Event()
    typist.on_focus(told.set)
    with kind(x11) as window:
        second = Edit(0, " é second.")
        with hanging(x11, window):
            first = paste_in_vain(typist, aim, window)
            target = aim(window)
            for edit in (first, second):
                with pytest.raises(TargetBusy):
                    typist.type(edit, target)
        type_once_taken(typist, first, target, told)
        typist.type(second, target)
        window.wait_for_text(SAMPLE + second.insert)
        until(lambda: x11.clipboard() == COPIED, "the clipboard to be as before")
        typist.type(Edit(len(second.insert), ""), target)
        window.wait_for_text(SAMPLE)


def test_meanwhile_everybody_else_finds_what_was_copied(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    copy(x11, COPIED)
    with hanging(x11, gtk_entry):
        paste_in_vain(typist, aim, gtk_entry)
        assert x11.clipboard() == COPIED
    gtk_entry.wait_for_text(SAMPLE)


def test_another_window_is_typed_into_by_keys_and_a_paste_waits(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    told = threading.Event()
    typist.on_focus(told.set)
    with GtkEntry(x11) as other:
        gtk_entry.focus()
        with hanging(x11, gtk_entry):
            paste_in_vain(typist, aim, gtk_entry)
            other.focus()
            typist.type(Edit(0, "keys"), aim(other))
            other.wait_for_text("keys")
            with pytest.raises(TargetBusy):
                typist.type(Edit(0, "é"), aim(other))
            with pytest.raises(TypistError):
                typist.keep("kept")
        gtk_entry.wait_for_text(SAMPLE)
        type_once_taken(typist, Edit(0, "é"), aim(other), told)
        other.wait_for_text("keysé")


def test_closed_before_it_took_the_text_it_is_gone_and_the_clipboard_is_as_before(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    copy(x11, COPIED)
    target = aim(gtk_entry)
    with hanging(x11, gtk_entry):
        edit = paste_in_vain(typist, aim, gtk_entry)
        os.kill(process_of(x11, gtk_entry), signal.SIGKILL)
    until(lambda: typist.target() != target, "the window to be gone")
    with pytest.raises(TargetGone):
        typist.type(edit, target)
    assert x11.clipboard() == COPIED


def test_what_somebody_copies_before_it_took_the_text_makes_it_doubtful(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    target = aim(gtk_entry)
    with hanging(x11, gtk_entry):
        edit = paste_in_vain(typist, aim, gtk_entry)
        copy(x11, COPIED)
        with pytest.raises(TypistError, match="may be another's") as refused:
            typist.type(edit, target)
    assert not isinstance(refused.value, TargetAway)
