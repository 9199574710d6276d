"""Hold-to-talk on a real X server: from the press to the release, whatever happens in between."""

from __future__ import annotations

import pytest
from tests.desktop.hotkeys.asking import Asked
from tests.desktop.hotkeys.conftest import Open
from tests.desktop.hotkeys.keyboards import Keyboard
from tests.desktop.rig.windows import GtkEntry, GtkTextView
from tests.desktop.rig.x11 import KEY_ALT, KEY_D, KEY_SPACE, KEY_SUPER, X11Rig
from Xlib import X
from Xlib.display import Display

from sayso.control import Control
from sayso.hotkeys.watch import DisplayWatch

F9 = 75


def assert_nothing_more(asked: Asked, keyboard: Keyboard) -> None:
    """Ask for something else: whatever came before it would be seen."""
    keyboard.strike(KEY_SUPER, KEY_ALT, KEY_D)
    asked.wait_for(Control.TOGGLE)


def test_the_hold_lasts_until_the_key_is_up(open_keys: Open, asked: Asked, keyboard: Keyboard) -> None:
    open_keys()
    with keyboard.held(KEY_SUPER, KEY_ALT, KEY_SPACE):
        asked.wait_for(Control.HOLD)
        assert asked.is_quiet_for(1.5)
    asked.wait_for(Control.RELEASE)
    assert_nothing_more(asked, keyboard)


def test_a_key_that_is_held_does_not_repeat_and_bring_its_grab_back(
    open_keys: Open, asked: Asked, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    presses: list[int] = []
    end_grab = DisplayWatch._end_grab

    def counted(watch: DisplayWatch, keycode: int) -> frozenset[int]:
        presses.append(keycode)
        return end_grab(watch, keycode)

    monkeypatch.setattr(DisplayWatch, "_end_grab", counted)
    open_keys(hold="f9")
    with keyboard.held(F9):
        asked.wait_for(Control.HOLD)
        assert asked.is_quiet_for(1.5)  # it would begin after 0.7 s
    asked.wait_for(Control.RELEASE)
    assert presses == [F9]


def test_text_with_the_hold_key_in_it_arrives_while_the_key_is_held(
    x11: X11Rig, open_keys: Open, asked: Asked, hand: Keyboard, gtk_view: GtkTextView
) -> None:
    open_keys()
    with hand.held(KEY_SUPER, KEY_ALT, KEY_SPACE):
        asked.wait_for(Control.HOLD)
        x11.key_up(KEY_ALT)  # as the typist does, whose letters these modifiers would spoil
        x11.key_up(KEY_SUPER)
        for _ in range(20):
            for keycode in (KEY_D, KEY_D, KEY_D, KEY_SPACE) * 3:
                x11.press(keycode)
        gtk_view.wait_for_text("ddd " * 60)
        assert gtk_view.is_quiet_for(1.0)  # no repeat of the hold key either
        assert asked.controls == []
    asked.wait_for(Control.RELEASE)
    x11.press(KEY_D)
    gtk_view.wait_for_text("ddd " * 60 + "d")  # and nothing between


def test_text_arrives_while_a_program_holds_the_key(
    x11: X11Rig, open_keys: Open, asked: Asked, gtk_view: GtkTextView
) -> None:
    open_keys(hold="f9")
    with x11.held(F9):
        asked.wait_for(Control.HOLD)
        for _ in range(200):
            x11.press(KEY_D)
        gtk_view.wait_for_text("d" * 200)
        assert gtk_view.is_quiet_for(1.0)
        assert asked.controls == []
    asked.wait_for(Control.RELEASE)


def test_modifiers_let_go_first_end_nothing(open_keys: Open, asked: Asked, keyboard: Keyboard) -> None:
    open_keys()
    keyboard.down(KEY_SUPER, KEY_ALT, KEY_SPACE)
    asked.wait_for(Control.HOLD)
    keyboard.up(KEY_SUPER, KEY_ALT)
    assert_nothing_more(asked, keyboard)
    keyboard.up(KEY_SPACE)
    asked.wait_for(Control.RELEASE)
    assert_nothing_more(asked, keyboard)


def test_the_same_key_works_again_and_again(open_keys: Open, asked: Asked, keyboard: Keyboard) -> None:
    open_keys()
    for _ in range(20):
        keyboard.strike(KEY_SUPER, KEY_ALT, KEY_SPACE)
        asked.wait_for(Control.HOLD, Control.RELEASE)


def test_a_key_let_go_while_another_client_has_the_keyboard_ends_the_hold(
    x11: X11Rig, open_keys: Open, asked: Asked, keyboard: Keyboard
) -> None:
    open_keys()
    other = Display(x11.display)
    with keyboard.held(KEY_SUPER, KEY_ALT, KEY_SPACE):
        asked.wait_for(Control.HOLD)
        grabbed = other.screen().root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        assert grabbed == X.GrabSuccess
        other.sync()
    asked.wait_for(Control.RELEASE)
    other.close()


def test_a_release_that_no_event_tells_is_found_by_looking(
    x11: X11Rig, open_keys: Open, asked: Asked, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.hotkeys.devices.Keyboards.tell_releases", lambda _self, _on: None)
    open_keys()
    with keyboard.held(KEY_SUPER, KEY_ALT, KEY_SPACE):
        asked.wait_for(Control.HOLD)
        assert asked.is_quiet_for(0.5)
    asked.wait_for(Control.RELEASE, timeout_seconds=1.0)


def test_a_display_that_dies_ends_the_hold(x11: X11Rig, open_keys: Open, asked: Asked, hand: Keyboard) -> None:
    open_keys()
    hand.down(KEY_SUPER, KEY_ALT, KEY_SPACE)
    asked.wait_for(Control.HOLD)
    x11.kill()
    asked.wait_for(Control.RELEASE, timeout_seconds=1.0)
    x11.restart()


def test_closing_ends_the_hold(open_keys: Open, asked: Asked, hand: Keyboard) -> None:
    hotkeys = open_keys()
    with hand.held(KEY_SUPER, KEY_ALT, KEY_SPACE):
        asked.wait_for(Control.HOLD)
        hotkeys.close()
        asked.wait_for(Control.RELEASE)


def test_a_toggle_key_still_held_swallows_no_text(
    x11: X11Rig, open_keys: Open, asked: Asked, hand: Keyboard, gtk_entry: GtkEntry
) -> None:
    open_keys(toggle="f9")
    with hand.held(F9):
        asked.wait_for(Control.TOGGLE)
        x11.press(KEY_D)
        gtk_entry.wait_for_text("d")
