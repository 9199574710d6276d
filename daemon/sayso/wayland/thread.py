"""The thread `sayso-wayland`: follows the focus on a compositor, types there, and waits while there is none."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import select
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sayso.errors import DisplayError
from sayso.processes import ancestors_of
from sayso.typist import Target
from sayso.wayland.compositor import Facts, focused_window, traits
from sayso.wayland.paste_keys import is_terminal
from sayso.wayland.seat import Refused, Seat
from sayso.wayland.toplevels import Window

log = logging.getLogger(__name__)
T = TypeVar("T")
RETRY_SECONDS = (0.2, 1.0, 2.0, 5.0)
CLOSE_SECONDS = 2.0  # a compositor that does not answer keeps the thread for as long as it likes
IDLE_SECONDS = 3600.0
SILENT = "the Wayland compositor does not answer; dictation begins by itself when it does"


class WaylandThread:
    """Owns the connection to the compositor, whichever there is.

    Args:
        find: the path of the compositor's socket now; None where there is none. Called by the thread, may block.
        tell: called by the thread whenever another window may have got the focus, or `absence` is another.
        ask: what the compositor says of the focused window, given its socket's path. Called by the thread.

    Attributes:
        target: the window that has the focus; None where none has. Any thread may read it.
        path: of the compositor's socket; None while there is none. Any thread may read it.
        absence: why there is none, and what to do about it; None while there is one. Any thread may read it.
        refusal: set where there is one that does not let programs type. Any thread may read it.
        has_method: fields take text and a tail that may change from us. Any thread may read it.

    """

    def __init__(
        self,
        find: Callable[[], str | None],
        tell: Callable[[], None],
        ask: Callable[[str], Facts | None] = focused_window,
    ) -> None:
        self.target: Target | None = None
        self.path: str | None = None
        self.absence: str | None = SILENT
        self.refusal: str | None = None
        self.has_method = False
        self._find = find
        self._tell = tell
        self._ask = ask
        self._targets: dict[int, Target] = {}
        self._failures = 0
        self._due: list[tuple[float, Callable[[Seat], None]]] = []
        self._calls: queue.SimpleQueue[tuple[Callable[[Seat], Any], Future[Any]]] = queue.SimpleQueue()
        self._looked = threading.Event()
        self._closing = self._has_ended = False
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="sayso-wayland", daemon=True)
        self._thread.start()

    def wait_for_first_look(self, timeout_seconds: float) -> None:
        """Block until the focus, or the want of a compositor, is known."""
        self._looked.wait(timeout_seconds)

    def call(self, what: Callable[[Seat], T]) -> T:
        """Have something done by the thread, and wait until it is.

        Raises:
            DisplayError: there is no compositor, or it went away meanwhile.
            Refused: there is one that does not let programs type; nothing was done.

        """
        answer: Future[T] = Future()
        self._calls.put((what, answer))
        if self._has_ended:  # the thread says so before it looks for calls for the last time
            raise DisplayError("sayso is ending")
        os.eventfd_write(self._wake, 1)
        return answer.result()

    def later(self, seconds: float, what: Callable[[Seat], None]) -> None:
        """In the thread: have something done some time later, if the compositor is the same still."""
        self._due.append((time.monotonic() + seconds, what))

    def tell(self) -> None:
        """In the thread: what waits for a window may be worth another try."""
        self._tell()

    def close(self) -> None:
        """Leave the compositor and end the thread; blocks until it has, for 2 s at most."""
        self._closing = True
        os.eventfd_write(self._wake, 1)
        self._thread.join(CLOSE_SECONDS)
        if not self._thread.is_alive():
            os.close(self._wake)

    # ── in the thread ─────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        """Thread `sayso-wayland`: blocks on the compositor and on calls, or between attempts to reach it."""
        while not self._closing:
            try:
                self._reach_and_follow()
            except Refused as error:
                self._gone(str(error), refusal=str(error))
            except DisplayError as error:
                self._gone(str(error))
            except Exception as error:  # whatever it is must not end the thread
                log.warning("following the focus failed, and is tried again", exc_info=error)
                self._gone(
                    f"the Wayland compositor cannot be followed ({type(error).__name__}); the log says more"
                )
            self._looked.set()
            self._pause(RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)])
            self._failures += 1
        self._has_ended = True
        self._refuse_calls("sayso is ending")

    def _reach_and_follow(self) -> None:
        path = self._find()
        if not path:
            raise DisplayError("no Wayland compositor: WAYLAND_DISPLAY is not set; start sayso from the session")
        seat = Seat(path, self._moved, traits(path))
        try:
            self._follow(seat, path)
        finally:
            seat.close()

    def _follow(self, seat: Seat, path: str) -> None:
        self.path = path
        self.refusal = self.absence = None
        self.has_method = seat.method is not None
        self._moved(seat)
        self._looked.set()
        self._failures = 0
        while not self._closing:
            seat.step(self._patience(seat), [self._wake])
            self._drain()
            self._take_calls(seat)
            self._do_due(seat)
            seat.rest()

    def _patience(self, seat: Seat) -> float:
        times = [at for at, _ in self._due]
        if seat.method is not None and seat.method.is_taken:
            times.append(seat.rests_at)
        return min(times) - time.monotonic() if times else IDLE_SECONDS

    def _take_calls(self, seat: Seat) -> None:
        while not self._closing and not self._calls.empty():
            what, answer = self._calls.get()
            try:
                answer.set_result(what(seat))
            except Exception as error:
                answer.set_exception(error)
                if isinstance(error, DisplayError):
                    raise
            self.has_method = seat.method is not None and not seat.method.is_refused

    def _do_due(self, seat: Seat) -> None:
        now = time.monotonic()
        due = [what for at, what in self._due if at <= now]
        self._due = [(at, what) for at, what in self._due if at > now]
        for what in due:
            what(seat)

    def _gone(self, absence: str, refusal: str | None = None) -> None:
        """What is known of the compositor no longer holds."""
        self.refusal = refusal
        self._due = []
        self._targets = {}
        self.path = self.target = None
        self.has_method = False
        self._refuse_calls(absence)
        if self.absence != absence:
            self.absence = absence
            self._tell()

    def _refuse_calls(self, reason: str) -> None:
        while not self._calls.empty():
            error = DisplayError(reason) if self.refusal is None else Refused(self.refusal)
            self._calls.get()[1].set_exception(error)

    def _pause(self, seconds: float) -> None:
        """Wait, and answer calls meanwhile."""
        until = time.monotonic() + seconds
        while not self._closing and (left := until - time.monotonic()) > 0:
            select.select([self._wake], [], [], left)
            self._drain()
            self._refuse_calls(self.absence or "there is no Wayland compositor")

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._wake)

    # ── the focus ─────────────────────────────────────────────────────────────────────────────────

    def _moved(self, seat: Seat) -> None:
        while True:
            window = seat.toplevels.focus
            target = None if window is None else self._targets.get(window.number) or self._meet(seat, window)
            if window is seat.toplevels.focus:  # otherwise it has moved on meanwhile
                break
        self.target = target
        self._tell()

    def _meet(self, seat: Seat, window: Window) -> Target:
        """Find out about a window that has the focus for the first time."""
        assert self.path is not None
        changes = seat.toplevels.changes
        facts = self._ask(self.path)
        is_same = facts is not None and seat.look() is window and seat.toplevels.changes == changes
        pid = facts.pid if facts is not None and is_same else 0
        target = Target(window.number, window.application, self._is_ours(window, pid), pid)
        if is_same or facts is None:  # otherwise ask again when it has the focus again
            self._targets[window.number] = target
        return target

    def _is_ours(self, window: Window, pid: int) -> bool:
        if pid:
            return pid in ancestors_of(os.getpid())
        # Where nobody knows whose the window is: the terminal that has the focus while sayso starts in one.
        in_terminal = sys.stdin is not None and sys.stdin.isatty()
        return in_terminal and not self._looked.is_set() and is_terminal(window.application)
