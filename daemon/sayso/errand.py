"""A call that may never return, run in a thread of its own and waited for only so long.

X servers, buses and sound servers that hang answer nobody. PortAudio, ALSA and libpulse wait for the sound server,
some of it without end: where PulseAudio 16 dies while a part of a block is still to be read, libpulse's thread
waits for that block with the lock in hand that reading it takes, and whoever closes the stream waits for both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Overdue(Exception):
    """The call has not returned in time; it goes on, and nobody waits for it any more."""


class Errand(Generic[T]):
    """One call under way. Thread `sayso-errand` makes it and may block for ever.

    Args:
        call: what to do.
        undo: takes the result where it came too late for the one who waited; same thread.

    """

    def __init__(self, call: Callable[[], T], undo: Callable[[T], None] = lambda _: None) -> None:
        self._call = call
        self._undo = undo
        self._lock = threading.Lock()  # guards who has the result: the one who waits, or nobody
        self._returned = threading.Event()
        self._over = threading.Event()
        self._is_given_up = False
        self._results: list[T] = []
        self._error: Exception | None = None
        threading.Thread(target=self._run, name="sayso-errand", daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether the call has returned, and been undone where it came too late."""
        return self._over.is_set()

    def wait(self, seconds: float) -> T:
        """Return what the call returns, or raise what it raises; only once.

        Raises:
            Overdue: it has not returned after so many seconds.

        """
        self._returned.wait(seconds)
        with self._lock:
            if not self._returned.is_set():
                self._is_given_up = True
                raise Overdue
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _run(self) -> None:
        try:
            result = self._call()
        except Exception as error:  # it is the waiting thread's
            self._error = error
            self._end()
        else:
            self._results.append(result)
            if self._end():
                self._undo(result)
        self._over.set()

    def _end(self) -> bool:
        with self._lock:
            self._returned.set()
            return self._is_given_up
