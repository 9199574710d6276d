"""The thread on which text is delivered, and the queue in front of it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from sayso.errors import SaysoError
from sayso.events import Edit
from sayso.typist import Typist
from sayso.typist.delivery import Delivery

LOOK_SECONDS = 1.0  # until what waits for something else in its window to have the focus is tried again


class DeliveryThread:
    """Runs a delivery on a thread of its own; the queue is unbounded, because text is never dropped.

    Everything but `stop` returns at once and may be called from any thread.
    """

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sayso-typist", daemon=True)

    def __call__(self, utterance: int, edit: Edit, last: bool) -> None:
        """Queue an edit."""
        self._queue.put(lambda: self._delivery(utterance, edit, last))

    def show(self, utterance: int, unstable: str) -> None:
        """Queue the tail."""
        self._queue.put(lambda: self._delivery.show(utterance, unstable))

    def retry(self) -> None:
        """Another place may have the focus: try what waits."""
        self._queue.put(self._delivery.retry)

    def here(self) -> None:
        """Queue typing what waits into the window that has the focus."""
        self._queue.put(self._delivery.here)

    def back(self) -> None:
        """Queue giving the focus back to the window for which text waits."""
        self._queue.put(self._delivery.back)

    def copy(self) -> None:
        """Queue putting what waits into the clipboard."""
        self._queue.put(self._delivery.copy)

    def keep(self, text: str) -> Future[None]:
        """Queue putting a text into the clipboard; the future tells that it is there, or why not."""
        kept: Future[None] = Future()

        def put() -> None:
            try:
                self._delivery.typist.keep(text)
            except SaysoError as error:
                kept.set_exception(error)
            else:
                kept.set_result(None)

        self._queue.put(put)
        return kept

    def undo(self, utterance: int | None = None) -> None:
        """Queue taking back an utterance, or what was typed last."""
        self._queue.put(lambda: self._delivery.undo(utterance))

    def trim(self, utterance: int, characters: int) -> None:
        """Queue taking back the end of an utterance."""
        self._queue.put(lambda: self._delivery.trim(utterance, characters))

    def forget(self, utterance: int) -> None:
        """Type nothing more of an utterance."""
        self._queue.put(lambda: self._delivery.forget(utterance))

    def fail(self, utterance: int) -> None:
        """No more of an utterance will come, as it could not be recognised."""
        self._queue.put(lambda: self._delivery.fail(utterance))

    def cancel(self) -> None:
        """Type nothing more of what has been said until now."""
        self._delivery.cancel()
        self._queue.put(self._delivery.sweep)

    def replace(self, typist: Typist | None, mirror: Typist | None, *, keeps: bool) -> None:
        """From the next edit on deliver through another backend (None: the same), or as other settings say."""
        self._queue.put(lambda: self._replace(typist, mirror, keeps))

    def _replace(self, typist: Typist | None, mirror: Typist | None, keeps: bool) -> None:
        self._delivery.keeps = keeps
        if typist is not None:
            typist.on_focus(self.retry)
            self._delivery.replace(typist, mirror)
        self._delivery.retry()

    def start(self) -> None:
        """Start the thread."""
        self._delivery.typist.on_focus(self.retry)
        self.retry()
        self._thread.start()

    def stop(self) -> None:
        """Deliver what is queued, then end; blocks. What waits for its window has failed."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        """Thread `sayso-typist`: may block on the window; nothing waits for it."""
        while True:
            try:
                do = self._queue.get(timeout=LOOK_SECONDS if self._delivery.looks_again else None)
            except queue.Empty:
                do = self._delivery.retry
            if do is None:
                break
            do()
        self._delivery.close()
