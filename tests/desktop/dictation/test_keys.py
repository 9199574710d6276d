"""Hotkeys, struck by key code, whatever the layout calls them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.desktop.dictation.conftest import Desk
from tests.desktop.rig.phrases import CHILDREN, TRAIN, WEATHER, Phrase, join, words
from tests.desktop.rig.saying import Saying
from tests.desktop.rig.windows import GtkEntry, XtermWindow
from tests.desktop.rig.x11 import CANCEL, HOLD, KEY_ALT, KEY_D, KEY_MENU, KEY_SPACE, KEY_SUPER, TOGGLE, UNDO

QUIET_SECONDS = 1.0  # three hops
PAUSE_SECONDS = 0.1  # not long enough to end an utterance
MODIFIERS = (KEY_SUPER, KEY_ALT)


@pytest.mark.parametrize(
    ("layout", "settings", "keys"),
    [
        pytest.param("il", "mode: hold", HOLD, id="il"),
        # The text is full of what the key itself would type.
        pytest.param(
            "us", "mode: hold\nhotkeys: {hold: super+alt+space}", (*MODIFIERS, KEY_SPACE), id="us, space"
        ),
    ],
)
def test_held_down_the_key_has_text_typed_live_and_let_go_it_ends(
    desk: Desk,
    gtk_entry: GtkEntry,
    layout: str,
    settings: str,
    keys: tuple[int, ...],
    phrases: dict[str, Phrase],
) -> None:
    desk.x11.set_layout(layout)
    with desk.serve(settings=settings) as service:
        with Saying(desk.sound, phrases[TRAIN]) as saying:
            with desk.x11.held(*keys):
                assert gtk_entry.wait_for_first_words() == words(TRAIN)[:2]
                saying.wait(phrases[TRAIN].hush)
            gtk_entry.wait_for_words(words(TRAIN))
        desk.busctl.wait_for_state("idle")
        assert desk.x11.keys_down == []
        service.wait_for_empty_spool()


def test_a_key_whose_release_was_lost_leaves_no_microphone_open(
    desk: Desk, gtk_entry: GtkEntry, phrases: dict[str, Phrase]
) -> None:
    with desk.serve("--mode", "toggle"):
        with desk.x11.held(*HOLD):
            desk.busctl.wait_for_state("listening", "speaking")
            desk.x11.break_grabs()
        assert desk.x11.keys_down == []
        desk.busctl.wait_for_state("idle")
        with Saying(desk.sound, phrases[WEATHER]) as saying, desk.x11.held(*HOLD):
            saying.wait(phrases[WEATHER].hush)
        gtk_entry.wait_for_words(words(WEATHER))


def test_the_toggle_and_undo_keys_work_on_the_second_layout_and_in_a_terminal(
    desk: Desk, xterm: XtermWindow, phrases: dict[str, Phrase]
) -> None:
    desk.x11.set_layout("us,il")
    desk.x11.press(KEY_MENU)
    desk.x11.press(KEY_D)
    desk.x11.press(KEY_SPACE)
    xterm.wait_for_text("ג ")
    with desk.serve("--mode", "toggle") as service:
        desk.x11.press(*TOGGLE)
        desk.busctl.wait_for_state("listening")
        with Saying(desk.sound, phrases[WEATHER]) as saying:
            saying.wait(phrases[WEATHER].hush)
            desk.x11.press(*TOGGLE)
        xterm.wait_for_words(["ג", *words(WEATHER)])
        desk.busctl.wait_for_state("idle")
        service.wait_for_empty_spool()
        desk.x11.press(*UNDO)
        xterm.wait_for_text("ג ")
    desk.x11.press(KEY_D)
    xterm.wait_for_text("ג ג")  # the layout is as it was found


def test_the_cancel_key_forgets_what_is_being_said_and_the_undo_key_takes_away_what_was_typed(
    desk: Desk, gtk_entry: GtkEntry, phrases: dict[str, Phrase], tmp_path: Path
) -> None:
    # Long enough that its end is far away when the first words stand, however busy the machine.
    cancelled = join(tmp_path / "cancelled.wav", [phrases[CHILDREN], phrases[TRAIN]], PAUSE_SECONDS)
    desk.x11.press(KEY_D)
    desk.x11.press(KEY_SPACE)
    gtk_entry.wait_for_text("d ")
    with desk.serve("--mode", "toggle") as service:
        desk.x11.press(*TOGGLE)
        desk.busctl.wait_for_state("listening")
        with Saying(desk.sound, phrases[WEATHER]) as saying:
            saying.wait_to_end()
        said = gtk_entry.wait_until(lambda text: text.endswith("."), "the end of the sentence")
        assert words(said) == ["d", *words(WEATHER)]
        with Saying(desk.sound, cancelled):
            gtk_entry.wait_for_more()
            desk.x11.press(*CANCEL)
            desk.busctl.wait_for_state("idle")
            left = gtk_entry.text
            assert gtk_entry.is_quiet_for(QUIET_SECONDS)
        assert len(words(left)) < len(["d", *words(WEATHER), *words(cancelled.text)]) - 5
        service.wait_for_empty_spool()
        desk.x11.press(*UNDO)
        gtk_entry.wait_for_text(said)
        desk.x11.press(*UNDO)
        gtk_entry.wait_for_text("d ")
        desk.x11.press(*UNDO)  # there is nothing more of ours
        desk.x11.press(KEY_D)
        gtk_entry.wait_for_text("d d")
