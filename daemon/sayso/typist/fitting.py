"""Whether a space belongs before an utterance's text, by what stands before the cursor.

The dictation knows what it typed itself and nothing else: whether somebody has cleared the field since, begun a
line or typed a word is only seen where the text goes, when it goes there.
"""

from __future__ import annotations

import unicodedata
from typing import Final, Protocol, runtime_checkable

from sayso.events import Edit
from sayso.formatter import rewrite
from sayso.typist import Target

WITHOUT_SPACES: Final = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts, as the names of their characters begin, that put none between words."""

CLOSING: Final = frozenset(".,;:!?)]}%\u2026\u00bb\u201d")
"""Marks after which a word is set off."""

OPENING: Final = frozenset("([{\u00ab\u201e\u201c\u2018\u00bf\u00a1")
STRAIGHT: Final = frozenset("\"'")
"""Quotes of which only what is before them tells whether they open or close."""


@runtime_checkable
class Sees(Protocol):
    """A typist that sees what stands before the cursor."""

    def stands_before(self, edit: Edit, target: Target) -> str | None:
        """What will stand before an edit's text, the end of it; empty for nothing, None where it is not known.

        The `type` that follows takes what was read here, and reads no more.

        Raises:
            TakesNoText: as `type`.

        """
        ...


def fitted(edit: Edit, before: str) -> Edit:
    """The edit with which an utterance's text begins, with a space before it only where one belongs.

    Args:
        edit: with the space that belongs behind what was dictated before, or without.
        before: the last characters that will stand before its text; empty where nothing does.

    """
    text = edit.insert
    if text[:1] == " " and not text[1:2].isspace() and text.strip():
        return rewrite(edit, 0, 1, "") if _begins(before) else edit
    if not edit.joins and (is_word_of_many(text[:1]) or text[:1] in OPENING) and _is_complete(before):
        return rewrite(edit, 0, 0, " ")
    return edit


def is_word_of_many(character: str) -> bool:
    """Whether a word begins with it, or it ends one, in a script that puts spaces between words."""
    return character.isalnum() and not unicodedata.name(character, "").startswith(WITHOUT_SPACES)


def _begins(before: str) -> bool:
    """Whether what follows stands at the beginning of something."""
    last = before[-1:]
    if last in STRAIGHT:
        return not before[:-1] or before[-2].isspace() or before[-2] in OPENING
    return not last or last.isspace() or last in OPENING


def _is_complete(before: str) -> bool:
    """Whether a word or a sentence ends there, so that another one is set off."""
    last = before[-1:]
    if last == '"':
        return not _begins(before)
    return bool(last) and (is_word_of_many(last) or last in CLOSING)
