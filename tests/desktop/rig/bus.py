"""A private session bus."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.desktop.rig.programs import Program, environment_without_desktop, need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import is_listened_to, until


class BusRig(Rig):
    """A session bus of its own, at an address that stays the same.

    Use as a context manager: entering starts it, leaving ends it. `env` is what a program needs to find it.
    """

    def __init__(self) -> None:
        self._program = need("dbus-daemon", "dbus")
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-bus-"))
        self.socket = self.folder / "bus"
        self.address = f"unix:path={self.socket}"
        self.env = {"DBUS_SESSION_BUS_ADDRESS": self.address}
        self._daemon: Program | None = None

    def _enter(self) -> None:
        self.start()

    def _leave(self) -> None:
        if self._daemon is not None and self._daemon.is_running:
            self._daemon.end()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start it; returns when it takes connections."""
        command = [self._program, "--session", f"--address={self.address}", "--nofork", "--nopidfile"]
        self._daemon = Program(command, environment_without_desktop(), self.folder / "bus.log")
        until(lambda: is_listened_to(self.socket), "the session bus")

    def kill(self) -> None:
        """Take it away, as a crash does."""
        assert self._daemon is not None
        self._daemon.kill()
        self.socket.unlink(missing_ok=True)
