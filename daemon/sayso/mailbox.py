"""What the recogniser is asked to do, and the mailbox that decides what comes next."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from sayso.audio import Pcm
from sayso.gates import NOTHING_HEARD, Hearing


@dataclass(frozen=True, slots=True)
class DecodePartial:
    """Decode what has been said so far; superseded by the next one, unless it is ordered before a final.

    Attributes:
        utterance: its number.
        start: absolute index of the window's first sample.
        audio: shape (n,).
        hearing: the voice in it.

    """

    utterance: int
    start: int
    audio: Pcm
    hearing: Hearing = NOTHING_HEARD


@dataclass(frozen=True, slots=True)
class DecodeFinal:
    """Decode a window for the last time. Never superseded.

    Attributes:
        utterance: its number.
        start: absolute index of the window's first sample.
        audio: shape (n,).
        voiced_end: absolute sample where the last voiced frame ended.
        ends: whether the utterance ends with this window, or goes on after a cut.
        speculative: hold the result back until `Promote`; `Withdraw` throws it away.
        hearing: the voice in it.

    """

    utterance: int
    start: int
    audio: Pcm
    voiced_end: int
    ends: bool = True
    speculative: bool = False
    hearing: Hearing = NOTHING_HEARD


@dataclass(frozen=True, slots=True)
class Promote:
    """The speculation was right: deliver the final held back for this utterance."""

    utterance: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Speech went on: throw away the final held back for this utterance."""

    utterance: int


@dataclass(frozen=True, slots=True)
class Drop:
    """Forget the utterance: cancelled, or too little voice to be speech."""

    utterance: int


Request = DecodePartial | DecodeFinal | Promote | Withdraw | Drop


class Mailbox:
    """One place for the newest partial, a queue for everything that must not be lost. Thread-safe.

    Attributes:
        heard: absolute sample up to which the last decode taken had heard.

    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._partial: DecodePartial | None = None
        self._orders: deque[Request] = deque()
        self._closed = False
        self.heard = 0

    def offer(self, partial: DecodePartial) -> None:
        """Replace the waiting partial."""
        with self._changed:
            self._partial = partial
            self._changed.notify()

    def order(self, order: Request) -> None:
        """Queue what must be done; what it makes needless and has not begun is not done at all."""
        with self._changed:
            if self._partial is not None and self._partial.utterance == order.utterance:
                self._partial = None
            if isinstance(order, Withdraw | Drop):
                self._orders = deque(o for o in self._orders if not _needless(o, order))
            self._orders.append(order)
            self._changed.notify()

    def take(self) -> Request | None:
        """Return what is to be done next, without waiting; orders first, in order."""
        with self._changed:
            return self._next()

    def wait(self) -> Request | None:
        """Return what is to be done next; blocks until there is something; None once closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._orders or self._partial is not None or self._closed)
            return self._next()

    def close(self) -> None:
        """Let `wait` return None when nothing is left."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _next(self) -> Request | None:
        request: Request | None
        if self._orders:
            request = self._orders.popleft()
        else:
            request, self._partial = self._partial, None
        if isinstance(request, DecodePartial | DecodeFinal):
            self.heard = request.start + len(request.audio)
        return request


def _needless(waiting: Request, order: Withdraw | Drop) -> bool:
    """Whether an order that waits is made needless: a drop undoes any decode, a withdrawal a speculative one."""
    if not isinstance(waiting, DecodePartial | DecodeFinal) or waiting.utterance != order.utterance:
        return False
    return isinstance(order, Drop) or isinstance(waiting, DecodePartial) or waiting.speculative
