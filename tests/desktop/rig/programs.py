"""Starting and ending the programs that a rig is made of, each by its own process id."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

COMMAND_SECONDS = 10.0
END_SECONDS = 5.0
SYSTEM_PYTHON = "/usr/bin/python3"  # where the distribution's packages are: Gtk, pydbus

# What would lead a program to the real desktop.
FOREIGN = (
    *("PULSE_", "PIPEWIRE_", "ALSA_"),
    *("DISPLAY", "WAYLAND_DISPLAY", "XAUTH"),
    *("DBUS_SESSION_BUS_ADDRESS", "XDG_"),
)


def environment_without_desktop() -> dict[str, str]:
    """Our own environment, but for what would lead a program to the real desktop."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def need(program: str, package: str) -> str:
    """Return the program's path; fails the test with the package that brings it when it is missing."""
    path = shutil.which(program)
    if path is None:
        pytest.fail(f"{program} is missing: apt install {package}")
    return path


def need_file(pattern: str, package: str) -> None:
    """Fail the test with the package's name unless a file below /usr/lib matches the pattern."""
    if next(Path("/usr/lib").glob(pattern), None) is None:
        pytest.fail(f"/usr/lib/{pattern} is missing: apt install {package}")


class Program:
    """A program in the background, its output in a log file.

    Args:
        command: the program and its arguments.
        env: its whole environment.
        log: where its output goes.
        keep: file descriptors that it inherits.

    """

    def __init__(self, command: list[str], env: dict[str, str], log: Path, keep: Sequence[int] = ()) -> None:
        self.name = Path(command[0]).name
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=keep,
            )

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self._log.read_text(errors="replace")

    def end(self) -> None:
        """Ask it to end, and end it where it does not."""
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it without a word, as a crash does."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(END_SECONDS)
