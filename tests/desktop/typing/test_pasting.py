"""A paste has arrived when the window asked for it after the shortcut, and not before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry
from tests.desktop.rig.x11 import X11Rig
from tests.desktop.typing.bare_window import BareWindow
from tests.desktop.typing.conftest import SAMPLE, Aim
from tests.desktop.typing.test_clipboard import OWNED, copy
from Xlib import X
from Xlib.display import Display

from sayso.events import Edit
from sayso.typist.x11 import X11Typist
from sayso.x11.clipboard import CALL_SECONDS, RESTORE_SECONDS
from sayso.x11.connection import client_of, connect
from sayso.x11.desk import Desk
from sayso.x11.selection_reader import Reader
from sayso.x11.selections import CHUNK_BYTES

LATE_SECONDS = RESTORE_SECONDS + 0.3  # by then the clipboard would be as before


@pytest.mark.parametrize("reads_after", [0.0, 0.1], ids=["at once", "a little later"])
def test_a_window_that_reads_whatever_is_copied_and_pastes_late_gets_each_text_once(
    x11: X11Rig, typist: X11Typist, aim: Aim, monkeypatch: pytest.MonkeyPatch, reads_after: float
) -> None:
    monkeypatch.setattr("sayso.x11.clipboard.AHEAD_SECONDS", 2.0)  # the machine may be busy
    copy(x11, OWNED)
    with BareWindow(x11, reads_after=reads_after, pastes_after=LATE_SECONDS) as window:
        for text in (SAMPLE, "naïve — "):
            typist.type(Edit(0, text), aim(window))
        window.wait_for_pasted(SAMPLE, "naïve — ")
        until(lambda: x11.clipboard() == OWNED, "the clipboard to be as before")


def test_a_new_window_is_given_time_once_to_show_that_it_reads_whatever_is_copied(
    typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    typist.type(Edit(0, SAMPLE), aim(gtk_entry))
    monkeypatch.setattr("sayso.x11.clipboard.AHEAD_SECONDS", 2 * CALL_SECONDS)  # longer than a call may take
    for _ in range(3):
        typist.type(Edit(0, SAMPLE), aim(gtk_entry))
    gtk_entry.wait_for_text(4 * SAMPLE)


def test_a_window_that_has_read_the_text_and_pastes_it_on_another_machine_is_no_failure(
    x11: X11Rig, typist: X11Typist, aim: Aim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.x11.clipboard.AHEAD_SECONDS", 2.0)
    monkeypatch.setattr("sayso.typist.x11.TAKEN_SECONDS", 0.2)
    with BareWindow(x11, reads_after=0.0, pastes_after=None) as window:
        for _ in range(2):
            typist.type(Edit(0, SAMPLE), aim(window))
        assert window.read == [SAMPLE, SAMPLE]


class Requestor:
    """A program that reads the clipboard of a desk, and may be interrupted after the first step of it."""

    def __init__(self, desk: Desk, display: Display) -> None:
        self._desk = desk
        self._display = display
        self._window = display.screen().root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self._reader = Reader(display, self._window, self._wait)
        self.client = client_of(display, self._window.id)
        self.between = lambda: None

    def reads(self, text: str) -> bool:
        """Whether it reads this; when that is told, the clipboard's thread has done all that follows from it."""
        holds = self._reader.holds(self._desk.clipboard.clipboard, text, X.CurrentTime)
        self._desk.clipboard._call(lambda: None)
        return holds

    def _wait(self, accept: Callable[[object], bool], _: float) -> object:
        while not accept(event := self._display.next_event()):
            pass
        between, self.between = self.between, lambda: None
        between()
        return event


@pytest.mark.parametrize("text", [SAMPLE, "x" * (CHUNK_BYTES + 1)], ids=["short", "in pieces"])
def test_what_was_asked_for_before_the_shortcut_does_not_count_though_it_comes_after(
    x11: X11Rig, text: str
) -> None:
    with closing(connect(x11.display)) as display, closing(Desk(x11.display)) as desk:
        requestor = Requestor(desk, display)
        offer = desk.clipboard.offer(text, frozenset({requestor.client}), primary=False)

        def strike() -> None:
            with desk.windows.grabbed():
                desk.mark_struck(offer)

        requestor.between = strike
        assert requestor.reads(text)
        assert not offer.taken.is_set()
        assert requestor.reads(text)
        assert offer.taken.is_set()
