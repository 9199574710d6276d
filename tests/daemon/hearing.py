"""A dictation whose edits go into a window, and hypotheses for it to hear."""

from __future__ import annotations

from collections.abc import Callable

from sayso.dictation import Dictation
from sayso.events import Edit, Event, Hypothesis, TimedWord
from sayso.formatter import Formatter
from sayso.recogniser import Final, Partial
from sayso.typist.recording import RecordingTypist

PACE = 0.4  # seconds a word
HEARD_AFTER_SECONDS = 0.5  # more than any guard


def spoken(utterance: int, words: tuple[TimedWord, ...], *, final: bool = False, start: float = 0.0) -> Hypothesis:
    """A hypothesis of a window that ends when enough was heard after its last word."""
    end = max([start, *(word.end_seconds for word in words)]) + HEARD_AFTER_SECONDS
    return Hypothesis(utterance, start, end, words, final, "en")


def heard(utterance: int, text: str, *, final: bool = False, start: float = 0.0) -> Hypothesis:
    """The words of a text, one after the other."""
    words = tuple(
        TimedWord(f" {word}", start + n * PACE, start + (n + 1) * PACE, 0.9) for n, word in enumerate(text.split())
    )
    return spoken(utterance, words, final=final, start=start)


class Desk:
    """A dictation whose edits go into a window, and what it told."""

    def __init__(
        self,
        *,
        rewrite: bool = False,
        deletes: bool = True,
        formatter: Formatter | None = None,
        place: Callable[[int], int] = lambda _: 0,
    ) -> None:
        self.typist = RecordingTypist()
        self.events: list[Event] = []
        self.last: list[bool] = []
        self.cancelled = 0
        self.dictation = Dictation(
            formatter or Formatter(),
            self._deliver,
            self.events.append,
            place,
            is_cancelled=lambda number: number <= self.cancelled,
            deletes=lambda: deletes,
        )
        self.dictation.rewrite = rewrite

    def _deliver(self, utterance: int, edit: Edit, last: bool) -> None:
        self.typist.type(edit)
        self.last.append(last)

    def partials(self, utterance: int, *texts: str) -> None:
        """Hear texts of an utterance in flight."""
        for text in texts:
            self.dictation.take(Partial(heard(utterance, text)))

    def final(self, utterance: int, text: str, *, ends: bool = True) -> None:
        """Hear its last word."""
        self.dictation.take(Final(utterance, heard(utterance, text, final=True), ends, 2.5))
