"""The pynput backend, with a double of pynput at the edge."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

import pytest

from sayso.config.chords import parse_chord
from sayso.control import Control
from sayso.errors import DisplayError, HotkeyError
from sayso.hotkeys.facts import Action
from sayso.hotkeys.pynput import PynputHotkeys, Strokes
from sayso.hotkeys.pynput_keys import written_for_pynput

CHORDS = {Action.TOGGLE: parse_chord("super+alt+d"), Action.HOLD: parse_chord("f9")}
WRITTEN = {action: written_for_pynput(chord, "") for action, chord in CHORDS.items()}


class HotKey:
    @staticmethod
    def parse(text: str) -> list[str]:
        return text.split("+")


class Listener(threading.Thread):
    """Runs until it is stopped, or its display goes."""

    def __init__(self, on_press: Callable[..., None], on_release: Callable[..., None]) -> None:
        super().__init__(daemon=True)
        self.press, self.release = on_press, on_release
        self.ends: queue.Queue[Exception | None] = queue.Queue()

    def canonical(self, key: str) -> str:
        return key.lower()

    def run(self) -> None:
        outcome = self.ends.get()
        if outcome is not None:
            raise outcome

    def stop(self) -> None:
        self.ends.put(None)


class FakeKeyboard:
    """pynput.keyboard; hands out the listeners as they are made."""

    HotKey = HotKey

    def __init__(self) -> None:
        self.listeners: queue.Queue[Listener] = queue.Queue()

    def Listener(self, **callbacks: Callable[..., None]) -> Listener:  # noqa: N802  # pynput's name
        listener = Listener(**callbacks)
        self.listeners.put(listener)
        return listener


@pytest.fixture(autouse=True)
def display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":7")  # and back, since the backend sets it


def test_keys_ask_when_they_go_down_and_the_hold_key_when_it_goes_up() -> None:
    keyboard, asked = FakeKeyboard(), []
    hotkeys = PynputHotkeys(CHORDS, WRITTEN, asked.append, lambda: ":7", lambda: keyboard)
    listener = keyboard.listeners.get(timeout=5)
    for key in ("<cmd>", "<alt>", "D", "D"):
        listener.press(key)
    listener.release("d", False)
    listener.press("<f9>", False)
    assert asked == [Control.TOGGLE]  # Super and Alt are still down: not the hold key
    for key in ("<alt>", "<cmd>", "<f9>"):
        listener.release(key)
    listener.press("<f9>", True)  # made up by a program
    listener.press("<f9>", False)
    listener.release("<f9>", True)
    assert asked == [Control.TOGGLE, Control.HOLD]
    hotkeys.close()
    assert asked == [Control.TOGGLE, Control.HOLD, Control.RELEASE]
    listener.join(5)
    assert not listener.is_alive()


def test_a_listener_that_dies_lets_go_and_another_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hotkeys.attendance.FIRST_PAUSE_SECONDS", 0.01)
    keyboard, asked = FakeKeyboard(), queue.Queue[Control]()
    hotkeys = PynputHotkeys(CHORDS, WRITTEN, asked.put, lambda: ":7", lambda: keyboard)
    first = keyboard.listeners.get(timeout=5)
    first.press("<f9>")
    assert asked.get(timeout=5) is Control.HOLD
    first.ends.put(OSError("the display is gone"))
    assert asked.get(timeout=5) is Control.RELEASE
    keyboard.listeners.get(timeout=5).press("<f9>")
    assert asked.get(timeout=5) is Control.HOLD
    hotkeys.close()


def test_without_a_display_it_keeps_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hotkeys.attendance.FIRST_PAUSE_SECONDS", 0.01)
    keyboard, tries = FakeKeyboard(), []

    def load() -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise DisplayError("none")
        return keyboard

    hotkeys = PynputHotkeys(CHORDS, WRITTEN, lambda _: None, lambda: ":7", load)
    assert hotkeys.describe()["hold"] == "f9 (no display to watch it on)"
    keyboard.listeners.get(timeout=5)
    hotkeys.close()


def test_chords_are_written_as_pynput_reads_them() -> None:
    assert written_for_pynput(parse_chord("ctrl+`"), "") == "<ctrl>+`"
    assert written_for_pynput(parse_chord("ctrl+escape"), "") == "<ctrl>+<esc>"
    assert written_for_pynput(parse_chord("f9"), "") == "<f9>"


@pytest.mark.parametrize("text", ["f21", "hyper+d"])
def test_a_key_that_pynput_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(HotkeyError, match=r"hotkeys\.undo: .* is beyond pynput"):
        written_for_pynput(parse_chord(text), "hotkeys.undo")


def test_modifiers_let_go_first_end_no_hold() -> None:
    asked: list[Control] = []
    strokes = Strokes({Action.HOLD: ["<cmd>", "space"]}, asked.append)
    for key in ("<cmd>", "space"):
        strokes.press(key)
    strokes.release("<cmd>")
    strokes.press("space")  # repeats
    assert asked == [Control.HOLD]
    strokes.release("space")
    assert asked == [Control.HOLD, Control.RELEASE]
