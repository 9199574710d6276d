"""Delivery: hands edits to the typist in order, and says what arrived."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sayso.errors import TypistError
from sayso.events import (
    Edit,
    Event,
    Problem,
    ProblemCleared,
    ProblemName,
    UtteranceDelivered,
    UtteranceFailed,
)
from sayso.typist import Typist

log = logging.getLogger(__name__)


class Delivery:
    """Gives one edit at a time to the typist; knows no threads.

    Attributes:
        typist: may be replaced between edits.

    """

    def __init__(self, typist: Typist, emit: Callable[[Event], None]) -> None:
        self.typist = typist
        self._emit = emit
        self._failed_utterance = 0
        self._failing = False

    def __call__(self, utterance: int, edit: Edit, last: bool) -> None:
        """Deliver an edit; after one that failed, the rest of that utterance is not typed into its gap."""
        if utterance != self._failed_utterance:
            self._type(utterance, edit)
        if last:
            failed = utterance == self._failed_utterance
            self._emit(UtteranceFailed(utterance) if failed else UtteranceDelivered(utterance))

    def show(self, unstable: str) -> None:
        """Show the tail that may still change."""
        if self.typist.abilities.preedit:
            with contextlib.suppress(Exception):  # a tail that cannot be shown is no loss; the edit will tell
                self.typist.show(unstable)

    def _type(self, utterance: int, edit: Edit) -> None:
        try:
            self.typist.type(edit)
        except Exception as error:  # whatever a backend raises must not end the thread
            log.debug("typing failed: %s", error if isinstance(error, TypistError) else type(error).__name__)
            self._failed_utterance = utterance
            if not self._failing:
                self._failing = True
                self._emit(Problem(ProblemName.TYPIST_FAILED, str(error)))
            return
        if self._failing:
            self._failing = False
            self._emit(ProblemCleared(ProblemName.TYPIST_FAILED))


@dataclass(frozen=True, slots=True)
class _Item:
    utterance: int
    edit: Edit
    last: bool


@dataclass(frozen=True, slots=True)
class _Tail:
    unstable: str


class DeliveryThread:
    """Runs a delivery on a thread of its own; the queue is unbounded, because text is never dropped."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._queue: queue.SimpleQueue[_Item | _Tail | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sayso-typist", daemon=True)

    def __call__(self, utterance: int, edit: Edit, last: bool) -> None:
        """Queue an edit; returns at once."""
        self._queue.put(_Item(utterance, edit, last))

    def show(self, unstable: str) -> None:
        """Queue the tail; returns at once."""
        self._queue.put(_Tail(unstable))

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Deliver what is queued, then end; blocks."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        """Thread `sayso-typist`: may block on the window; nothing waits for it."""
        while (item := self._queue.get()) is not None:
            if isinstance(item, _Tail):
                self._delivery.show(item.unstable)
            else:
                self._delivery(item.utterance, item.edit, item.last)
