"""Which of a person's terms a decode is prompted with.

Terms that nobody said cost words: with ten learnt ones in every prompt 45 of 441 words of real speech were wrong
instead of 37. So of what was learnt only that is in every prompt which is said again and again (`likely`). The
others are asked for: where the recogniser was unsure of something that sounds like a term, the window is decoded
again, with the few terms that it sounds like, and what comes of that is believed only if one of them is in it
(`Asking`). None of 49 second looks at that speech, with 30 terms that were not said, found one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from sayso.events import TimedWord
from sayso.vocabulary import Term
from sayso.vocabulary.matching import MOST_WORDS, UNSURE, Known, text_of, unsure_stretches

MOST_ASKED = 4  # terms at once: 50 of 72 were right with 36 in the prompt, 62 with these (tiny.en, offline)
TRIES = 2  # second looks for a term at one place: the words around it may have been cut off the first time
PLACE_SECONDS = 1.0  # so near it is the same place
MOST_LIKELY = 10  # ten unrelated terms cost no word of 441, thirty six
MOST = 30  # together, whatever the settings give
HALF_LIFE_DAYS = 14.0  # after which a use counts half
LEAST_WEIGHT = 1.9  # said three times within a day, or more often in more days
DAY_SECONDS = 86_400.0


def likely(terms: Sequence[Term], given: Sequence[str], now_seconds: float) -> tuple[str, ...]:
    """The terms that are in every prompt, the likeliest first: those given, those pinned, and a few others.

    Args:
        terms: the person's.
        given: by the settings.
        now_seconds: since 1970.

    """
    weights = {term.text: weight(term, now_seconds) for term in terms}
    best = sorted(weights, key=weights.__getitem__, reverse=True)
    pinned = {term.text for term in terms if term.is_pinned}
    always = dict.fromkeys((*given, *(text for text in best if text in pinned)))
    others = [text for text in best if text not in always and weights[text] >= LEAST_WEIGHT]
    return (*always, *others[: max(0, MOST_LIKELY - len(always))])[:MOST]


def weight(term: Term, now_seconds: float) -> float:
    """How likely a term is to be said: by use, of which old ones count less."""
    days = max(0.0, now_seconds - term.last_used_seconds) / DAY_SECONDS
    return math.log2(1 + term.uses) * math.exp2(-days / HALF_LIFE_DAYS)


class Asking:
    """What one utterance's decodes are prompted with, and what was found out by it.

    Args:
        known: the person's terms.
        given: terms of the settings, which are always in the prompt.
        now_seconds: since 1970.

    """

    def __init__(self, known: Known, given: Sequence[str], now_seconds: float) -> None:
        self._known = known
        self._always = likely(known.terms, given, now_seconds)
        self._heard: dict[str, None] = {}  # terms that were found in it, in order
        self._asked: dict[str, list[float]] = {}  # term → the middles of what sounded like it, in seconds

    @property
    def prompt(self) -> tuple[str, ...]:
        """The terms for the next decode; those that were said in the utterance last, nearest to the text."""
        rest = [text for text in self._always if text not in self._heard]
        found = tuple(self._heard)[-MOST:]
        return (*rest[: MOST - len(found)], *found)

    def ask(self, words: Sequence[TimedWord], settled_seconds: float = 0.0) -> tuple[str, ...]:
        """The terms that a second look is worth, the likeliest first; none more than `TRIES` times in a place.

        Args:
            words: of a decode, as far as they are not cut off.
            settled_seconds: what began before that stands, whatever else it might have been.

        """
        best: dict[str, tuple[float, float]] = {}  # term → how near, and where
        for stretch in unsure_stretches(words):
            at = (stretch[0].start_seconds + stretch[-1].end_seconds) / 2
            if stretch[0].middle_seconds > settled_seconds:
                for near in self._known.alike(text_of(stretch)):
                    is_open = self._is_open(near.term, at) and self._known.may_be(stretch, near)
                    if is_open and near.score > best.get(near.term, (0.0, 0.0))[0]:
                        best[near.term] = near.score, at
        asked = sorted(best, key=best.__getitem__, reverse=True)[:MOST_ASKED]
        for term in asked:
            self._asked.setdefault(term, []).append(best[term][1])
        return tuple(asked)

    def _is_open(self, term: str, at_seconds: float) -> bool:
        """Whether it is worth asking for a term at a place."""
        tried = [at for at in self._asked.get(term, ()) if abs(at - at_seconds) < PLACE_SECONDS]
        return term not in self._heard and len(tried) < TRIES

    def asking(self, terms: Sequence[str]) -> tuple[str, ...]:
        """The prompt of a second look with these terms."""
        return (*self.prompt[: MOST - len(terms)], *reversed(terms))

    def found(self, words: Sequence[TimedWord], asked: Sequence[str], before: Sequence[TimedWord]) -> bool:
        """Whether a second look has one of the terms; from then on it is in the utterance's prompts.

        Args:
            words: that came of it.
            asked: the terms.
            before: what the first look had: where it was ordinary words, and clear, they were said.

        """
        said = [(first, end, term) for first, end, term in self._said(words) if term in asked]
        if not all(self._may_be(term, words[first:end], before) for first, end, term in said):
            return False
        self._heard |= dict.fromkeys(term for _, _, term in said)
        return bool(said)

    def _may_be(self, term: str, words: Sequence[TimedWord], before: Sequence[TimedWord]) -> bool:
        """Whether a term may have been said in place of what the first look had there."""
        start, end = words[0].start_seconds, words[-1].end_seconds
        there = [word for word in before if start <= word.middle_seconds <= end]
        return not there or self._known.spelt(there) == term or self._known.may_replace(there, term)

    def believed(self, words: Sequence[TimedWord]) -> tuple[TimedWord, ...]:
        """The words, with those sure that are terms which were found: that they were said is known by two decodes.

        How likely a word is, is told without the prompt, to which a term is as unlikely as ever.
        """
        said = [(first, end) for first, end, term in self._said(words) if term in self._heard]
        # One that is spelt otherwise stays unsure: only so it is written as its owner writes it.
        sure = {n for first, end in said if self._known.is_exact(words[first:end]) for n in range(first, end)}
        return tuple(
            replace(word, confidence=max(word.confidence, UNSURE)) if n in sure else word
            for n, word in enumerate(words)
        )

    def _said(self, words: Sequence[TimedWord]) -> list[tuple[int, int, str]]:
        """The terms among the words, as [first, end) and how they are written."""
        spans = ((n, end) for n in range(len(words)) for end in range(n + 1, min(len(words), n + MOST_WORDS) + 1))
        found = ((first, end, self._known.spelt(words[first:end])) for first, end in spans)
        return [(first, end, term) for first, end, term in found if term is not None]
