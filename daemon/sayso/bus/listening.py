"""Whether the service listens, as the bus thread has heard it. Used by that thread alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator


class ListeningFollower:
    """Whether the service listens, and waiting until it does or does not.

    Attributes:
        now: whether it does.

    """

    def __init__(self) -> None:
        self.now = False
        self._expected = False  # by whoever waits and came last
        self._waiting: dict[bool, set[asyncio.Event]] = {True: set(), False: set()}

    @property
    def soon(self) -> bool:
        """Whether it does once all has shown that is waited for."""
        return self._expected if any(self._waiting.values()) else self.now

    def tell(self, listening: bool) -> None:
        """It began or ended."""
        self.now = listening
        for reached in self._waiting[listening]:
            reached.set()

    @contextlib.contextmanager
    def expected(self, listening: bool | None) -> Iterator[asyncio.Event]:
        """An event that is set when that is so, after what others wait for, or has been so in the meantime.

        Args:
            listening: what is waited for; None for nothing, and the event is set.

        """
        reached = asyncio.Event()
        if listening is None:
            reached.set()
            yield reached
            return
        if self.now is listening and self.soon is listening:
            reached.set()
        self._expected = listening
        self._waiting[listening].add(reached)
        try:
            yield reached
        finally:
            self._waiting[listening].discard(reached)
