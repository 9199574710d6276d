"""`sayso enrol` in a terminal of its own, with a person before it who reads what is shown and presses keys."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from tests.desktop.rig.phrases import SAYSO
from tests.desktop.rig.sound import SoundRig

PATIENCE_SECONDS = 30.0
STYLE = re.compile("\x1b\\[[0-9;]*m")
COLUMNS = 300  # so that no sentence goes over two lines


class Session:
    """A run of the command. Use as a context manager: leaving ends it.

    Args:
        rig: whose microphone it hears.
        arguments: after `sayso enrol`.

    """

    def __init__(self, rig: SoundRig, *arguments: str | Path) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
        self.modes = termios.tcgetattr(theirs)
        self._theirs = theirs  # kept open, so that the terminal can be looked at when the command has ended
        self._lines: list[str] = []
        self._told = 0
        self._changed = threading.Condition()
        env = {**rig.env, "XDG_DATA_HOME": str(rig.folder / "home" / "data"), "TERM": "xterm"}
        env.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self._process = subprocess.Popen(
            [SAYSO, "enrol", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=env,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")()
        line = ""
        while True:
            try:
                block = os.read(self._ours, 65_536)
            except OSError:  # both ends of the other side are closed
                block = b""
            if not block:
                return
            *whole, line = (line + decoder.decode(block)).split("\n")
            whole = [STYLE.sub("", one.rstrip("\r")) for one in whole]
            with self._changed:
                self._lines += whole
                self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(PATIENCE_SECONDS)
        os.close(self._theirs)
        self._reader.join(PATIENCE_SECONDS)
        os.close(self._ours)
        assert "Traceback" not in self.text, self.text

    @property
    def text(self) -> str:
        """All that stood on the terminal."""
        return "\n".join(self._lines)

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self._ours, key.encode())

    def wait_for(self, what: str, *, seconds: float = PATIENCE_SECONDS) -> str:
        """The next line that has this in it; fails the test when none comes."""
        with self._changed:
            while True:
                for at in range(self._told, len(self._lines)):
                    if what in self._lines[at]:
                        self._told = at + 1
                        return self._lines[at]
                if not self._changed.wait(seconds):
                    pytest.fail(f"no {what!r} within {seconds:g} s, but:\n{self.text}")

    def sentence(self) -> str:
        """The next sentence that is shown: such lines are indented."""
        return self.wait_for("  ").strip()

    def end(self) -> int:
        """Wait until it has ended; its exit status."""
        return self._process.wait(PATIENCE_SECONDS)

    def interrupt(self) -> None:
        """As Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)

    @property
    def is_tidy(self) -> bool:
        """Whether the terminal is as it was before."""
        return termios.tcgetattr(self._theirs) == self.modes


def pairs(folder: Path) -> dict[str, Path]:
    """Text → sound of all whole recordings below a folder; fails where half of one is there."""
    found = {}
    for part in ("train", "validation"):
        names: Sequence[Path] = sorted((folder / part).iterdir())
        sounds = [path for path in names if path.suffix == ".wav"]
        assert {path.stem for path in sounds} == {path.stem for path in names}, names
        assert len(names) == 2 * len(sounds), names
        found |= {path.with_suffix(".txt").read_text().strip(): path for path in sounds}
    return found
