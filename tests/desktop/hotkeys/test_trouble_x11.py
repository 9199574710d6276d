"""Hotkeys on bad days: keys that others have, displays that go, and leaving everything as it was."""

from __future__ import annotations

import threading

import pytest
from tests.desktop.hotkeys.asking import Asked, keys
from tests.desktop.hotkeys.conftest import Open
from tests.desktop.hotkeys.keyboards import Keyboard
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry
from tests.desktop.rig.x11 import KEY_ALT, KEY_D, KEY_SPACE, KEY_SUPER, KEY_X, X11Rig
from Xlib import X
from Xlib.display import Display

from sayso.control import Control
from sayso.events import Problem, ProblemCleared, ProblemName
from sayso.hotkeys import open_hotkeys

F9 = 75
TAKEN = X.Mod1Mask | X.Mod4Mask


def take(display: str, *keycodes: int) -> Display:
    """Grab keys as another program does; closing the connection frees them."""
    other = Display(display)
    for keycode in keycodes:
        other.screen().root.grab_key(keycode, TAKEN, False, X.GrabModeAsync, X.GrabModeAsync)
    other.sync()
    return other


def test_taken_keys_are_named_and_the_others_work(
    x11: X11Rig, open_keys: Open, asked: Asked, hand: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.hotkeys.watch.RETRY_SECONDS", 0.1)
    first, second = take(x11.display, KEY_D), take(x11.display, KEY_X)
    hotkeys = open_keys()
    (problem,) = asked.wait_for_reports(1)
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.HOTKEY_TAKEN
    assert "super+alt+d (hotkeys.toggle) and super+alt+x (hotkeys.cancel) are taken" in problem.message
    assert "config.yaml" in problem.message
    assert hotkeys.describe() == {
        "toggle": "super+alt+d (taken by another program)",
        "hold": "super+alt+space",
        "cancel": "super+alt+x (taken by another program)",
        "undo": "super+alt+z",
    }
    hand.strike(KEY_SUPER, KEY_ALT, KEY_SPACE)
    asked.wait_for(Control.HOLD, Control.RELEASE)

    first.close()
    _, problem = asked.wait_for_reports(2)
    assert isinstance(problem, Problem)
    assert problem.message.startswith("super+alt+x (hotkeys.cancel) is taken")
    second.close()
    assert asked.wait_for_reports(3)[-1] == ProblemCleared(ProblemName.HOTKEY_TAKEN)
    hand.strike(KEY_SUPER, KEY_ALT, KEY_D)
    hand.strike(KEY_SUPER, KEY_ALT, KEY_X)
    asked.wait_for(Control.TOGGLE, Control.CANCEL)


def test_two_hotkeys_that_are_one_key_on_this_keyboard_are_told_as_such(
    open_keys: Open, asked: Asked, hand: Keyboard
) -> None:
    hotkeys = open_keys(toggle="super+f9", cancel="hyper+f9")
    (problem,) = asked.wait_for_reports(1)
    assert isinstance(problem, Problem)
    assert "hyper+f9 (hotkeys.cancel) is the same key as super+f9 (hotkeys.toggle)" in problem.message
    assert "another program" not in problem.message
    assert hotkeys.describe()["toggle"] == "super+f9"
    assert hotkeys.describe()["cancel"] == "hyper+f9 (the same key as another hotkey, on this keyboard)"
    hand.strike(KEY_SUPER, F9)
    asked.wait_for(Control.TOGGLE)


def test_closing_takes_the_problem_back(x11: X11Rig, open_keys: Open, asked: Asked) -> None:
    other = take(x11.display, KEY_D)
    hotkeys = open_keys()
    asked.wait_for_reports(1)
    hotkeys.close()
    assert asked.wait_for_reports(2)[-1] == ProblemCleared(ProblemName.HOTKEY_TAKEN)
    other.close()


def test_closing_leaves_the_keys_to_others_and_auto_repeat_as_it_was(
    x11: X11Rig, open_keys: Open, asked: Asked, hand: Keyboard, gtk_entry: GtkEntry
) -> None:
    before = bytes(x11.eye.get_keyboard_control().auto_repeats)
    hotkeys = open_keys()
    hand.down(KEY_SUPER, KEY_ALT, KEY_SPACE)
    asked.wait_for(Control.HOLD)
    hotkeys.close()
    assert bytes(x11.eye.get_keyboard_control().auto_repeats) == before
    hand.up(KEY_SPACE, KEY_ALT, KEY_SUPER)
    assert x11.keys_down == []
    with hand.held(KEY_SPACE):
        gtk_entry.wait_until(lambda text: len(text) >= 3, "the key to repeat again")
    refused: list[object] = []
    other = take(x11.display)
    other.set_error_handler(lambda *error: refused.append(error))
    other.screen().root.grab_key(KEY_D, TAKEN, False, X.GrabModeAsync, X.GrabModeAsync)
    other.sync()
    other.close()
    assert refused == []


def test_keys_work_again_after_the_display_died(x11: X11Rig, open_keys: Open, asked: Asked) -> None:
    hotkeys = open_keys()
    x11.kill()
    until(lambda: "no display" in hotkeys.describe()["toggle"], "the loss to be seen")
    x11.restart()
    until(lambda: hotkeys.describe()["toggle"] == "super+alt+d", "the hotkeys to be back")
    hand = Keyboard(x11.display)
    hand.strike(KEY_SUPER, KEY_ALT, KEY_D)
    asked.wait_for(Control.TOGGLE)
    hand.close()


def test_a_display_that_comes_later_is_found(x11: X11Rig, asked: Asked, hand: Keyboard) -> None:
    session: list[str] = []
    hotkeys = open_hotkeys(keys(), asked.ask, asked.report, lambda: session[0] if session else None)
    assert hotkeys.describe()["toggle"] == "super+alt+d (no display to watch it on)"
    session.append(x11.display)
    until(lambda: hotkeys.describe()["toggle"] == "super+alt+d", "the hotkeys to be watched")
    hand.strike(KEY_SUPER, KEY_ALT, KEY_D)
    asked.wait_for(Control.TOGGLE)
    hotkeys.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # python-xlib leaves sockets open
def test_a_display_that_cannot_be_reached_is_no_problem_and_closing_is_quick(asked: Asked) -> None:
    hotkeys = open_hotkeys(keys(), asked.ask, asked.report, lambda: ":59000")
    assert hotkeys.describe()["hold"] == "super+alt+space (no display to watch it on)"
    hotkeys.close()
    hotkeys.close()
    assert "sayso-hotkeys" not in {thread.name for thread in threading.enumerate()}
    assert asked.reports == []


def test_keys_that_were_just_closed_can_be_opened_again(open_keys: Open, asked: Asked) -> None:
    for _ in range(30):
        hotkeys = open_keys()
        assert "taken" not in str(hotkeys.describe())
        hotkeys.close()
    assert asked.reports == []
