"""The indicator as the service has it: a process of its own, so that nothing it does can hold up a dictation."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from sayso.config.settings import IndicatorSettings

AGAIN_SECONDS = 60.0  # one that ends sooner than this after its start is not started again
LEAVE_SECONDS = 0.3  # it tidies up when its standard input ends: the service itself has 1.8 s to leave


class Loop(Protocol):
    """What waits for its end."""

    def read(self, fd: int, do: Callable[[], bool]) -> None:
        """Have `do` called when a descriptor can be read, until it answers False. Main thread."""
        ...

    def call(self, do: Callable[[], None]) -> object:
        """Have something done on the main thread, soon."""
        ...


def is_wanted(settings: IndicatorSettings) -> bool:
    """Whether there is anything for it to do."""
    return (
        settings.overlay != "never"
        or settings.tray
        or settings.notifications
        or settings.announce
        or settings.sounds
    )


class IndicatorProcess:
    """Starts and ends it. Main thread.

    Args:
        config: the settings file; None for the person's own.
        loop: waits for its end; where it ends by itself it is started again, once a minute at most.
        say: tells the person something.

    """

    def __init__(self, config: Path | None, loop: Loop, say: Callable[[str], None]) -> None:
        self._command = [sys.executable, "-m", "sayso", "indicator"]
        if config is not None:
            self._command += ["--config", str(config)]
        self._loop = loop
        self._say = say
        self._running: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def start(self, settings: IndicatorSettings) -> None:
        """Start it, if there is anything for it to do; returns at once."""
        if not is_wanted(settings):
            return
        try:
            # Its standard input ends with this process, however that ends.
            running = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            watched = os.pidfd_open(running.pid)
        except OSError as error:
            self._say(f"no overlay, tray, notifications and sounds: {error.strerror}")
            return
        self._running, self._started = running, time.monotonic()
        self._loop.read(watched, lambda: self._ended(running, watched, settings))

    def stop(self) -> None:
        """End it; blocks for LEAVE_SECONDS at most."""
        running, self._running = self._running, None
        if running is None:
            return
        assert running.stdin is not None
        with contextlib.suppress(OSError):
            running.stdin.close()
        try:
            running.wait(LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()

    def _ended(self, ended: subprocess.Popen[bytes], watched: int, settings: IndicatorSettings) -> bool:
        self._loop.call(lambda: self._clear(ended, watched, settings))  # when the descriptor is watched no more
        return False

    def _clear(self, ended: subprocess.Popen[bytes], watched: int, settings: IndicatorSettings) -> None:
        os.close(watched)
        status = ended.wait()
        if ended is not self._running:  # it was told to
            return
        self._running = None
        assert ended.stdin is not None
        ended.stdin.close()
        if status and time.monotonic() - self._started > AGAIN_SECONDS:
            self.start(settings)
