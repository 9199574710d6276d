"""How long words took: from the end of a word in the audio to the moment it stood."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sayso.events import Edit


@dataclass(frozen=True, slots=True)
class StandingWord:
    """A word of the live text, and the clock, in seconds, at which it was handed to the typist."""

    text: str
    clock_seconds: float


class StandingText:
    """What stands in the window, and since when each character does, on the clock."""

    def __init__(self) -> None:
        self.text = ""
        self._since: list[float] = []

    def take(self, edit: Edit, clock_seconds: float) -> None:
        """Apply an edit."""
        kept = len(self.text) - edit.delete
        self.text = self.text[:kept] + edit.insert
        self._since[kept:] = [clock_seconds] * len(edit.insert)

    def words(self, words_of: Callable[[str], list[str]]) -> list[StandingWord]:
        """Its words, normalised, each since its last letter stood; not since its full stop did."""
        found: list[StandingWord] = []
        for token in re.finditer(r"\S*\w", self.text):
            found += [StandingWord(word, self._since[token.end() - 1]) for word in words_of(token.group())]
        return found


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of the offline transcript, and when it ended in the audio, in seconds."""

    text: str
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Latencies:
    """Commit latency of each word that both transcripts have, and how many spoken words have no match."""

    seconds: tuple[float, ...]
    unmatched: int


def commit_latencies(standing: Sequence[StandingWord], spoken: Sequence[SpokenWord]) -> Latencies:
    """Match the live words to the offline ones, in order, and subtract their times."""
    matcher = SequenceMatcher(None, [w.text for w in standing], [w.text for w in spoken], autojunk=False)
    found = tuple(
        standing[block.a + i].clock_seconds - spoken[block.b + i].end_seconds
        for block in matcher.get_matching_blocks()
        for i in range(block.size)
    )
    return Latencies(found, len(spoken) - len(found))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank); NaN without values."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def plain_words(text: str) -> list[str]:
    """Words without case and punctuation."""
    kept = "".join(c if c.isalnum() or c.isspace() or c == "'" else " " for c in text.casefold())
    return kept.split()
