"""How far the recogniser's confidence can be believed: of the words that it gave 0.8, are 80 % right? Pure.

The expected calibration error is the mean distance between confidence and share of right words over ten bins of
equal width, weighed by the words in each (Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities
Using Bayesian Binning", AAAI 2015; Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sayso.figures import Judged
from sayso.latency import plain_words

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Words of about the same confidence.

    Attributes:
        low: the least confidence in it, 0 to 1; its highest is a tenth more.
        words: how many they are.
        confidence: their mean; 0 without words.
        right: the share of them that was left as it is; 0 without words.

    """

    low: float
    words: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against what was corrected.

    Attributes:
        bins: ten, from the lowest confidence on.
        words: in all of them.
        error: the expected calibration error, 0 to 1; None without words.

    """

    bins: tuple[Bin, ...]
    words: int
    error: float | None


def calibrate(words: Iterable[Judged]) -> Calibration:
    """Sort words into bins, and weigh how far each is off."""
    sorted_in: list[list[Judged]] = [[] for _ in range(BINS)]
    for word in words:
        sorted_in[min(BINS - 1, max(0, int(word.confidence * BINS)))].append(word)
    bins = tuple(_bin(number / BINS, inside) for number, inside in enumerate(sorted_in))
    count = sum(one.words for one in bins)
    off = sum(one.words * abs(one.confidence - one.right) for one in bins)
    return Calibration(bins, count, off / count if count else None)


def _bin(low: float, words: Sequence[Judged]) -> Bin:
    if not words:
        return Bin(low, 0, 0.0, 0.0)
    return Bin(
        low,
        len(words),
        sum(word.confidence for word in words) / len(words),
        sum(word.is_right for word in words) / len(words),
    )


def judge_words(words: Sequence[tuple[str, float]], changes: Iterable[tuple[str, str]]) -> list[Judged]:
    """Which words of a corrected utterance were right.

    Args:
        words: (text, confidence) of each, as they were heard.
        changes: (heard, meant) of each stretch that was changed, in order.

    Returns:
        One for each word; none at all where a stretch is not among the words, because then it cannot be told.

    """
    letters = [(part, at) for at, (text, _) in enumerate(words) for part in plain_words(text)]
    wrong: set[int] = set()
    begin = 0
    for heard, _ in changes:
        stretch = plain_words(heard)
        found = _find(stretch, [part for part, _ in letters], begin)
        if found is None:
            return []
        wrong.update(at for _, at in letters[found : found + len(stretch)])
        begin = found + len(stretch)
    return [Judged(confidence, at not in wrong) for at, (_, confidence) in enumerate(words)]


def _find(stretch: Sequence[str], among: Sequence[str], begin: int) -> int | None:
    """Where a stretch of words is, from `begin` on; an empty one is right there."""
    ends = len(among) - len(stretch) + 1
    return next((at for at in range(begin, ends) if list(among[at : at + len(stretch)]) == list(stretch)), None)
