"""The display or the bus goes away in mid-sentence, and comes back."""

from __future__ import annotations

from tests.desktop.dictation.conftest import Desk
from tests.desktop.rig.phrases import CHILDREN, TRAIN, WEATHER, Phrase, words
from tests.desktop.rig.saying import Saying, say
from tests.desktop.rig.windows import GtkEntry
from tests.desktop.rig.x11 import TOGGLE


def test_when_the_display_is_lost_the_audio_is_kept_and_with_a_new_one_keys_and_typing_work_again(
    desk: Desk, gtk_entry: GtkEntry, phrases: dict[str, Phrase]
) -> None:
    with desk.serve("--mode", "toggle") as service:
        desk.busctl.call("Start")
        with Saying(desk.sound, phrases[CHILDREN]) as saying:
            gtk_entry.wait_for_more()
            desk.x11.kill()
            desk.busctl.wait_for_problem("display-lost")
            saying.wait_to_end()
        service.wait_for_line("its text is kept, see: sayso history")
        (kept,) = service.history()
        assert len(words(kept["text"])) == len(words(CHILDREN)), service.err
        desk.busctl.call("Stop")
        desk.x11.restart()
        desk.busctl.wait_for_problem("display-lost", over=True)
        with GtkEntry(desk.x11) as window:
            desk.x11.press(*TOGGLE)
            desk.busctl.wait_for_state("listening")
            say(desk.sound, phrases[WEATHER])
            window.wait_for_words(words(WEATHER))


def test_when_the_bus_is_lost_dictation_goes_on_and_on_a_new_one_the_service_is_found_again(
    desk: Desk, gtk_entry: GtkEntry, phrases: dict[str, Phrase]
) -> None:
    with desk.serve() as service:
        with Saying(desk.sound, phrases[TRAIN]) as saying:
            gtk_entry.wait_for_more()
            desk.bus.kill()
            saying.wait_to_end()
        service.wait_for_line("the session bus went away")
        gtk_entry.wait_for_words(words(TRAIN))
        assert "bus" in service.err
        desk.bus.start()
        desk.busctl.wait_for_service()
        desk.busctl.wait_for_problem("bus-lost", over=True)
