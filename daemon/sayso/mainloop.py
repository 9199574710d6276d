"""The main thread's loop: signals, readable files and what other threads ask, one after the other."""

from __future__ import annotations

import contextlib
import selectors
import signal
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from types import FrameType, TracebackType
from typing import Self


class MainLoop:
    """Waits for something to do, and does nothing in between. A context manager: it holds the signals meanwhile.

    Args:
        signals: which to take.
        on_signal: called with the number, on the main thread, outside the signal handler.

    """

    def __init__(self, signals: Iterable[int], on_signal: Callable[[int], None]) -> None:
        self._numbers = tuple(signals)
        self._on_signal = on_signal
        self._awake, self._waker = socket.socketpair()
        for end in (self._awake, self._waker):
            end.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._awake, selectors.EVENT_READ)
        self._asked: deque[tuple[Callable[[], None], Future[None]]] = deque()
        self._signals: deque[int] = deque()
        self._before: dict[int, signal._HANDLER] = {}
        self._wakeup_fd_before = -1
        self._beat: Callable[[], None] | None = None
        self._beat_seconds = 0.0
        self._leaving = False
        self._closed = False

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._note) for number in self._numbers}
        self._wakeup_fd_before = signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(self._wakeup_fd_before)
        for number in tuple(self._before):
            self.release(number)
        self._selector.close()
        for end in (self._awake, self._waker):
            end.close()
        self._closed = True
        self._refuse()

    def release(self, number: int) -> None:
        """Give a signal back to whoever had it before."""
        signal.signal(number, self._before.pop(number))

    def call(self, do: Callable[[], None]) -> Future[None]:
        """Have something done on the main thread; the future tells when, or what it raised. Any thread.

        It is cancelled where the loop has ended.
        """
        done: Future[None] = Future()
        self._asked.append((do, done))
        if self._closed:
            self._refuse()
        self.wake()
        return done

    def wake(self) -> None:
        """Look again at what there is to do. Any thread."""
        with contextlib.suppress(OSError):  # full: it has more than enough to wake up for; closed: it is over
            self._waker.send(b"\0")

    def leave(self) -> None:
        """End `run` once what was asked before is done. Any thread."""
        self._leaving = True
        self.wake()

    def read(self, fd: int, do: Callable[[], bool]) -> None:
        """Call `do` whenever a file is readable, until it returns False."""
        # epoll refuses regular files, /dev/null and a closed input: nobody types there.
        with contextlib.suppress(OSError, ValueError):
            self._selector.register(fd, selectors.EVENT_READ, do)

    def beat(self, seconds: float, do: Callable[[], None]) -> None:
        """Call `do` at least that often."""
        self._beat_seconds, self._beat = seconds, do

    def run(self, after_each: Callable[[], None], patience: Callable[[], float | None] = lambda: None) -> None:
        """Run until told to leave; blocks. `after_each` is called after each round.

        Args:
            after_each: what is to be done then.
            patience: in how many seconds there must be another round, whatever happens; None for never.

        """
        due = time.monotonic()
        while not self._leaving:
            if self._beat is not None and time.monotonic() >= due:
                due = time.monotonic() + self._beat_seconds
                self._beat()
            times = [patience(), max(0.0, due - time.monotonic()) if self._beat is not None else None]
            timeout = min((seconds for seconds in times if seconds is not None), default=None)
            for key, _ in self._selector.select(timeout):
                if key.fileobj is self._awake:
                    self._drain()
                elif not key.data():
                    self._selector.unregister(key.fileobj)
            while self._signals and not self._leaving:
                self._on_signal(self._signals.popleft())
            while self._asked:
                self._do(*self._asked.popleft())
            after_each()

    def _do(self, do: Callable[[], None], done: Future[None]) -> None:
        if not done.set_running_or_notify_cancel():
            return
        try:
            do()
        except Exception as error:  # whoever asked is told; the loop lives on
            done.set_exception(error)
        else:
            done.set_result(None)

    def _refuse(self) -> None:
        with contextlib.suppress(IndexError):  # two threads may be at it
            while True:
                self._asked.popleft()[1].cancel()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._awake.recv(4096):
                pass
