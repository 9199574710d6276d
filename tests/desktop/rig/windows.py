"""Windows that a person could be writing in, which tell what stands in them as it changes."""

from __future__ import annotations

import json
import socket
import sys
import tempfile
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.desktop.rig.phrases import words
from tests.desktop.rig.programs import SYSTEM_PYTHON, Program, need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.x11 import X11Rig

PATIENCE_SECONDS = 20.0
HERE = Path(__file__).parent
PASTE_BEGINS, PASTE_ENDS = b"\x1b[200~", b"\x1b[201~"
BACKSPACES = "\x7f\b"


class TextWindow(Rig):
    """A window with text in it.

    Use as a context manager: entering opens it and waits until it has the focus, leaving closes it.

    Args:
        x11: the display it is on.

    Attributes:
        window_id: of the top-level window.

    """

    def __init__(self, x11: X11Rig) -> None:
        self._x11 = x11
        self._changed = threading.Condition()
        self._program: Program | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._history: list[tuple[float, str]] = []
        self.window_id = 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._path = Path(tempfile.mkdtemp(dir=x11.folder)) / "text"

    @abstractmethod
    def _command(self, path: Path) -> list[str]:
        """The command that opens it and connects to this socket."""

    @abstractmethod
    def _take(self, data: bytes) -> None:
        """Take what came through the socket; call `_found` and `_became`."""

    def _enter(self) -> None:
        self._listener.bind(str(self._path))
        self._listener.listen(1)
        self._listener.settimeout(PATIENCE_SECONDS)
        self._program = Program(self._command(self._path), self._x11.env, self._path.with_name("log"))
        self._reader.start()
        with self._changed:
            if not self._changed.wait_for(lambda: self.window_id, PATIENCE_SECONDS):
                pytest.fail(f"{self._program.name} opens no window\n{self._program.output}")
        self.focus()

    def _leave(self) -> None:
        self.close()

    def _read(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # it never opened, or was closed before
            return
        with connection:
            try:
                while data := connection.recv(65_536):
                    self._take(data)
            except ConnectionResetError:
                pass

    def _found(self, window_id: int) -> None:
        with self._changed:
            self.window_id = window_id
            self._changed.notify_all()

    def _became(self, text: str) -> None:
        with self._changed:
            self._history.append((time.monotonic(), text))
            self._changed.notify_all()

    @property
    def text(self) -> str:
        """What stands in it now."""
        return self._history[-1][1] if self._history else ""

    @property
    def history(self) -> tuple[tuple[float, str], ...]:
        """Everything that has stood in it, with when by the monotonic clock."""
        return tuple(self._history)

    def focus(self) -> None:
        """Give it the focus; returns when it has it."""
        self._x11.focus(self.window_id)

    def close(self) -> None:
        """Close it; returns when it is gone."""
        if self._program is not None and self._program.is_running:
            self._program.end()
        self._listener.close()
        if self._reader.is_alive():
            self._reader.join(PATIENCE_SECONDS)

    def wait_until(
        self, holds: Callable[[str], bool], what: str, timeout_seconds: float = PATIENCE_SECONDS
    ) -> str:
        """Wait until something holds about its text, which is returned."""
        with self._changed:
            if not self._changed.wait_for(lambda: holds(self.text), timeout_seconds):
                pytest.fail(f"waited {timeout_seconds:g} s for {what} in a window\nthere stands: {self.text!r}")
            return self.text

    def wait_for_text(self, text: str, timeout_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until exactly this text stands in it."""
        self.wait_until(lambda now: now == text, repr(text), timeout_seconds)

    def wait_for_words(self, expected: Sequence[str], timeout_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until exactly these words stand in it, normalised."""
        self.wait_until(
            lambda now: words(now) == list(expected), f"the words {' '.join(expected)!r}", timeout_seconds
        )

    def wait_for_more(self, timeout_seconds: float = PATIENCE_SECONDS) -> str:
        """Wait until its text changes, and return it."""
        before = len(self._history)
        return self.wait_until(lambda _: len(self._history) > before, "a change", timeout_seconds)

    def wait_for_first_words(self, count: int = 2) -> list[str]:
        """Wait until so many whole words stand in it, and return them."""
        text = self.wait_until(lambda now: len(words(now)) > count, f"{count} words")
        return words(text)[:count]

    def is_quiet_for(self, seconds: float) -> bool:
        """Whether its text does not change for that long from now on."""
        with self._changed:
            before = len(self._history)
            return not self._changed.wait_for(lambda: len(self._history) > before, seconds)


class _GtkWindow(TextWindow):
    """A window of GTK 3, under the system's Python."""

    kind: str

    def __init__(self, x11: X11Rig) -> None:
        super().__init__(x11)
        self._rest = b""

    def _command(self, path: Path) -> list[str]:
        script = str(HERE / "gtk_window.py")
        return [need(SYSTEM_PYTHON, "python3-gi gir1.2-gtk-3.0"), script, self.kind, str(path)]

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            fact = json.loads(line)
            if "window" in fact:
                self._found(fact["window"])
            else:
                self._became(fact["text"])


class GtkEntry(_GtkWindow):
    """A field of one line."""

    kind = "entry"


class GtkTextView(_GtkWindow):
    """A field of many lines."""

    kind = "view"


class XtermWindow(TextWindow):
    """xterm with a program in raw mode in it, which takes every byte.

    Args:
        x11: the display it is on.
        bracketed_paste: whether the program asks for pastes to be marked, as shells and editors do.
        options: more for xterm's command line.

    """

    def __init__(self, x11: X11Rig, *options: str, bracketed_paste: bool = False) -> None:
        super().__init__(x11)
        self._options = options
        self._bracketed_paste = bracketed_paste
        self._head = b""
        self.received = b""

    def _command(self, path: Path) -> list[str]:
        reader = [sys.executable, "-ISs", str(HERE / "terminal_reader.py"), str(path)]
        options = ["bracketed"] if self._bracketed_paste else []
        return [need("xterm", "xterm"), "-u8", *self._options, "-e", *reader, *options]

    def _take(self, data: bytes) -> None:
        if not self.window_id:
            first, end, data = (self._head + data).partition(b"\n")
            self._head = first
            if end:
                self._found(int(first))
        if data:
            self.received += data
            self._became(typed_text(self.received))


def typed_text(received: bytes) -> str:
    """What a line editor would show for the bytes that a terminal delivered."""
    text = ""
    for mark in (PASTE_BEGINS, PASTE_ENDS):
        received = received.replace(mark, b"")
    for character in received.decode(errors="ignore").replace("\r", "\n"):  # a character may still be in two parts
        text = text[:-1] if character in BACKSPACES else text + character
    return text
