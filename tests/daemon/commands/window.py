"""A dictation with commands into a window that takes back what it is asked to, as the delivery does."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.commands import Grammar
from sayso.dictation import Dictation
from sayso.events import Edit, Event, Hypothesis, TimedWord, UtteranceCutShort
from sayso.formatter import Formatter, check_spans
from sayso.recogniser import Final, Partial

WORD_SECONDS = 0.3
HEARD_AFTER_SECONDS = 0.5  # more than any guard


def timed(text: str, *, confidence: float = 0.9, start: float = 0.0) -> tuple[TimedWord, ...]:
    """The words of a text, each of them as long as its letters; "_" is a pause of half a second."""
    words: list[TimedWord] = []
    at = start
    for word in text.split(" "):
        if word == "_":
            at += 0.5
        elif word:
            length = max(0.12, 0.06 * sum(c.isalnum() for c in word))
            words.append(TimedWord(f" {word}", at, at + length, confidence))
            at += length
    return tuple(words)


class Window:
    """What stands, utterance by utterance.

    Attributes:
        texts: of each utterance, in order.
        edits: as they were delivered.
        events: as they were told.

    """

    def __init__(self, grammar: Grammar | None, *, deletes: bool = True, trims: bool = True) -> None:
        self.texts: dict[int, str] = {}
        self.edits: list[Edit] = []
        self.events: list[Event] = []
        self.number = 0
        self.now = 0.0
        self.dictation = Dictation(
            Formatter(),
            self.deliver,
            self.events.append,
            deletes=lambda: deletes,
            undo=self.undo,
            trim=self.trim if trims else None,
        )
        self.dictation.commands = lambda _utterance, _language: grammar

    @property
    def text(self) -> str:
        """All that stands."""
        return "".join(self.texts.values())

    def deliver(self, utterance: int, edit: Edit, last: bool) -> None:
        """Type; what an edit takes back is the utterance's own."""
        check_spans(edit)
        mine = self.texts.pop(utterance, "")
        assert edit.delete <= len(mine)
        self.texts[utterance] = mine[: len(mine) - edit.delete] + edit.insert
        self.edits.append(edit)

    def undo(self, number: int) -> None:
        """Take back an utterance, which is the last that stands."""
        assert number == next(n for n in reversed(self.texts) if self.texts[n])
        self.texts[number] = ""
        self.dictation.correct(UtteranceCutShort(number, ""))

    def trim(self, number: int, characters: int) -> None:
        """Take back the end of one, which is the last that stands."""
        assert number == next(n for n in reversed(self.texts) if self.texts[n])
        self.texts[number] = self.texts[number][:-characters]
        self.dictation.correct(UtteranceCutShort(number, self.texts[number]))

    def hear(self, words: Sequence[TimedWord], *, final: bool, language: str = "en") -> None:
        """The recogniser has heard so much of the utterance in flight."""
        end = max([0.0, *(word.end_seconds for word in words)]) + HEARD_AFTER_SECONDS
        start = words[0].start_seconds if words else 0.0
        hypothesis = Hypothesis(self.number, min(start, self.now), end, tuple(words), final, language)
        self.dictation.take(Final(self.number, hypothesis, True, end) if final else Partial(hypothesis))

    def say(self, *utterances: str, confidence: float = 0.9) -> str:
        """Say utterances, each word by word as a recogniser would commit it; return all that stands."""
        for text in utterances:
            self.number += 1
            words = timed(text, confidence=confidence, start=self.now)
            for count in range(1, len(words) + 1):
                for _ in range(2):
                    self.hear(words[:count], final=False)
            self.hear(words, final=True)
            self.now = max([self.now, *(word.end_seconds for word in words)]) + 1.0
        return self.text
