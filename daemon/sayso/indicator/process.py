"""The indicator as the service has it: a process of its own, so that nothing it does can hold up a dictation."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Final, Protocol

from sayso.config.settings import IndicatorSettings

WAITS_SECONDS: Final = (1.0, 2.0, 5.0, 15.0, 60.0)  # from each end to the next start; the last from then on
SETTLED_SECONDS: Final = 60.0  # one that has lived so long had begun well: what ended it is nothing that lasts
SPOKEN_ENDS: Final = 2  # the first says that it ended, the second why it does not begin; more would say it again
LEAVE_SECONDS: Final = 0.3  # it tidies up when its standard input ends: the service itself has 1.8 s to leave

NOTHING: Final = "no overlay, tray, notifications and sounds"
AGAIN_AND_AGAIN: Final = (
    f"{NOTHING}: the indicator ends again and again; it is started again every {WAITS_SECONDS[-1]:.0f} seconds. "
    "To see why it ends: sayso indicator"
)


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
    """Starts it, starts it again where it fails, and ends it. Main thread.

    Args:
        loop: waits for its end.
        say: tells the person something.
        clock: seconds, monotonic.

    """

    def __init__(
        self, loop: Loop, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._command = [sys.executable, "-m", "sayso", "indicator"]
        self._loop = loop
        self._say = say
        self._clock = clock
        self._settings: IndicatorSettings | None = None
        self._running: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._ends = 0  # one soon after the other
        self._due: float | None = None  # when it is started again

    def start(self, settings: IndicatorSettings) -> None:
        """Start it, if there is anything for it to do; returns at once."""
        self._settings, self._ends, self._due = settings, 0, None
        if is_wanted(settings):
            self._launch(settings)

    def stop(self) -> None:
        """End it; blocks for LEAVE_SECONDS at most."""
        self._due = None
        running, self._running = self._running, None
        if running is not None:
            _end(running)

    def patience(self) -> float | None:
        """Seconds until `look` has something to do; None for ever."""
        return None if self._due is None else max(0.0, self._due - self._clock())

    def look(self) -> None:
        """Start it again, where it is time to."""
        if self.patience() == 0 and self._settings is not None:
            self._due = None
            self._launch(self._settings)

    def hurry(self) -> None:
        """What kept it from starting may be mended: where it would be started again, that is done next."""
        if self._due is not None:
            self._due = self._clock()

    def _launch(self, settings: IndicatorSettings) -> None:
        # What the service has applied: the file may say something else by now, or be in the middle of a change.
        options = ["--applied", json.dumps(asdict(settings))]
        if self._ends >= SPOKEN_ENDS:
            options.append("--quiet-start")
        try:
            # Its standard input ends with this process, however that ends.
            running = subprocess.Popen(
                [*self._command, *options], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
            )
        except OSError as error:
            self._fail(error)
            return
        try:
            watched = os.pidfd_open(running.pid)
        except OSError as error:
            _end(running)
            self._fail(error)
            return
        self._running, self._started = running, self._clock()
        self._loop.read(watched, lambda: self._ended(running, watched))

    def _ended(self, ended: subprocess.Popen[bytes], watched: int) -> bool:
        self._loop.call(lambda: self._clear(ended, watched))  # when the descriptor is watched no more
        return False

    def _clear(self, ended: subprocess.Popen[bytes], watched: int) -> None:
        os.close(watched)
        status = ended.wait()
        if ended is not self._running:  # it was told to
            return
        self._running = None
        assert ended.stdin is not None
        ended.stdin.close()
        if self._clock() - self._started >= SETTLED_SECONDS:
            self._ends = 0
        if status:
            self._again()

    def _fail(self, error: OSError) -> None:
        if self._ends == 0:
            self._say(f"{NOTHING} for now: {error.strerror}")
        self._again()

    def _again(self) -> None:
        self._due = self._clock() + WAITS_SECONDS[min(self._ends, len(WAITS_SECONDS) - 1)]
        self._ends += 1
        if self._ends == len(WAITS_SECONDS):
            self._say(AGAIN_AND_AGAIN)


def _end(running: subprocess.Popen[bytes]) -> None:
    assert running.stdin is not None
    with contextlib.suppress(OSError):
        running.stdin.close()
    try:
        running.wait(LEAVE_SECONDS)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
