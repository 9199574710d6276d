"""Loading that a test holds up and lets fail, and time that it lets pass."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.daemon.fakes import ReadingEngine


@dataclass
class Loads:
    """Loads an engine each time it is called.

    Attributes:
        engines: what it has loaded.
        error: what the next loads raise instead.
        began: set when a load has begun.
        may_end: until it is set, loads go on.

    """

    engines: list[ReadingEngine] = field(default_factory=list)
    error: Exception | None = None
    tries: int = 0
    began: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_end.set()

    def __call__(self) -> ReadingEngine:
        self.tries += 1
        self.began.set()
        assert self.may_end.wait(10)
        if self.error is not None:
            raise self.error
        self.engines.append(ReadingEngine())
        return self.engines[-1]


@dataclass
class Due:
    """Something that happens at a time, unless it is cancelled."""

    at: float
    do: Callable[[], None]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Time:
    """Passes when a test says so, in minutes."""

    def __init__(self) -> None:
        self._now = 0.0
        self.waiting: list[Due] = []

    def later(self, seconds: float, do: Callable[[], None]) -> Due:
        """As `resident.after`."""
        due = Due(self._now + seconds / 60, do)
        self.waiting = [other for other in self.waiting if not other.is_cancelled] + [due]
        return due

    def let_pass(self, minutes: float) -> None:
        """Everything that is due by then happens."""
        self._now += minutes
        due = [one for one in self.waiting if one.at <= self._now]
        self.waiting = [one for one in self.waiting if one.at > self._now]
        for one in due:
            if not one.is_cancelled:
                one.do()
