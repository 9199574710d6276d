"""What was typed is taken back: as much as was typed, and a failure half-way is told as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from tests.desktop.rig.windows import GtkEntry, XtermWindow
from tests.desktop.typing.conftest import SAMPLE, Aim

from sayso.errors import TargetAway, TypistError
from sayso.events import Edit
from sayso.typist.x11 import MOST_STROKES, X11Typist
from sayso.x11.clipboard import Clipboard
from sayso.x11.windows import Windows

LONG = "word " * (2 * MOST_STROKES // 5 + 10)  # three grabs to take back
CLUSTERS = "e\u0301👍🏽"


def before_grab(monkeypatch: pytest.MonkeyPatch, number: int, do: Callable[[], None]) -> None:
    """Have something happen between one grab of the server and the next."""
    grabbed: Callable[[Windows], AbstractContextManager[None]] = Windows.grabbed
    left = [None] * number

    @contextmanager
    def counted(windows: Windows) -> Iterator[None]:
        if left:
            left.pop()
            if not left:
                do()
        with grabbed(windows):
            yield

    monkeypatch.setattr(Windows, "grabbed", counted)


def type_long(typist: X11Typist, aim: Aim, window: GtkEntry) -> None:
    """Type more than is taken back in two grabs."""
    for word in LONG.split():
        typist.type(Edit(0, f"{word} "), aim(window))
    window.wait_for_text(LONG)


@pytest.mark.parametrize("insert", ["", "plain", SAMPLE], ids=["undo", "keys", "paste"])
@pytest.mark.parametrize("grab", [2, 3], ids=["second", "last"])
def test_a_focus_that_moves_when_some_is_taken_back_is_a_failure_and_not_to_be_tried_again(
    typist: X11Typist,
    aim: Aim,
    gtk_entry: GtkEntry,
    xterm: XtermWindow,
    monkeypatch: pytest.MonkeyPatch,
    grab: int,
    insert: str,
) -> None:
    gtk_entry.focus()
    type_long(typist, aim, gtk_entry)
    before_grab(monkeypatch, grab, xterm.focus)
    with pytest.raises(TypistError, match="were taken back") as caught:
        typist.type(Edit(len(LONG), insert), aim(gtk_entry))
    assert caught.type is TypistError
    gtk_entry.wait_for_text(LONG[: -(grab - 1) * MOST_STROKES])
    assert xterm.text == ""


def test_a_focus_that_moves_before_anything_is_taken_back_can_wait(
    typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, xterm: XtermWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    gtk_entry.focus()
    type_long(typist, aim, gtk_entry)
    target = aim(gtk_entry)
    before_grab(monkeypatch, 1, xterm.focus)
    with pytest.raises(TargetAway):
        typist.type(Edit(len(LONG), ""), target)
    gtk_entry.focus()
    typist.type(Edit(len(LONG), "new"), target)
    gtk_entry.wait_for_text("new")


def test_a_clipboard_that_cannot_be_given_back_does_not_hide_that_the_text_can_wait(
    typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, xterm: XtermWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Clipboard) -> None:
        raise TypistError("the X display does not answer")

    gtk_entry.focus()
    target = aim(gtk_entry)
    before_grab(monkeypatch, 1, xterm.focus)
    monkeypatch.setattr(Clipboard, "give_back", fail)
    with pytest.raises(TargetAway):
        typist.type(Edit(0, SAMPLE), target)


@pytest.mark.parametrize("comes_back_late", [False, True], ids=["another window", "and held once"])
def test_clusters_are_taken_back_whole_after_another_window_was_typed_into(
    typist: X11Typist,
    aim: Aim,
    gtk_entry: GtkEntry,
    xterm: XtermWindow,
    monkeypatch: pytest.MonkeyPatch,
    comes_back_late: bool,
) -> None:
    gtk_entry.focus()
    target = aim(gtk_entry)
    typist.type(Edit(0, f"before {CLUSTERS}"), target)
    gtk_entry.wait_for_text(f"before {CLUSTERS}")
    xterm.focus()
    typist.type(Edit(0, "elsewhere"), aim(xterm))
    gtk_entry.focus()
    if comes_back_late:
        with monkeypatch.context() as context:
            before_grab(context, 1, xterm.focus)
            with pytest.raises(TargetAway):
                typist.type(Edit(len(CLUSTERS), "."), target)
        gtk_entry.focus()
    typist.type(Edit(len(CLUSTERS), "."), target)
    gtk_entry.wait_for_text("before .")
