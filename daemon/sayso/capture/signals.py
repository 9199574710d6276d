"""What wakes the microphone's guard, and the box in which it waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeAlias

from sayso.capture.facts import ServerState


@dataclass(frozen=True, slots=True)
class Stop:
    """Close the stream and end."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Have no stream open from now on, or one again."""

    is_resting: bool


@dataclass(frozen=True, slots=True)
class FirstBlock:
    """The stream of that number has delivered."""

    stream: int


@dataclass(frozen=True, slots=True)
class StreamFinished:
    """PortAudio ended the stream of that number, on its own or because we closed it."""

    stream: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody has begun or ceased to wait for what the stream of that number delivers."""

    stream: int
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class ServerChanged:
    """The sound server's state was read anew; None when it is gone or was never there."""

    state: ServerState | None


Signal: TypeAlias = Stop | Rest | FirstBlock | StreamFinished | Wanted | ServerChanged


class Mailbox:
    """Signals from any thread, the PortAudio callback included, to the one that guards."""

    def __init__(self) -> None:
        self._signals: SimpleQueue[Signal] = SimpleQueue()

    def post(self, signal: Signal) -> None:
        """Leave a signal; never blocks."""
        self._signals.put(signal)

    def take(self, timeout_seconds: float) -> Signal | None:
        """Wait for the next signal; None when none came in time."""
        try:
            return self._signals.get(timeout=max(timeout_seconds, 0.0))
        except Empty:
            return None
