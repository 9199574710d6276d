"""Other programs drive the service, through D-Bus libraries that nobody here wrote."""

from __future__ import annotations

import json

from tests.desktop.dictation.conftest import Desk
from tests.desktop.rig.clients import gdbus, gdbus_monitor, pydbus_client, told_text
from tests.desktop.rig.phrases import LETTER, TRAIN, Phrase, words
from tests.desktop.rig.saying import say
from tests.desktop.rig.windows import GtkEntry


def test_busctl_gdbus_and_pydbus_start_and_stop_it_and_its_signals_carry_the_words(
    desk: Desk, gtk_entry: GtkEntry, phrases: dict[str, Phrase]
) -> None:
    with desk.serve("--mode", "toggle"), gdbus_monitor(desk.bus) as monitor, pydbus_client(desk.bus) as pydbus:
        assert desk.busctl.read("State") == "idle"
        desk.busctl.call("Start")
        desk.busctl.wait_for_state("listening")
        say(desk.sound, phrases[TRAIN])
        text = told_text(monitor.wait_for("UtteranceFinished"))
        committed = "".join(told_text(line) for line in monitor.lines if ".Committed" in line)
        assert words(text) == words(TRAIN)
        assert committed == text
        assert gdbus(desk.bus, "Stop") == "()"
        monitor.wait_for("StateChanged ('idle',)")
        gtk_entry.wait_for_text(text)
        pydbus.wait_for('["StateChanged", "idle"]')

        pydbus.tell("Toggle")
        desk.busctl.wait_for_state("listening")
        say(desk.sound, phrases[LETTER])
        _, utterance, more, seconds = json.loads(pydbus.wait_for('["UtteranceFinished", 2'))
        pydbus.tell("Stop")
        desk.busctl.wait_for_state("idle")
        assert utterance == 2
        assert words(more) == words(LETTER)
        assert 0 < seconds < 60
        gtk_entry.wait_for_text(text + more)
