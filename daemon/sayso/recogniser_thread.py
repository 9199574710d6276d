"""The recogniser's thread: requests from the mailbox, results to whoever takes them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sayso.clock import Clock
from sayso.engines.resident import wait_until_loaded
from sayso.mailbox import DecodeFinal, DecodePartial, Mailbox, Request
from sayso.recogniser import Recogniser, Result

STUCK_SECONDS = 60.0  # 30 s of audio on a busy two-core machine take 20 s at worst; a lost GPU takes for ever


class RecogniserThread:
    """Runs a recogniser on a thread of its own, from the mailbox to `deliver`.

    Args:
        recogniser: run by nobody else.
        mailbox: where its requests come from.
        deliver: called with each result, on this thread.
        clock: tells how long a request has taken.
        done: told of it, on this thread.

    """

    def __init__(
        self,
        recogniser: Recogniser,
        mailbox: Mailbox,
        deliver: Callable[[Result], None],
        clock: Clock,
        done: Callable[[Request, float], None] = lambda request, took_seconds: None,
    ) -> None:
        self._done = done
        self._recogniser = recogniser
        self._mailbox = mailbox
        self._deliver = deliver
        self._clock = clock
        self._busy_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="sayso-recogniser", daemon=True)

    def is_stuck(self, after_seconds: float = STUCK_SECONDS) -> bool:
        """Whether one request has taken longer than any honest decode does. Any thread; returns at once."""
        since = self._busy_since
        return since is not None and self._clock.now() - since > after_seconds

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Do what is still in the mailbox, then end; blocks."""
        self._mailbox.close()
        self._thread.join()

    def _run(self) -> None:
        """Thread `sayso-recogniser`: blocks on the mailbox and in the engine; nothing else waits for it."""
        while (request := self._mailbox.wait()) is not None:
            self._busy_since = self._clock.now()
            if isinstance(request, DecodePartial | DecodeFinal):
                wait_until_loaded(self._recogniser.engine)
            began = self._clock.now()  # how fast this machine decodes, is no matter of how fast it loads
            result = self._recogniser.handle(request)
            self._done(request, self._clock.now() - began)
            if result is not None:
                self._deliver(result)
            self._busy_since = None
