"""The formatter: pieces of text → edits, and these through pure transforms in order.

What the words mean (`commands`) is known by then. Everything keeps the spans: whatever is done to the text, each
character still belongs to the words it came from, so that a correction of the text can be traced back to what was
said.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sayso.commands import Piece
from sayso.events import Edit, Span, TimedWord

Transform = Callable[[Edit], Edit]

CLINGING = frozenset({"Mn", "Mc", "Me", "Cf", "Sk", "So"})
"""Unicode categories of what may be one with the character before it: accents, joiners, skin tones, flags."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """An edit after all transforms, and what it was before each of them (first: as it was spoken).

    `undone` is how post-processing is taken back: the text as it was said, word for word.
    """

    edit: Edit
    before: tuple[Edit, ...]

    @property
    def undone(self) -> Edit:
        """The edit as it was before any transform."""
        return self.before[0] if self.before else self.edit


class Formatter:
    """Applies transforms in order."""

    def __init__(self, transforms: Sequence[Transform] = ()) -> None:
        self._transforms = tuple(transforms)

    def __call__(self, edit: Edit, said: Edit | None = None) -> Formatted:
        """Format one edit.

        Args:
            edit: what is to be typed.
            said: the same as it was spoken, where that differs.

        Raises:
            ValueError: a transform broke the spans.

        """
        before = [] if said is None or said == edit else [said]
        for transform in self._transforms:
            before.append(edit)
            edit = transform(edit)
            check_spans(edit)
        return Formatted(edit, tuple(before))


def compose(words: Sequence[TimedWord], first: int, after: str) -> Edit:
    """Build the edit that appends words.

    Args:
        words: newly committed words.
        first: index of the first of them in the utterance.
        after: the text already typed before it in this window.

    """
    text = ""
    spans = []
    for index, word in enumerate(words, start=first):
        piece = word.text
        standing = after + text
        if not standing or standing[-1].isspace():
            piece = piece.lstrip()
        spans.append(Span(len(text), len(text) + len(piece), (index,)))
        text += piece
    return Edit(0, text, tuple(spans))


def difference(typed: Edit, before: Sequence[Piece], after: Sequence[Piece]) -> tuple[Edit, int]:
    """The edit that makes of a text that was typed what its words are now taken for.

    What is the same at the beginning stays, and where the last piece has only grown, the rest of it is added.

    Args:
        typed: the sum of the edits so far, in which transforms may have changed the pieces.
        before: the pieces that it was made from.
        after: as they are now.

    Returns:
        (edit, word): the index of the first word that is said with it.

    """
    same = len(before)
    if tuple(after[:same]) != tuple(before):  # in a long utterance most of it is the very same
        alike = (_alike(a, b) for a, b in zip(before, after, strict=False))
        same = next((n for n, is_alike in enumerate(alike) if not is_alike), min(len(before), len(after)))
    delete, grown = 0, ""
    first = after[same].first if same < len(after) else (after[-1].end if after else 0)
    if same < len(before):
        old, new = before[same], after[same] if same < len(after) else None
        grows = same == len(before) - 1 and new is not None and new.words == old.words
        if grows and new is not None and new.text.startswith(old.text):
            grown = new.text[len(old.text) :]
        else:
            delete, first = taken_back(typed, old.first)
    start = same
    while start and after[start - 1].first >= first:
        start -= 1
    text, spans = "", []
    for piece in after[start:]:
        added = grown if grown and piece.first == first else piece.text
        spans.append(Span(len(text), len(text) + len(added), piece.words))
        text += added
    return Edit(delete, text, tuple(spans)), first


def _alike(one: Piece, other: Piece) -> bool:
    return one.text == other.text and one.first == other.first and one.end == other.end


def rewrite(edit: Edit, start: int, end: int, text: str) -> Edit:
    """Replace characters [start, end) of an edit's insertion, keeping the spans.

    The new text belongs to all words whose characters it replaced; an insertion belongs to the word before it.
    This is what transforms are built from.
    """
    hit = [i for i, s in enumerate(edit.spans) if s.start < end and s.end > start]
    if not hit:  # an insertion between spans, or into nothing
        before = [i for i, s in enumerate(edit.spans) if s.end <= start]
        hit = before[-1:] or [0] * bool(edit.spans)
    growth = len(text) - (end - start)
    insert = edit.insert[:start] + text + edit.insert[end:]
    if not hit:
        return replace(edit, insert=insert, spans=(Span(0, len(insert), ()),))
    first, last = edit.spans[hit[0]], edit.spans[hit[-1]]
    words = tuple(sorted({word for i in hit for word in edit.spans[i].words}))
    merged = Span(min(first.start, start), max(last.end, end) + growth, words)
    moved = tuple(Span(s.start + growth, s.end + growth, s.words) for s in edit.spans[hit[-1] + 1 :])
    return replace(edit, insert=insert, spans=(*edit.spans[: hit[0]], merged, *moved))


def joined(first: Edit, then: Edit) -> Edit:
    """One edit that does what two do, one after the other."""
    kept = max(0, len(first.insert) - then.delete)
    spans = first.spans
    if then.delete:
        spans = tuple(replace(s, end=min(s.end, kept)) for s in spans if s.start < kept)
    said = {word for span in then.spans for word in span.words}
    while spans and spans[-1].start == kept and said.intersection(spans[-1].words):
        spans = spans[:-1]  # words that left nothing, and are said again
    moved = tuple(Span(s.start + kept, s.end + kept, s.words) for s in then.spans)
    if spans and moved and spans[-1].words and spans[-1].words == moved[0].words:  # the marks after its last word
        spans, moved = (*spans[:-1], replace(spans[-1], end=moved[0].end)), moved[1:]
    beyond = max(0, then.delete - len(first.insert))
    joins = first.joins if kept else then.joins
    return Edit(first.delete + beyond, first.insert[:kept] + then.insert, spans + moved, joins)


def taken_back(standing: Edit, first: int) -> tuple[int, int]:
    """What must go from the end of a text so that its words from a certain one on can be said otherwise.

    Whole spans go, so that what stays belongs to the words that it came from. So does what BackSpace may take
    together with what goes, as it takes an accent with its letter.

    Args:
        standing: the text as an edit that would type it, with its spans.
        first: index of the first word that is said otherwise.

    Returns:
        (characters, word): how many characters go; the index of the first word that must be said again.

    """
    text, spans = standing.insert, standing.spans
    at = next((i for i, span in enumerate(spans) if span.words and span.words[-1] >= first), len(spans))
    while 0 < at < len(spans) and spans[at - 1].words and _cling(text, spans[at - 1], spans[at]):
        at -= 1
    start = spans[at].start if at < len(spans) else len(text)
    return len(text) - start, min((word for span in spans[at:] for word in span.words), default=first)


def _cling(text: str, span: Span, after: Span) -> bool:
    """Whether a span goes with the one after it: it has no text of its own, or may share a character with it."""
    joins = after.start < len(text) and unicodedata.category(text[after.start]) in CLINGING
    return span.start == span.end or joins


def check_spans(edit: Edit) -> None:
    """Raise ValueError unless the spans cover the insertion in order, without gap or overlap."""
    at = 0
    for span in edit.spans:
        if span.start != at or span.end < span.start:
            raise ValueError(f"spans of an edit of {len(edit.insert)} characters are torn at {at}")
        at = span.end
    if at != len(edit.insert):
        raise ValueError(f"spans cover {at} of {len(edit.insert)} characters of an edit")
