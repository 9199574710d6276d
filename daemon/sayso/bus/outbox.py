"""What waits to be told on the bus: bounded, so that a bus that does not read costs no memory."""

from __future__ import annotations

import threading
from collections import deque

from sayso.events import Event, HypothesisChanged

LIMIT = 1_000  # events: several minutes of dictation


class Outbox:
    """A queue of events, oldest first. Any thread puts, one takes; neither blocks."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._events: deque[Event] = deque()

    def __len__(self) -> int:
        return len(self._events)

    def put(self, event: Event) -> bool:
        """Add an event; whether the queue was empty before, so that its reader needs to be woken.

        Where it is full the oldest hypothesis makes room, which a later one has replaced anyway; only where
        there is none, the oldest event of all.
        """
        with self._lock:
            was_empty = not self._events
            if len(self._events) >= self._limit:
                stale = (n for n, one in enumerate(self._events) if isinstance(one, HypothesisChanged))
                del self._events[next(stale, 0)]
            self._events.append(event)
        return was_empty

    def take(self) -> Event | None:
        """Remove and return the oldest event; None when there is none."""
        with self._lock:
            return self._events.popleft() if self._events else None
