"""Time, as the flow sees it: seconds since the first captured sample."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time; never waits."""

    def now(self) -> float:
        """Seconds since the first captured sample."""
        ...


class WallClock:
    """Real time, counted from its construction (or from `restart`)."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Count from now."""
        self._began = time.monotonic()

    def now(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began


class VirtualClock:
    """Time that a replay moves: by audio, or by measured computing, whichever is later."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        """Seconds since the first sample of the recording."""
        return self._now

    def advance_to(self, seconds: float) -> None:
        """Move forward to a time; a time already past changes nothing."""
        self._now = max(self._now, seconds)
