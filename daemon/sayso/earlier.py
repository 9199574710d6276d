"""What was said before, as far as it goes into the prompt of what is said next at the same place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sayso.events import TimedWord

CONTEXT_WORDS: Final = 40  # said before a window that go into its prompt: about 60 of Whisper's 224 tokens
CONTEXT_SECONDS: Final = 15.0  # what was said longer ago is another matter


class Earlier:
    """The last words of earlier utterances, of the place where the last of them went.

    What was said to another window is another matter, often in another language: prompted with it, Whisper writes
    it again. So it does with what was misheard and taken back.
    """

    def __init__(self) -> None:
        self._words: tuple[tuple[int, TimedWord], ...] = ()  # and in which utterance each was said
        self._end_seconds = 0.0
        self._place = 0

    def keep(self, utterance: int, words: Iterable[TimedWord], place: int, end_seconds: float) -> None:
        """An utterance is over; its words that stand."""
        before = self._words if place == self._place else ()
        self._words = (*before, *((utterance, word) for word in words))[-CONTEXT_WORDS:]
        self._place, self._end_seconds = place, end_seconds

    def forget(self, utterance: int, place: int | None = None) -> None:
        """An utterance does not stand any more at a place; None: wherever it went."""
        if place in (None, self._place):
            self._words = tuple(one for one in self._words if one[0] != utterance)

    def before(self, place: int, at_seconds: float) -> tuple[TimedWord, ...]:
        """The words said shortly before a time at a place."""
        is_near = place == self._place and at_seconds - self._end_seconds < CONTEXT_SECONDS
        return tuple(word for _, word in self._words) if is_near else ()
