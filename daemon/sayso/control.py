"""Control from the terminal: keys where standard input is one, lines of commands where it is a pipe."""

from __future__ import annotations

import contextlib
import os
import termios
import tty
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sayso.saying import say


class Control(StrEnum):
    """What a person or a script can ask for."""

    START = "start"
    STOP = "stop"
    TOGGLE = "toggle"
    HOLD = "hold"  # the key of hold-to-talk went down …
    RELEASE = "release"  # … and up
    CANCEL = "cancel"
    UNDO = "undo"
    HERE = "here"  # type what waits for its window into the one that has the focus …
    BACK = "back"  # … or bring that window back …
    COPY = "copy"  # … or put it into the clipboard
    LEARN = "learn"  # learn from what stands here
    RELOAD = "reload"
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
        self.is_terminal = _is_ours(fd)
        self._before: list[Any] | None = None
        self._rest = b""
        if self.is_terminal:
            self._before = termios.tcgetattr(fd)
            tty.setcbreak(fd)

    def resume(self) -> None:
        """After the job was stopped and continued: the shell has given the terminal back as it likes it."""
        if self.is_terminal:
            tty.setcbreak(self.fd)

    @property
    def readable(self) -> bool:
        """Whether there is anything to wait for: a background job must not touch its terminal."""
        return self.is_terminal or not os.isatty(self.fd)

    def read(self) -> list[Control | str] | None:
        """What came in: controls, or text that is none; None when the input has ended."""
        try:
            data = os.read(self.fd, 4096)
        except OSError:  # a terminal that was closed
            return None
        if self.is_terminal and data:
            # Keys come one at a time. What comes in one piece is an arrow key (Esc and more), or text that was
            # pasted, perhaps by ourselves where this terminal is not known for ours (tmux): that is no order.
            return [KEYS[data]] if data in KEYS else []
        if not data and not self._rest:
            return None
        *lines, self._rest = (self._rest + (data or b"\n")).split(b"\n")  # the last line may lack its end
        self._rest = self._rest[-4096:]
        words = [line.decode(errors="replace").strip() for line in lines]
        return [WORDS.get(word, word) for word in words if word]

    def pass_on(self, ask: Callable[[Control], object], hang_up: Callable[[], None]) -> bool:
        """Have done what came in, or tell that there is no such thing; says whether more may come.

        Args:
            ask: has one thing done.
            hang_up: called where the terminal was closed: nobody could stop us any more.

        """
        asked = self.read()
        for one in asked or ():
            if isinstance(one, Control):
                ask(one)
            else:
                say(f"unknown command {one!r}; there are: {', '.join(WORDS)}")
        if asked is None and self.is_terminal:
            hang_up()
        return asked is not None

    def close(self) -> None:
        """Leave the terminal as it was found."""
        if self._before is not None:
            with contextlib.suppress(termios.error):  # it may be gone
                termios.tcsetattr(self.fd, termios.TCSADRAIN, self._before)


def _is_ours(fd: int) -> bool:
    """Whether a file is a terminal of which this process is in the foreground: only then may it be read."""
    try:
        return os.isatty(fd) and os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:  # a terminal, but not the one that controls us
        return False
