"""Where the text of utterances stands in a field, and what it has become there.

A field is read in pieces: some characters before our text, our text, some after it. A later reading of the same
place may begin earlier or end later, may have other text around it, and somebody may have written anywhere in it.
Words decide what is where: the longest stretches that both readings have in common are found first, because these
are what nobody touched (Ratcliff and Metzener, "Pattern Matching: The Gestalt Approach", 1988). What stands
between them is what our words have become, as far as it is ours: what follows our last word, or comes before our
first one, was written by the person and is nobody's correction.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from sayso.corrections.alignment import (
    CLOSING,
    OPENING,
    Block,
    Change,
    Texts,
    Word,
    alike,
    divided,
    slice_of,
    words_of,
)

NEAR: Final = 0.55  # of other words that stand for ours: any two texts of 15 letters have 0.4 in common
LEAST_KEPT: Final = 0.4  # of our words that are as they were, or alike; with fewer the text was written anew

_FLAT: Final = str.maketrans("\n\r\t\u00a0", "    ")
_OPENING: Final = f"{OPENING}#@"


class Fate(StrEnum):
    """What a text has become."""

    SAME = "same"  # nothing of it was changed
    FIXED = "fixed"  # some of its words are others now; most are not
    CONTINUED = "continued"  # it is as it was, and somebody has gone on writing after it, before it or in it
    REWRITTEN = "rewritten"  # hardly a word of it is left, and something else stands there
    GONE = "gone"  # it was deleted
    UNKNOWN = "unknown"  # it cannot be told: what is around it has changed, too, or it had no words


@dataclass(frozen=True, slots=True)
class Ours:
    """Characters [start, end) of a reading, and the utterance that they were typed for."""

    utterance: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """A field as it was read when our text stood in it.

    Attributes:
        text: what was read: something before our text, our text, something after it; all may be empty but ours.
        ours: where the text of each utterance is, in order, without overlap; several may follow each other.

    """

    text: str
    ours: tuple[Ours, ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """What has become of one utterance's text.

    Attributes:
        utterance: its number.
        fate: what has become of it.
        text: what stands in its place now, and nothing of what is around it; empty where it is gone or not known.
        start: where that begins in the later reading, in characters.
        end: one past its end.

    """

    utterance: int
    fate: Fate
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Became:
    """What has become of all our text in a field.

    Attributes:
        stands: for each utterance of the baseline, in its order.
        is_continued: whether something was written beside ours, or between.

    """

    stands: tuple[Stands, ...]
    is_continued: bool

    def of(self, utterance: int) -> Stands:
        """What has become of an utterance's text.

        Raises:
            KeyError: the baseline has none of that utterance.

        """
        for one in self.stands:
            if one.utterance == utterance:
                return one
        raise KeyError(utterance)


def found(text: str, typed: str, utterance: int, until: int | None = None) -> Ours | None:
    """Where a text that was just typed stands in a reading: its last occurrence that ends at or before a place.

    Args:
        text: what was read.
        typed: what was typed; a line break in it may have become a space, as in fields of one line.
        utterance: whose text it is.
        until: in characters, where the cursor is; None: anywhere.

    Returns:
        None where it does not stand there as it was typed.

    """
    flat, end = text.translate(_FLAT), len(text) if until is None else until
    for sought in (typed.translate(_FLAT), typed.translate(_FLAT).strip()):
        at = flat.rfind(sought, 0, end)
        if at >= 0 and sought.strip():
            return Ours(utterance, at, at + len(sought))
    return None


def became(baseline: Baseline, now: str) -> Became:
    """What has become of our text in a field.

    Args:
        baseline: the field when our text stood in it.
        now: the same place read again, with at least as much around it where there is so much.

    """
    if now == baseline.text:
        same = (Stands(o.utterance, Fate.SAME, now[o.start : o.end], o.start, o.end) for o in baseline.ours)
        return Became(tuple(same), is_continued=False)
    return _Reading(baseline, now).became()


def rebased(baseline: Baseline, now: str) -> Baseline:
    """The later reading as the baseline of what comes next: ours is where it stands now, as far as it does.

    An utterance whose text is gone, rewritten or not to be found is left out.
    """
    kept = (one for one in became(baseline, now).stands if one.fate in (Fate.SAME, Fate.FIXED, Fate.CONTINUED))
    return Baseline(now, tuple(Ours(one.utterance, one.start, one.end) for one in kept))


class _Reading:
    """A later reading, laid against the baseline."""

    def __init__(self, baseline: Baseline, now: str) -> None:
        self._baseline, self._now = baseline, now
        cuts = sorted({0, len(baseline.text), *(o.start for o in baseline.ours), *(o.end for o in baseline.ours)})
        old: list[Word] = []
        self._at: dict[int, int] = {}  # where a part of the baseline begins → how many words are before it
        for start, end in itertools.pairwise(cuts):
            self._at[start] = len(old)
            old += [
                replace(w, start=w.start + start, end=w.end + start) for w in words_of(baseline.text[start:end])
            ]
        self._at[cuts[-1]] = len(old)
        texts = Texts(baseline.text, old, now, words_of(now))
        self._old, self._new = texts.heard_words, texts.meant_words
        matcher = SequenceMatcher(None, [w.key for w in old], [w.key for w in self._new], autojunk=False)
        walls = frozenset(self._at.values())
        same = [run for a, b, n in matcher.get_matching_blocks() for run in _cut(a, b, n, walls)]
        self._blocks = divided(texts, same, walls)

    def became(self) -> Became:
        is_elsewhere = not any(block.change is Change.EQUAL for block in self._blocks)
        stands = [self._one(ours, is_elsewhere) for ours in self._baseline.ours]
        walls = {at for ours in self._baseline.ours for at in (self._at[ours.start], self._at[ours.end])}
        added = any(block.change is Change.ADDED and block.heard_start in walls for block in self._blocks)
        return Became(tuple(stands), added)

    def _one(self, ours: Ours, is_elsewhere: bool) -> Stands:
        first, end = self._at[ours.start], self._at[ours.end]
        is_all = end - first == len(self._old)
        if first == end or (is_elsewhere and not is_all and self._new):
            return Stands(ours.utterance, Fate.UNKNOWN, "", 0, 0)
        mine = [b for b in self._blocks if first <= b.heard_start and b.heard_end <= end]
        kept = [b for b in mine if b.change in (Change.EQUAL, Change.CHANGED)]
        beside = [b for b in mine if b.change is Change.ADDED and b.heard_start in (first, end)]
        if not kept or not self._is_recognisable(kept, end - first):
            there = kept or beside
            fate = Fate.REWRITTEN if there else Fate.GONE
            return self._stands(ours, fate, there[0].meant_start, there[-1].meant_end) if there else _gone(ours)
        one = self._stands(ours, Fate.FIXED, kept[0].meant_start, kept[-1].meant_end)
        is_whole = all(b.change in (Change.EQUAL, Change.ADDED) for b in mine)
        is_longer = any(b.change is Change.ADDED for b in mine)
        if is_whole and is_longer:
            return replace(one, fate=Fate.CONTINUED)
        is_same = one.text.split() == self._baseline.text[ours.start : ours.end].split()
        return replace(one, fate=Fate.SAME) if is_same else one

    def _is_recognisable(self, kept: Sequence[Block], words: int) -> bool:
        """Whether enough of it is what it was, or sounds like it, for the rest to have taken its place."""
        alike_words = 0
        for block in kept:
            old = slice_of(self._baseline.text, self._old, block.heard_start, block.heard_end)
            new = slice_of(self._now, self._new, block.meant_start, block.meant_end)
            if block.change is Change.EQUAL or alike(old, new) >= NEAR:
                alike_words += block.heard_end - block.heard_start
        return alike_words >= LEAST_KEPT * words

    def _stands(self, ours: Ours, fate: Fate, first: int, end: int) -> Stands:
        """What stands in words [first, end), with the marks and spaces that belong to it."""
        start, stop = self._new[first].start, self._new[end - 1].end
        old_first, old_last = self._old[self._at[ours.start]], self._old[self._at[ours.end] - 1]
        lead = self._baseline.text[ours.start : old_first.start]
        tail = self._baseline.text[old_last.end : ours.end]
        before = self._now[self._new[first - 1].end if first else 0 : start]
        after = self._now[stop : self._new[end].start if end < len(self._new) else len(self._now)]
        own_lead = len(lead) if before.endswith(lead) else len(before) - len(before.rstrip(_OPENING))
        own_tail = len(tail) if after.startswith(tail) else len(after) - len(after.lstrip(CLOSING))
        start, stop = start - own_lead, stop + own_tail
        return Stands(ours.utterance, fate, self._now[start:stop], start, stop)


def _cut(old: int, new: int, words: int, walls: frozenset[int]) -> list[tuple[int, int, int, int]]:
    """A run of equal words as runs that cross no wall."""
    cuts = [old, *sorted(wall for wall in walls if old < wall < old + words), old + words]
    shift = new - old
    return [(start, end, start + shift, end + shift) for start, end in itertools.pairwise(cuts) if start < end]


def _gone(ours: Ours) -> Stands:
    return Stands(ours.utterance, Fate.GONE, "", 0, 0)
