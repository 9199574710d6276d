"""Corrections per 100 words, and the real-time factor. Pure.

A correction is a stretch of words that the person changed in an utterance, and that was accepted as what was said;
two words that were changed next to each other are one. It counts for the day on which the words were said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sayso.figures import Fixed, Spoken
from sayso.latency import plain_words


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something was corrected.

    Attributes:
        name: the day (ISO 8601), application, model or term; empty for those that have no name.
        words: that were said; of a term: how often it was said.
        corrections: of stretches of words; of a term: how often it was misheard.
        seconds: of audio of which the computing is known; 0 for terms.
        computing_seconds: that the engine took for these.

    """

    name: str
    words: int
    corrections: int
    seconds: float = 0.0
    computing_seconds: float = 0.0

    @property
    def per_100_words(self) -> float | None:
        """Corrections per 100 words (of a term: per 100 times that it was said); None where there are none."""
        return 100 * self.corrections / self.words if self.words else None

    @property
    def real_time_factor(self) -> float | None:
        """Seconds of computing for a second of audio; None where that is not known."""
        return self.computing_seconds / self.seconds if self.seconds else None


def total(spoken: Iterable[Spoken], fixed: Iterable[Fixed]) -> Rate:
    """All of it."""
    found = rates_by(lambda _: "", spoken, fixed)
    return found[0] if found else Rate("", 0, 0)


def rates_by(key: Callable[[Spoken], str], spoken: Iterable[Spoken], fixed: Iterable[Fixed]) -> list[Rate]:
    """By what `key` says of an utterance, the one with the most words first."""
    corrections = _corrections(fixed)
    groups: dict[str, list[Spoken]] = {}
    for one in spoken:
        groups.setdefault(key(one), []).append(one)
    rates = [_rate(name, group, corrections) for name, group in groups.items()]
    return sorted(rates, key=lambda rate: (-rate.words, rate.name))


def by_day(spoken: Sequence[Spoken], fixed: Iterable[Fixed]) -> list[Rate]:
    """Day by day, those on which nothing was said too, from the first on which something was to the last."""
    if not spoken:
        return []
    corrections = _corrections(fixed)
    groups: dict[date, list[Spoken]] = {}
    for one in spoken:
        groups.setdefault(one.day, []).append(one)
    first, last = min(groups), max(groups)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [_rate(day.isoformat(), groups.get(day, []), corrections) for day in days]


def by_term(terms: Collection[str], spoken: Iterable[Spoken], fixed: Iterable[Fixed]) -> list[Rate]:
    """Of the person's own terms, those that were misheard, the one that was most often first.

    Only terms have names here: what else was corrected is the person's text.

    Args:
        terms: the person's vocabulary.
        spoken: the utterances.
        fixed: their corrections.

    """
    names = {" ".join(words): term for term in terms if (words := plain_words(term))}
    misheard: Counter[str] = Counter()
    any_term = _pattern(names)
    for one in fixed:
        for heard, meant in one.changes:
            misheard.update(_terms_in(meant, any_term) - _terms_in(heard, any_term))
    said: Counter[str] = Counter()
    any_misheard = _pattern(misheard)
    for utterance in spoken:
        said.update(_terms_in(utterance.text, any_misheard))
    rates = [Rate(names[term], max(said[term], times), times) for term, times in misheard.items()]
    return sorted(rates, key=lambda rate: (-rate.corrections, rate.name))


def _pattern(terms: Iterable[str]) -> re.Pattern[str]:
    """Finds any of them in plain words, the longest where one is within another; nothing where there are none."""
    either = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    return re.compile(rf"(?<!\S)(?:{either})(?!\S)" if either else "(?!)")


def _terms_in(text: str, pattern: re.Pattern[str]) -> Counter[str]:
    """How often each of them is in a text."""
    return Counter(pattern.findall(" ".join(plain_words(text))))


def _corrections(fixed: Iterable[Fixed]) -> Counter[int]:
    """How many stretches were changed in each utterance."""
    counted: Counter[int] = Counter()
    for one in fixed:
        counted[one.utterance] += len(one.changes)
    return counted


def _rate(name: str, group: Sequence[Spoken], corrections: Mapping[int, int]) -> Rate:
    timed = [one for one in group if one.computing_seconds > 0]
    return Rate(
        name,
        words=sum(one.words for one in group),
        corrections=sum(corrections.get(one.utterance, 0) for one in group),
        seconds=sum(one.seconds for one in timed),
        computing_seconds=sum(one.computing_seconds for one in timed),
    )
