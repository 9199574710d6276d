"""What sayso does now, for screen readers to read out, at a pace at which it can be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

APART_SECONDS: Final = 2.0  # the few words take one to read


class Announcer:
    """Says words at once, or once the last have been heard; of several that wait only the last. On an event loop.

    Args:
        say: takes the words.

    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._loop = asyncio.get_running_loop()
        self._said, self._said_at = "", -APART_SECONDS
        self._next = ""
        self._timer: asyncio.TimerHandle | None = None

    def announce(self, words: str) -> None:
        """Say words, unless they wait and are by then what was said last anyhow."""
        self._next = words
        if self._timer is not None:
            return
        wait = self._said_at + APART_SECONDS - self._loop.time()
        if wait > 0:
            self._timer = self._loop.call_later(wait, self._catch_up)
        else:
            self._speak()

    def forget(self) -> None:
        """Say nothing of what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _catch_up(self) -> None:
        self._timer = None
        if self._next != self._said:
            self._speak()

    def _speak(self) -> None:
        self._said, self._said_at = self._next, self._loop.time()
        self._say(self._said)
