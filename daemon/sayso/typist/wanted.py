"""Which utterances are to be typed: not what was cancelled, and not what was said where nothing may be typed."""

from __future__ import annotations


class Wanted:
    """The answer of the person, and of the fields that they spoke to. Any thread may call anything."""

    def __init__(self) -> None:
        self._begun = 0
        self._cancelled = 0  # this utterance and those before it are not wanted
        self._barred: set[int] = set()  # utterances that were said where nothing may be typed

    def begin(self, utterance: int) -> None:
        """An utterance begins."""
        self._begun = utterance

    def bar(self, utterance: int) -> None:
        """It goes where nothing may be typed."""
        self._barred.add(utterance)

    def over(self, utterance: int) -> None:
        """Nobody will ask for it any more."""
        self._barred.discard(utterance)

    def cancel(self) -> None:
        """Nothing that has begun is wanted; counts at once."""
        self._cancelled = self._begun

    def is_cancelled(self, utterance: int) -> bool:
        """Whether nothing more of it is to be typed."""
        return utterance <= self._cancelled or utterance in self._barred

    def is_barred(self, utterance: int) -> bool:
        """Whether nothing of it may be kept either."""
        return utterance in self._barred
