"""Keys pressed on a real X server, on any layout, with any lock on."""

from __future__ import annotations

import statistics
import time

import pytest
from tests.desktop.hotkeys.asking import Asked
from tests.desktop.hotkeys.conftest import Open
from tests.desktop.hotkeys.keyboards import Keyboard
from tests.desktop.rig.windows import GtkEntry
from tests.desktop.rig.x11 import KEY_ALT, KEY_D, KEY_MENU, KEY_SHIFT, KEY_SPACE, KEY_SUPER, KEY_X, KEY_Z, X11Rig

from sayso.control import Control

CAPS_LOCK, NUM_LOCK, F9, Q, A = 66, 77, 75, 24, 38


@pytest.mark.parametrize("layout", ["us", "de", "fr", "il"])
def test_every_hotkey_fires_on_every_layout(
    layout: str, x11: X11Rig, open_keys: Open, asked: Asked, keyboard: Keyboard
) -> None:
    x11.set_layout(layout)
    z = 29 if layout == "de" else 25 if layout == "fr" else KEY_Z  # where that letter is written
    open_keys()
    keyboard.strike(KEY_SUPER, KEY_ALT, KEY_D)
    asked.wait_for(Control.TOGGLE)
    keyboard.strike(KEY_SUPER, KEY_ALT, KEY_X)
    asked.wait_for(Control.CANCEL)
    keyboard.strike(KEY_SUPER, KEY_ALT, z)
    asked.wait_for(Control.UNDO)
    keyboard.strike(KEY_SUPER, KEY_ALT, KEY_SPACE)
    asked.wait_for(Control.HOLD, Control.RELEASE)


def test_a_key_stays_where_it_is_when_the_layout_changes(
    x11: X11Rig, open_keys: Open, asked: Asked, hand: Keyboard
) -> None:
    open_keys(toggle="super+alt+q")
    for layout in ("fr", "il", "de", "us"):
        x11.set_layout(layout)
        hand.strike(KEY_SUPER, KEY_ALT, Q)
        asked.wait_for(Control.TOGGLE)


def test_keys_fire_while_the_second_layout_is_on(
    x11: X11Rig, open_keys: Open, asked: Asked, hand: Keyboard
) -> None:
    x11.set_layout("us,il")
    open_keys()
    hand.strike(KEY_MENU)
    hand.strike(KEY_SUPER, KEY_ALT, KEY_D)
    asked.wait_for(Control.TOGGLE)
    hand.strike(KEY_MENU)


@pytest.mark.parametrize("locks", [(CAPS_LOCK,), (NUM_LOCK,), (CAPS_LOCK, NUM_LOCK)], ids=["caps", "num", "both"])
def test_keys_fire_with_caps_lock_and_num_lock_on(
    locks: tuple[int, ...], open_keys: Open, asked: Asked, hand: Keyboard
) -> None:
    open_keys()
    for lock in locks:
        hand.strike(lock)
    try:
        hand.strike(KEY_SUPER, KEY_ALT, KEY_D)
        asked.wait_for(Control.TOGGLE)
    finally:
        for lock in locks:
            hand.strike(lock)


def test_a_key_with_other_modifiers_is_not_ours(
    open_keys: Open, asked: Asked, hand: Keyboard, gtk_entry: GtkEntry
) -> None:
    open_keys()
    hand.strike(KEY_SUPER, KEY_ALT, KEY_SHIFT, KEY_D)
    hand.strike(KEY_D)
    gtk_entry.wait_for_text("d")
    hand.strike(KEY_SUPER, KEY_ALT, KEY_X)
    asked.wait_for(Control.CANCEL)


def test_one_long_press_asks_once_and_puts_nothing_into_the_window(
    open_keys: Open, asked: Asked, keyboard: Keyboard, gtk_entry: GtkEntry
) -> None:
    open_keys(toggle="pause", cancel="f9")
    for keycode, control in ((127, Control.TOGGLE), (F9, Control.CANCEL)):
        with keyboard.held(keycode):
            asked.wait_for(control)
            assert asked.is_quiet_for(1.2)  # auto-repeat would begin after 0.66 s
        keyboard.strike(keycode)
        asked.wait_for(control)
    assert gtk_entry.text == ""


def test_a_disabled_key_is_left_to_the_window(
    open_keys: Open, asked: Asked, hand: Keyboard, gtk_entry: GtkEntry
) -> None:
    hotkeys = open_keys(toggle="none")
    assert "toggle" not in hotkeys.describe()
    hand.strike(KEY_SUPER, KEY_ALT, KEY_D)
    hand.strike(A)
    gtk_entry.wait_for_text("a")
    assert asked.controls == []


def test_a_press_is_heard_at_once(open_keys: Open, asked: Asked, hand: Keyboard) -> None:
    open_keys(toggle="f9")
    late: list[float] = []
    for _ in range(50):
        began = time.monotonic()
        hand.down(F9)
        hand.up(F9)
        asked.wait_for(Control.TOGGLE)
        late.append(asked.times[-1] - began)
    assert statistics.median(late) < 0.05
