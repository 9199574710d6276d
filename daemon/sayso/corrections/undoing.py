"""From the text that stands in a window back to what was said: commands, replacements and formatting undone.

What was typed knows its words by its spans. Where the person changed nothing, what was said is what was
recognised: "comma" for a comma, "cube control" for kubectl, in the recogniser's own spelling; only where a term
was written in place of what was recognised, by a learnt rule or its sound, it is the term that was said. Where
they changed words that were typed as they were recognised, or such a term, what was said is what they wrote. Where
they changed what a command, a replacement of their own or formatting made, both may be wrong, what was heard and
what was made of it: that cannot be told, and None is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from sayso.corrections.alignment import (
    CLOSING,
    OPENING,
    Block,
    Change,
    Closeness,
    align,
    alike,
    compared,
    slice_of,
    words_of,
)
from sayso.events import Span, UtteranceSaid


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of what is believed to have been said.

    Attributes:
        text: of it, with the space before and the marks after it.
        first: index of the first word that was recognised for it.
        end: one past the last.
        is_term: it is a term that was written in place of these.

    """

    text: str
    first: int
    end: int
    is_term: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A term that was written in place of what was recognised, and that the person changed.

    Attributes:
        heard: what was recognised.
        term: as it was written.
        meant: what stands in its place.

    """

    heard: str
    term: str
    meant: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """A span of what was typed.

    Attributes:
        first: index of its first word among the words of the typed text.
        end: one past its last; the same where it typed only marks, or nothing.
        typed: its text.
        said: the same as it is believed to have been said (`parts`).
        is_term: it is a term that the decode was prompted with: it was said, and what was recognised was not.

    """

    first: int
    end: int
    typed: str
    said: str
    is_term: bool

    @property
    def is_plain(self) -> bool:
        """Whether it was typed as it was said: then another text there is what was said instead."""
        return self.is_term or compared(self.typed) == compared(self.said)

    @property
    def untouched(self) -> str:
        """What was said for it, where nobody changed it."""
        if not self.is_term:
            return self.said
        lead = self.said[: len(self.said) - len(self.said.lstrip())]
        return lead + self.typed.strip()


class _UntoldError(Exception):
    """It cannot be told what was said."""


def heard(said: UtteranceSaid) -> str:
    """What was recognised, word for word."""
    return "".join(word.text for word in said.words).strip()


def believed(said: UtteranceSaid) -> str:
    """The same with the terms that were written in place of what was recognised."""
    return "".join(part.text for part in parts(said)).strip()


def parts(said: UtteranceSaid) -> tuple[Part, ...]:
    """The same in parts: each of the recogniser's words, or a term."""
    out: list[Part] = []
    terms = {term.first: term for term in said.terms if term.first < term.end <= len(said.words)}
    for n, word in enumerate(said.words):
        if out and n < out[-1].end:
            continue
        if (term := terms.get(n)) is None:
            out.append(Part(word.text, n, n + 1, is_term=False))
            continue
        last = said.words[term.end - 1].text
        lead = word.text[: len(word.text) - len(word.text.lstrip())]
        out.append(Part(lead + term.text + last[len(last.rstrip(CLOSING)) :], n, term.end, is_term=True))
    return tuple(out)


def parts_in(said: UtteranceSaid, start: int, end: int) -> tuple[Part, ...]:
    """Those that words [start, end) of what is believed to have been said (`words_of`) are of."""
    found = parts(said)
    text = "".join(part.text for part in found)
    skipped = len(text) - len(text.lstrip())
    words = words_of(text.strip())[start:end]
    if not words:
        return ()
    ends = [at - skipped for at in accumulate(len(part.text) for part in found)]
    starts = [-skipped, *ends]
    return tuple(
        part
        for part, low, high in zip(found, starts, ends, strict=False)
        if low < words[-1].end and words[0].start < high
    )


def recognised(said: UtteranceSaid, start: int, end: int) -> str:
    """What was recognised for words [start, end) of what is believed to have been said."""
    found = parts_in(said, start, end)
    text = "".join(said.words[n].text for part in found for n in range(part.first, part.end)).strip()
    return text.lstrip(OPENING).rstrip(CLOSING)


def refused(said: UtteranceSaid, target: str) -> tuple[Refused, ...]:
    """The terms that were written in place of what was recognised, and are not in what was said.

    Args:
        said: what was recognised, and how text was made of it.
        target: what was said, word for word.

    """
    text = believed(said)
    words = words_of(target)
    found = []
    for block in align(text, target):
        meant = slice_of(target, words, block.meant_start, block.meant_end)
        if block.is_equal:
            continue
        for part in parts_in(said, block.heard_start, block.heard_end):
            if part.is_term and compared(part.text) not in compared(meant):
                heard_as = "".join(said.words[n].text for n in range(part.first, part.end)).strip()
                found.append(Refused(heard_as, part.text.strip().rstrip(CLOSING), meant))
    return tuple(found)


def spoken(text: str, said: UtteranceSaid, closeness: Closeness = alike) -> str | None:
    """What was said, word for word, if this text is what should stand.

    Args:
        text: what should stand, in place of all that was typed for the utterance.
        said: what was recognised, and how text was made of it.
        closeness: of two texts, for their alignment.

    Returns:
        None where it cannot be told.

    """
    try:
        return _Undoing(text, said, closeness).spoken()
    except _UntoldError:
        return None


class _Undoing:
    """One text, laid against what was typed."""

    def __init__(self, text: str, said: UtteranceSaid, closeness: Closeness) -> None:
        self._typed, self._text = said.typed.insert, text
        self._old, self._new = words_of(self._typed), words_of(text)
        self._blocks = align(self._typed, text, closeness)
        self._units = self._units_of(said)
        self._is_spaced = any(word.text[:1].isspace() for word in said.words[1:]) or len(said.words) == 1

    def _units_of(self, said: UtteranceSaid) -> tuple[_Unit, ...]:
        traced = [word for span in said.typed.spans for word in span.words]
        if traced != list(range(len(said.words))):
            raise _UntoldError  # something was typed by hand, or taken back in part
        terms = {compared(term) for term in said.vocabulary}
        return tuple(self._unit(span, said, terms, parts(said)) for span in said.typed.spans)

    def _unit(self, span: Span, said: UtteranceSaid, terms: set[str], heard_as: Sequence[Part]) -> _Unit:
        inside = [n for n, word in enumerate(self._old) if word.start < span.end and span.start < word.end]
        first, end = (inside[0], inside[-1] + 1) if inside else (0, 0)
        typed = self._typed[span.start : span.end]
        text = "".join(part.text for part in heard_as if part.first in span.words)
        is_term = compared(typed) in terms and compared(typed) != compared(text)
        return _Unit(first, end, typed, text, is_term)

    def spoken(self) -> str:
        """What was said.

        Raises:
            _UntoldError: it cannot be told.

        """
        pieces: list[tuple[int, int, str]] = []  # after which unit, whether it was added, and what
        groups = self._groups()
        pieces += [(first, 0, self._meant(first, last)) for first, last in groups]
        changed = {n for first, last in groups for n in range(first, last + 1)}
        pieces += [(n, 0, unit.untouched) for n, unit in enumerate(self._units) if n not in changed]
        for block in self._blocks:
            if block.change is Change.ADDED and not self._within(block.heard_start, groups):
                pieces.append((self._place(block), 1, self._set_off(block.meant_start, block.meant_end)))
        return " ".join("".join(text for _, _, text in sorted(pieces, key=lambda p: p[:2])).split())

    def _units_with(self, word: int) -> tuple[int, int]:
        """The first unit and the last that a typed word belongs to; "node", "dot" and "js" have typed one word."""
        units = [n for n, unit in enumerate(self._units) if unit.first <= word < unit.end]
        return units[0], units[-1]

    def _groups(self) -> list[tuple[int, int]]:
        """Units (first, last) of which words were changed or removed, those together that changed together."""
        groups: list[tuple[int, int]] = []
        for block in self._blocks:
            if block.change is Change.EQUAL:
                continue
            if block.change is Change.ADDED:
                at = block.heard_start
                inside = [n for n, unit in enumerate(self._units) if unit.first < at < unit.end]
                if not inside:
                    continue
                first = last = inside[0]
            else:
                first, last = self._units_with(block.heard_start)[0], self._units_with(block.heard_end - 1)[1]
            if groups and first <= groups[-1][1]:
                first, last = groups[-1][0], max(last, groups.pop()[1])
            groups.append((first, last))
        return groups

    def _within(self, at: int, groups: Sequence[tuple[int, int]]) -> bool:
        """Whether words that were added before a word are within a group, which has them already."""
        if not 0 < at < len(self._old):
            return False
        before, after = self._units_with(at - 1)[1], self._units_with(at)[0]
        return any(first <= before and after <= last for first, last in groups)

    def _meant(self, first: int, last: int) -> str:
        """What was said for units that were changed."""
        units = self._units[first : last + 1]
        if not all(unit.is_plain and unit.first < unit.end for unit in units):
            raise _UntoldError
        start, end = self._now(units[0].first)[0], self._now(units[-1].end - 1)[1]
        if start >= end:
            return ""
        said = "".join(unit.said for unit in units)
        body = said.strip()
        opening = body[: len(body) - len(body.lstrip(OPENING))]
        closing = body[len(body.rstrip(CLOSING)) :]
        lead = said[: len(said) - len(said.lstrip())]
        return lead + opening + slice_of(self._text, self._new, start, end) + closing

    def _now(self, word: int) -> tuple[int, int]:
        """The words [start, end) of the text for one that was typed, or for the stretch that it is in."""
        block = next(b for b in self._blocks if b.heard_start <= word < b.heard_end)
        if block.change is Change.EQUAL:
            at = block.meant_start + word - block.heard_start
            return at, at + 1
        return block.meant_start, block.meant_end

    def _place(self, added: Block) -> int:
        """After which unit words were added; -1: before all.

        Commands that typed marks are on the side of them on which their marks are now.

        Raises:
            _UntoldError: such a mark is no longer there: perhaps what was added is what it was heard as.

        """
        at = added.heard_start
        place = self._units_with(at - 1)[1] if at else -1
        stop = self._units_with(at)[0] if at < len(self._old) else len(self._units)
        start, end = self._new[added.meant_start].start, self._new[added.meant_end - 1].end
        before = self._text[self._new[added.meant_start - 1].end if added.meant_start else 0 : start]
        after = self._text[end : self._new[added.meant_end].start if added.meant_end < len(self._new) else None]
        for n in range(place + 1, stop):
            mark = self._units[n].typed.strip(" ")
            if mark and mark in after and mark not in before:
                break
            if mark and mark not in before:
                raise _UntoldError
            place = n
        return place

    def _set_off(self, start: int, end: int) -> str:
        return (" " if self._is_spaced else "") + slice_of(self._text, self._new, start, end)
