"""The formatter: edits → edits, through pure transforms in order.

Every transform keeps the spans: whatever it does to the text, each character still belongs to the words it
came from, so that a correction of the text can be traced back to what was said. There are no transforms yet;
spoken punctuation, replacements and style take their place in this list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sayso.events import Edit, Span, TimedWord

Transform = Callable[[Edit], Edit]


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

    def __call__(self, edit: Edit) -> Formatted:
        """Format one edit.

        Raises:
            ValueError: a transform broke the spans.

        """
        before = []
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


def check_spans(edit: Edit) -> None:
    """Raise ValueError unless the spans cover the insertion in order, without gap or overlap."""
    at = 0
    for span in edit.spans:
        if span.start != at or span.end < span.start:
            raise ValueError(f"spans of an edit of {len(edit.insert)} characters are torn at {at}")
        at = span.end
    if at != len(edit.insert):
        raise ValueError(f"spans cover {at} of {len(edit.insert)} characters of an edit")
