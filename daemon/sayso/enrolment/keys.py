"""Single keys of the terminal, without the Enter key after them."""

from __future__ import annotations

import os
import select
import termios
import tty
from contextlib import suppress
from enum import Enum
from typing import Any, Self

MOST_BYTES = 1024  # that are read at once: whoever pastes a page means none of its letters
ESCAPE = b"\x1b"  # begins what arrow and function keys send, which has letters in it


class Key(Enum):
    """What a key asks for."""

    DONE = "\n"
    AGAIN = "r"
    SKIP = "s"
    BACK = "b"
    KEEP = "k"
    PAUSE = "p"
    QUIT = "q"


MEANING = {key.value: key for key in Key} | {"\r": Key.DONE, " ": Key.DONE, "\x04": Key.QUIT}


class Keyboard:
    """The terminal's keys. Use as a context manager: leaving gives the terminal back as it was.

    Args:
        terminal: its file descriptor.

    """

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._before: list[Any] = []

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(self._terminal)
        tty.setcbreak(self._terminal, termios.TCSADRAIN)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(termios.error):  # it was closed
            termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)

    def wait(self, seconds: float | None) -> Key | None:
        """The next key that means something; None after so many seconds, where they are given."""
        while True:
            if not select.select([self._terminal], [], [], seconds)[0]:
                return None
            try:
                pressed = os.read(self._terminal, MOST_BYTES)
            except OSError:  # Linux's way to say that the terminal was closed
                return Key.QUIT
            if not pressed:
                return Key.QUIT
            meant = _meaning(pressed)
            if meant is not None or seconds is not None:
                return meant


def _meaning(pressed: bytes) -> Key | None:
    """The last of several keys counts; what a key sends that begins with an escape means nothing."""
    if pressed.startswith(ESCAPE) or len(pressed) > 8:
        return None
    return next((MEANING[c] for c in reversed(pressed.decode(errors="replace").lower()) if c in MEANING), None)
