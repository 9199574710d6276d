"""Hotkeys through pynput, for where no key can be grabbed. An extra: its evdev dependency needs a compiler.

It goes by characters, so that a letter fires only on layouts that have it, and the focused window sees the key,
too. What programs type looks to it like what a person types: a hold key that occurs in text (space) ends its own
hold.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from sayso.config.chords import Chord
from sayso.errors import DisplayError
from sayso.hotkeys.attendance import CLOSE_SECONDS, Attendance, WaitableEvent
from sayso.hotkeys.facts import LET_GO, PRESSED, Action, Ask, FindDisplay, Standing

log = logging.getLogger(__name__)


def load_keyboard() -> Any:
    """Import `pynput.keyboard`, which connects to the display that DISPLAY names.

    Raises:
        DisplayError: there is none.

    """
    try:
        return importlib.import_module("pynput.keyboard")
    except Exception as error:  # its backends raise whatever their libraries do
        raise DisplayError(f"pynput cannot be used here ({error}); is the desktop session running?") from error


class PynputHotkeys:
    """Watches for keys through pynput, whenever there is a display.

    Args:
        chords: the keys.
        written: the same in pynput's own writing (`for_pynput`).
        ask: told what they ask for, on pynput's thread.
        find_display: asked for the display's name before each try to reach it.
        load: the edge to pynput.

    """

    def __init__(
        self,
        chords: Mapping[Action, Chord],
        written: Mapping[Action, str],
        ask: Ask,
        find_display: FindDisplay,
        load: Callable[[], Any] = load_keyboard,
    ) -> None:
        self._chords = chords
        self._written = written
        self._ask = ask
        self._load = load
        self._standing = Standing.WAITING
        self._attendance = Attendance(self._reach, self._attend, find_display)
        self._attendance.start()

    def describe(self) -> dict[str, str]:
        """How each hotkey stands now. Called by any thread; returns at once."""
        standing = self._standing
        return {action.value: f"{chord}{standing.value}" for action, chord in self._chords.items()}

    def close(self) -> None:
        """Watch no more; blocks until the listener has ended. Never raises."""
        self._attendance.close()

    def _reach(self, name: str) -> Any:
        os.environ["DISPLAY"] = name  # pynput takes it from nowhere else
        return self._load()

    def _attend(self, keyboard: Any, closing: WaitableEvent) -> None:
        if closing.wait(0):
            return
        strokes = Strokes(
            {action: keyboard.HotKey.parse(text) for action, text in self._written.items()}, self._ask
        )
        ended = WaitableEvent()
        listener = self._listen(keyboard, strokes, ended)
        self._standing = Standing.ACTIVE
        told_to_close = closing.wait_or(ended.fileno(), None)
        if told_to_close:
            listener.stop()
        is_over = ended.wait(CLOSE_SECONDS)
        self._standing = Standing.WAITING
        strokes.let_go_of_all()
        if is_over:
            ended.free()
        if not told_to_close:
            raise DisplayError("pynput's listener ended; is the desktop session still there?")

    def _listen(self, keyboard: Any, strokes: Strokes, ended: WaitableEvent) -> Any:
        listener: Any = keyboard.Listener(
            on_press=lambda key, injected=False: strokes.press(listener.canonical(key), injected),
            on_release=lambda key, injected=False: strokes.release(listener.canonical(key), injected),
        )
        run = listener.run

        def run_to_the_end() -> None:
            try:
                run()
            except Exception as error:  # whatever its library raises when the display goes away
                log.debug("pynput: %s", error)
            finally:
                ended.set()

        listener.run = run_to_the_end  # it is a thread, and one that dies of an exception ends the service
        listener.start()
        return listener


class Strokes:
    """Which chord is struck, from single keys going down and up; belongs to the listener's thread.

    Args:
        chords: for each action its keys, as pynput parses them: modifiers first.
        ask: told what they ask for.

    """

    def __init__(self, chords: Mapping[Action, list[Any]], ask: Ask) -> None:
        self._chords = {action: (frozenset(keys[:-1]), keys[-1]) for action, keys in chords.items()}
        self._modifiers = frozenset(key for modifiers, _ in self._chords.values() for key in modifiers)
        self._ask = ask
        self._down: set[Any] = set()
        self._held: dict[Any, Action] = {}

    def press(self, key: Any, injected: bool = False) -> None:
        """A key went down, or repeats; what a program made up, where pynput can tell, is no hotkey."""
        is_new = key not in self._down
        if injected:
            return
        self._down.add(key)
        held = self._down & self._modifiers
        for action, (modifiers, last) in self._chords.items():
            if is_new and key == last and held == modifiers:
                self._held[key] = action
                self._ask(PRESSED[action])

    def release(self, key: Any, injected: bool = False) -> None:
        """A key went up."""
        if injected:
            return
        self._down.discard(key)
        action = self._held.pop(key, None)
        if action in LET_GO:
            self._ask(LET_GO[action])

    def let_go_of_all(self) -> None:
        """Count every key as let go: nobody watches them any more."""
        for key in list(self._held):
            self.release(key)
