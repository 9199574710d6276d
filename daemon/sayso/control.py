"""Control from the terminal: keys where standard input is one, lines of commands where it is a pipe."""

from __future__ import annotations

import os
import termios
import tty
from enum import StrEnum
from typing import Any


class Control(StrEnum):
    """What a person or a script can ask for."""

    START = "start"
    STOP = "stop"
    TOGGLE = "toggle"
    CANCEL = "cancel"
    QUIT = "quit"


WORDS = {control.value: control for control in Control}
KEYS = {b" ": Control.TOGGLE, b"\x1b": Control.CANCEL, b"q": Control.QUIT, b"\x04": Control.QUIT}
KEYS_HELP = "space: start or stop · Esc: forget what is being said · q: quit"


class TerminalControl:
    """Standard input, read without blocking.

    Args:
        fd: the file descriptor to read.

    Attributes:
        is_terminal: whether it is a terminal of which this process is in the foreground.
        fd: to wait on.

    """

    def __init__(self, fd: int = 0) -> None:
        self.fd = fd
        self.is_terminal = os.isatty(fd) and os.tcgetpgrp(fd) == os.getpgrp()
        self._before: list[Any] | None = None
        self._rest = b""
        if self.is_terminal:
            self._before = termios.tcgetattr(fd)
            tty.setcbreak(fd)

    @property
    def readable(self) -> bool:
        """Whether there is anything to wait for: a background job must not touch its terminal."""
        return self.is_terminal or not os.isatty(self.fd)

    def read(self) -> list[Control | str] | None:
        """What came in: controls, or text that is none; None when the input has ended."""
        data = os.read(self.fd, 4096)
        if not data:
            return None
        if self.is_terminal:
            # An arrow key also begins with Esc: only Esc alone cancels.
            return [KEYS[data]] if data in KEYS else []
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[-4096:]
        words = [line.decode(errors="replace").strip() for line in lines]
        return [WORDS.get(word, word) for word in words if word]

    def close(self) -> None:
        """Leave the terminal as it was found."""
        if self._before is not None:
            termios.tcsetattr(self.fd, termios.TCSADRAIN, self._before)
