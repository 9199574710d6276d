"""What a person does with text, with a voice from end to end: sends it elsewhere, commands, keeps windows out."""

from __future__ import annotations

import json
from pathlib import Path

from tests.desktop.dictation.conftest import Desk
from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.clients import Busctl, gdbus_monitor, told_text
from tests.desktop.rig.phrases import LETTER, TRAIN, WEATHER, Phrase, run_sayso, words
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying, say
from tests.desktop.rig.service import OPENED, Service
from tests.desktop.rig.speech import Speaker
from tests.desktop.rig.sway import FootWindow, GtkOnSway, SwayRig
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry, GtkTextView, XtermWindow


def test_text_that_waits_for_its_window_is_typed_where_the_person_says(
    desk: Desk, xterm: XtermWindow, gtk_entry: GtkEntry, phrases: dict[str, Phrase]
) -> None:
    with desk.serve() as service, gdbus_monitor(desk.bus) as monitor:
        with Saying(desk.sound, phrases[TRAIN]) as saying:
            gtk_entry.wait_for_first_words()
            xterm.focus()
            saying.wait_to_end()
        until(lambda: desk.busctl.status["held"] == 1, "the utterance to be over")
        stood = gtk_entry.text
        run_sayso(service.env, "here")
        finished = told_text(monitor.wait_for("UtteranceFinished"))
        until(lambda: words(f"{stood} {xterm.text}") == words(finished), "the rest in the other window")
        desk.busctl.wait_for_problem("focus-moved", over=True)
        assert gtk_entry.text == stood
        service.wait_for_empty_spool()


def test_a_window_that_is_closed_in_mid_sentence_leaves_its_text_in_the_history(
    desk: Desk, gtk_entry: GtkEntry, phrases: dict[str, Phrase]
) -> None:
    with desk.serve() as service:
        with GtkTextView(desk.x11) as window:
            window.focus()
            with Saying(desk.sound, phrases[TRAIN]) as saying:
                window.wait_for_first_words()
                window.close()
                saying.wait_to_end()
        service.wait_for_line("see: sayso history")
        (told,) = run_sayso(service.env, "history", "--json").stdout.splitlines()
        entry = json.loads(told)
        assert len(words(entry["text"])) == len(words(TRAIN))
        assert entry["app"] == "Gtk_window.py"
        assert gtk_entry.text == ""


def test_an_application_for_which_dictation_is_off_gets_nothing_and_nothing_is_kept(
    desk: Desk, xterm: XtermWindow, gtk_entry: GtkEntry, phrases: dict[str, Phrase]
) -> None:
    profiles = Path(desk.sound.env["XDG_CONFIG_HOME"], "sayso", "applications.yaml")
    profiles.parent.mkdir(parents=True, exist_ok=True)
    profiles.write_text("gtk_window*:\n  dictation: off\nXTerm:\n  casing: lower\n")
    with desk.serve() as service, gdbus_monitor(desk.bus) as monitor:
        gtk_entry.focus()
        say(desk.sound, phrases[TRAIN])
        desk.busctl.wait_for_problem("not-here")
        desk.busctl.wait_for_state("listening")
        assert service.spooled == []
        xterm.focus()
        say(desk.sound, phrases[WEATHER])
        finished = told_text(monitor.wait_for("UtteranceFinished"))
        until(lambda: xterm.text == finished, "the words in the terminal")
        assert finished == finished.lower()
        assert words(finished) == words(WEATHER)
        assert gtk_entry.text == ""
        desk.busctl.wait_for_problem("not-here", over=True)


def test_a_spoken_new_line_is_one_and_no_words(desk: Desk, gtk_view: GtkTextView, speech: Speaker) -> None:
    spoken = speech("The weather is lovely today. New line. Please send the letter to my brother.")
    with desk.serve():
        gtk_view.focus()
        desk.sound.play(spoken)
        until(lambda: words(gtk_view.text) == words(WEATHER + " " + LETTER), "both sentences")
    first, second = gtk_view.text.splitlines()
    assert words(first) == words(WEATHER)
    assert words(second) == words(LETTER)


def test_on_sway_what_is_said_stands_in_the_window_in_which_one_began(
    pulse: PulseRig, bus: BusRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    with SwayRig() as sway, FootWindow(sway) as foot, GtkOnSway(sway, 3, "view") as window:
        env = {**bus.env, "WAYLAND_DISPLAY": str(sway.find()), "XDG_SESSION_TYPE": "wayland"}
        with Service(pulse, store, env=env) as service, gdbus_monitor(bus) as monitor:
            service.wait_for_line(OPENED)
            busctl = Busctl(bus)
            assert "Wayland" in busctl.status["typist"]
            window.focus()
            with Saying(pulse, phrases[TRAIN]) as saying:
                until(lambda: bool(window.text), "the first words")
                foot.focus()
                saying.wait_to_end()
            until(lambda: busctl.status["held"] == 1, "the utterance to be over")
            run_sayso(service.env, "back")
            window.wait_for_text(told_text(monitor.wait_for("UtteranceFinished (uint64 1,")))
            foot.focus()
            say(pulse, phrases[WEATHER])
            finished = told_text(monitor.wait_for("UtteranceFinished (uint64 2,"))
            until(lambda: foot.text == finished, "the words in the terminal")
            assert words(window.text) == words(TRAIN)
