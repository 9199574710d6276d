"""Whether the service listens, as the bus thread has heard it. Used by that thread alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator


class ListeningFollower:
    """Whether the service listens, and waiting until it does or does not."""

    def __init__(self) -> None:
        self.now = False
        self._waiting: dict[bool, set[asyncio.Event]] = {True: set(), False: set()}

    def tell(self, listening: bool) -> None:
        """It began or ended."""
        self.now = listening
        for reached in self._waiting[listening]:
            reached.set()

    @contextlib.contextmanager
    def expected(self, listening: bool) -> Iterator[asyncio.Event]:
        """An event that is set when that is so, or has been so in the meantime."""
        reached = asyncio.Event()
        if self.now is listening:
            reached.set()
        self._waiting[listening].add(reached)
        try:
            yield reached
        finally:
            self._waiting[listening].discard(reached)
