"""Hears when somebody takes back what was misheard, and dictates it again."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from sayso.corrections import Seen, Source
from sayso.corrections.again import Spoken, is_again
from sayso.events import Event, TextStands, UtteranceCutShort, UtteranceSaid

T = TypeVar("T")

REMEMBERED: Final = 8  # utterances; what is taken back and said again is among the last two or three


class Repetition:
    """An observer of events: any thread; returns at once.

    Args:
        take: takes what a taken-back utterance was to be.
        wall: seconds since 1970.

    """

    def __init__(self, take: Callable[[Seen], object], wall: Callable[[], float] = time.time) -> None:
        self._take = take
        self._wall = wall
        self._lock = threading.Lock()
        self._when: dict[int, tuple[float, float]] = {}  # utterance → first to last word, in seconds
        self._stood: dict[int, Spoken] = {}
        self._taken_back: dict[int, Spoken] = {}

    def watch(self, event: Event) -> None:
        """Take what happened."""
        match event:
            case UtteranceSaid(utterance=utterance, words=words) if words:
                with self._lock:
                    _put(self._when, utterance, (words[0].start_seconds, words[-1].end_seconds))
            case TextStands(utterance=utterance, text=text, window_key=place):
                self._stands(utterance, text, place)
            case UtteranceCutShort(utterance=utterance, standing=standing) if not standing.strip():
                self.gone(utterance)
            case _:
                pass

    def gone(self, utterance: int) -> None:
        """Take that nothing is left of a text; of one that was deleted by hand it may be known late."""
        with self._lock:
            stood = self._stood.pop(utterance, None)
            if stood is None:
                return
            _put(self._taken_back, utterance, stood)
            seen = self._again([utterance], sorted(self._stood))
        self._tell(seen)

    def _stands(self, utterance: int, text: str, place: int) -> None:
        with self._lock:
            if utterance not in self._when or not text.strip():
                return
            _put(self._stood, utterance, Spoken(text, place, *self._when[utterance]))
            seen = self._again(sorted(self._taken_back, reverse=True), [utterance])
        self._tell(seen)

    def _again(self, taken_back: list[int], stood: list[int]) -> Seen | None:
        """The first of some that were taken back, as one of others says it again."""
        for first, then in itertools.product(taken_back, stood):
            if first < then and is_again(self._taken_back[first], self._stood[then]):
                del self._taken_back[first]
                return Seen(first, Source.AGAIN, self._stood[then].text.strip(), self._wall())
        return None

    def _tell(self, seen: Seen | None) -> None:
        if seen is not None:
            self._take(seen)


def _put(known: dict[int, T], utterance: int, what: T) -> None:
    known[utterance] = what
    if len(known) > REMEMBERED:
        del known[next(iter(known))]
