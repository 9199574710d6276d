"""Text goes to the window in which the utterance began, or nowhere: never into another."""

from __future__ import annotations

import pytest
from tests.desktop.dictation.conftest import Desk
from tests.desktop.rig.clients import gdbus_monitor, told_text
from tests.desktop.rig.phrases import CHILDREN, LETTER, TRAIN, WEATHER, Phrase, join, words
from tests.desktop.rig.saying import Saying, say
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry, XtermWindow

PAUSE_SECONDS = 0.1  # not long enough to end an utterance


@pytest.fixture(scope="session")
def letter(phrases: dict[str, Phrase], tmp_path_factory: pytest.TempPathFactory) -> Phrase:
    """One long utterance: there is much to come when the first words stand, however busy the machine."""
    path = tmp_path_factory.mktemp("speech") / "letter.wav"
    return join(path, [phrases[TRAIN], phrases[CHILDREN]], PAUSE_SECONDS)


def test_while_the_focus_is_elsewhere_the_text_waits_and_it_is_typed_when_the_focus_returns(
    desk: Desk, xterm: XtermWindow, gtk_entry: GtkEntry, letter: Phrase
) -> None:
    with desk.serve() as service, gdbus_monitor(desk.bus) as monitor:
        with Saying(desk.sound, letter) as saying:
            begun = gtk_entry.wait_for_first_words()
            xterm.focus()
            before = words(gtk_entry.text)
            desk.busctl.wait_for_problem("focus-moved")
            saying.wait_to_end()
        until(lambda: desk.busctl.status["held"] == 1, "the utterance to be over")
        assert before[: len(begun)] == begun
        assert len(before) < len(letter.words) - 5
        assert len(service.spooled) == 1, "what has not arrived must be kept"
        gtk_entry.focus()
        gtk_entry.wait_for_text(told_text(monitor.wait_for("UtteranceFinished")))
        desk.busctl.wait_for_problem("focus-moved", over=True)
        assert xterm.text == ""
        service.wait_for_empty_spool()


def test_by_setting_what_could_not_be_typed_goes_to_the_clipboard(
    desk: Desk, xterm: XtermWindow, gtk_entry: GtkEntry, letter: Phrase
) -> None:
    settings = "typist: {focus_moved: clipboard}"
    with desk.serve(settings=settings) as service, gdbus_monitor(desk.bus) as monitor:
        with Saying(desk.sound, letter) as saying:
            gtk_entry.wait_for_more()
            xterm.focus()
            saying.wait_to_end()
        service.wait_for_line("it is in the clipboard")
        assert words(gtk_entry.text) != [], "some of it stood there before"
        all_of_it = told_text(monitor.wait_for("UtteranceFinished"))
        assert f"{gtk_entry.text.rstrip()} {desk.x11.clipboard()}" == all_of_it
        assert xterm.text == ""
        service.wait_for_empty_spool()


def test_without_a_window_to_go_to_nothing_is_typed_the_audio_is_kept_and_the_next_window_gets_only_its_own(
    desk: Desk, xterm: XtermWindow, gtk_entry: GtkEntry, phrases: dict[str, Phrase]
) -> None:
    desk.x11.focus_nothing()
    with desk.serve() as service:
        say(desk.sound, phrases[WEATHER])
        service.wait_for_line("nothing had the focus when you began to speak")
        service.wait_for_line("its text is kept, see: sayso history")
        assert [words(told["text"]) for told in service.history()] == [words(WEATHER)]
        gtk_entry.focus()
        with Saying(desk.sound, phrases[CHILDREN]) as saying:
            began = gtk_entry.wait_for_first_words(1)
            gtk_entry.close()
            saying.wait_to_end()
        service.wait_for_line("its text is kept, see: sayso history")
        assert began == words(CHILDREN)[:1]
        assert len(service.history()) == 2
        assert "typist-failed" in desk.busctl.status["problems"]
        xterm.focus()
        assert xterm.text == ""
        say(desk.sound, phrases[LETTER])
        xterm.wait_for_words(words(LETTER))
        assert "typist-failed" not in desk.busctl.status["problems"]
