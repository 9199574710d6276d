"""The final mends what was typed before it, by backspaces, in a real window."""

from __future__ import annotations

import pytest
from tests.daemon.hearing import PACE, heard, spoken
from tests.desktop.rig.windows import GtkEntry, TextWindow, XtermWindow
from tests.desktop.typing.conftest import Aim

from sayso.dictation import Dictation
from sayso.events import Edit, Event, ProblemName, TimedWord, UtteranceDelivered
from sayso.formatter import Formatter
from sayso.recogniser import Final, Partial
from sayso.typist.delivery import Delivery
from sayso.typist.x11 import MOST_STROKES, X11Typist

MINE = "mine: "  # what the person had typed before


class Desk:
    """A dictation into whatever window has the focus."""

    def __init__(self, typist: X11Typist) -> None:
        self.events: list[Event] = []
        self.delivery = Delivery(typist, self.events.append)
        self.dictation = Dictation(
            Formatter(),
            self.delivery,
            self.events.append,
            place=self.delivery.place,
            deletes=self.delivery.deletes,
        )
        self.dictation.rewrite = True

    def begin(self, *partials: str) -> None:
        """Somebody begins to speak."""
        self.delivery.begin(1)
        for text in partials:
            self.dictation.take(Partial(heard(1, text)))

    def end(self, text: str) -> None:
        """The final comes."""
        self.dictation.take(Final(1, heard(1, text, final=True), True, 2.0))


@pytest.fixture(params=["gtk_entry", "xterm"])
def window(request: pytest.FixtureRequest) -> TextWindow:
    opened: TextWindow = request.getfixturevalue(request.param)
    opened.focus()
    return opened


def test_what_the_final_has_otherwise_is_mended_and_what_the_person_typed_stays(
    typist: X11Typist, aim: Aim, window: TextWindow
) -> None:
    typist.type(Edit(0, MINE), aim(window))
    desk = Desk(typist)
    desk.begin("so it goes — on", "so it goes — on")
    window.wait_for_text(f"{MINE}so it goes —")
    desk.end("so is goes ש on 😀")
    window.wait_for_text(f"{MINE}so is goes ש on 😀")
    desk.delivery.undo()
    window.wait_for_text(MINE)


def test_more_than_is_struck_at_once_is_mended_as_well(typist: X11Typist, aim: Aim, gtk_entry: GtkEntry) -> None:
    gtk_entry.focus()
    aim(gtk_entry)
    words = [f"word{n}" for n in range(3 * MOST_STROKES // 6)]
    text = " ".join(words)
    desk = Desk(typist)
    desk.begin(f"{text} on", f"{text} on")
    gtk_entry.wait_for_text(text)
    mended = " ".join(["Word0", *words[1:]])
    desk.end(f"{mended} on")
    gtk_entry.wait_for_text(f"{mended} on")


def test_while_the_focus_is_elsewhere_nothing_is_mended_and_afterwards_it_is(
    typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, xterm: XtermWindow
) -> None:
    gtk_entry.focus()
    aim(gtk_entry)
    desk = Desk(typist)
    desk.begin("so it goes on", "so it goes on")
    gtk_entry.wait_for_text("so it goes")
    xterm.focus()
    desk.dictation.take(Partial(heard(1, "so it goes on and on")))
    desk.end("so is goes on and in")
    assert (gtk_entry.text, xterm.text) == ("so it goes", "")
    assert ProblemName.FOCUS_MOVED in [getattr(event, "name", None) for event in desk.events]
    gtk_entry.focus()
    aim(gtk_entry)
    desk.delivery.retry()
    gtk_entry.wait_for_text("so is goes on and in")
    assert xterm.text == ""
    assert UtteranceDelivered(1) in desk.events


def test_an_accent_is_mended_with_its_letter(typist: X11Typist, aim: Aim, gtk_entry: GtkEntry) -> None:
    gtk_entry.focus()
    aim(gtk_entry)

    def words(*texts: str) -> tuple[TimedWord, ...]:
        return tuple(TimedWord(text, n * PACE, (n + 1) * PACE, 0.9) for n, text in enumerate(texts))

    desk = Desk(typist)
    desk.begin()
    for _ in range(2):
        desk.dictation.take(Partial(spoken(1, words(" caf", "e", "\u0301", " now"))))
    gtk_entry.wait_for_text("cafe\u0301")
    desk.dictation.take(Final(1, spoken(1, words(" caf", "e", "\u0302", " then"), final=True), True, 2.0))
    gtk_entry.wait_for_text("cafe\u0302 then")
