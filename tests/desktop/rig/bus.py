"""A private session bus."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.desktop.rig.programs import Program, need
from tests.desktop.rig.sound import FOREIGN
from tests.desktop.rig.waiting import until


class BusRig:
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

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._daemon is not None and self._daemon.is_running:
            self._daemon.end()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start it; returns when it takes connections."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        command = [self._program, "--session", f"--address={self.address}", "--nofork", "--nopidfile"]
        self._daemon = Program(command, env, self.folder / "bus.log")
        until(self.socket.exists, "the session bus")

    def kill(self) -> None:
        """Take it away, as a crash does."""
        assert self._daemon is not None
        self._daemon.kill()
        self.socket.unlink(missing_ok=True)
