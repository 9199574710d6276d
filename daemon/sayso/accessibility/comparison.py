"""Pure: what stood before the caret, and what stands there now → whether the text has arrived."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rapidfuzz import fuzz

AROUND: Final = 64
"""Characters before the text that are compared with it."""

SIMILAR_PERCENT: Final = 80.0
"""What a spelling checker that mends what is typed leaves alike."""

SHORTEST_SIMILAR: Final = 8
"""Characters; of a shorter text one other letter says too much."""

UNSEEN: Final = frozenset(["Cc", "Cf", "Cs"])
HALF: Final = "\ufffd"
"""What Qt gives for half of a character that is two UTF-16 units, where the reading begins in the middle of it."""

ALIKE: Final = str.maketrans(
    "\u2018\u2019\u201b\u201c\u201d\u201f\u2010\u2011\u2012\u2013\u2014\u2212", "'''\"\"\"------"
)


class Landed(StrEnum):
    """Whether a text arrived."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a field. Never logged, never kept longer than a check.

    Attributes:
        length: characters in it, as the toolkit counts them: characters, or UTF-16 units.
        caret: of these before the caret.
        tail: the last before the caret.
        is_selected: part of it is selected, so that it is replaced by what is typed.

    """

    length: int
    caret: int
    tail: str
    is_selected: bool = False

    def __repr__(self) -> str:
        return f"Standing({self.length}, {self.caret})"


def compare(before: Standing, after: Standing, text: str, deleted: int = 0) -> Landed:
    """Decide whether a text has arrived, whatever the application made of it.

    Applications write other spaces, quotes, dashes and line ends than were typed, begin sentences with a capital,
    mend words, and complete them behind the caret. A field of one line makes one line of many.

    Args:
        before: what stood there.
        after: what stands there now.
        text: what was typed; with nothing in it, whether the deleting was done.
        deleted: characters that were taken back before it.

    Returns:
        NO only where nothing at all has changed; UNKNOWN where something else has.

    """
    if not text and not deleted:
        return Landed.UNKNOWN
    kept = before.tail[: max(0, len(before.tail) - deleted)]
    expected, found, typed = _plain(kept + text), _plain(after.tail), _plain(text)
    if _is_unchanged(before, after):
        # What was selected may have been the same text; and a line that is sent at its end leaves an empty field.
        may_look_so = before.is_selected or "\n" in text or (deleted > 0 and expected == _plain(before.tail))
        return Landed.UNKNOWN if may_look_so else Landed.NO
    if not typed:
        grown = after.caret - before.caret
        return Landed.YES if grown == len(text) - deleted else Landed.UNKNOWN
    reach = min(len(expected), len(found))
    if reach >= len(typed) and expected.endswith(found[len(found) - reach :]):
        return Landed.YES
    if before.is_selected and found.endswith(typed):
        return Landed.YES
    return Landed.YES if _is_mended(before, after, typed, found, deleted) else Landed.UNKNOWN


def part(before: Standing, after: Standing, text: str, deleted: int = 0) -> int:
    """Count the characters from the beginning of a text that have arrived, where nothing else has changed.

    Args:
        before: what stood there.
        after: what stands there now, which is not the whole text.
        text: what was typed.
        deleted: characters that were taken back before it.

    Returns:
        0 where none have, something else has, or it cannot be told: a line that is sent at its end is gone.

    """
    grown = after.caret - before.caret + deleted
    is_plain = after.length - before.length + deleted == grown and not (before.is_selected or after.is_selected)
    if not is_plain or "\n" in text:
        return 0
    kept, found = before.tail[: max(0, len(before.tail) - deleted)], _plain(after.tail)
    for count in range(1, min(len(text) - 1, grown) + 1):
        if grown not in (count, _utf16_units(text[:count])):
            continue
        expected = _plain(kept + text[:count])
        reach = min(len(expected), len(found))
        if reach >= len(_plain(text[:count])) and expected.endswith(found[len(found) - reach :]):
            return count
    return 0


def stands(now: Standing, text: str) -> bool:
    """Decide whether a text stands right before the caret, so that as many BackSpaces take away it and no more.

    Args:
        now: what stands there; where the text is longer than what was read, that has to be the end of it.
        text: what was typed; other cases, blanks, quotes and dashes of the same length are the same text.

    """
    found, expected = letters(now.tail.removeprefix(HALF)), letters(text)
    reach = min(len(found), len(expected))
    is_whole = reach == len(expected) or now.caret > _utf16_units(now.tail)
    return not now.is_selected and is_whole and found.endswith(expected[len(expected) - reach :])


def tail(now: Standing, deleted: int = 0) -> str | None:
    """The end of what stands before the caret, without so many characters.

    Returns:
        Empty where nothing does; None where something is selected, of which it is not known on which side of the
        caret it is, or what is wanted was not read.

    """
    left = now.tail[: max(0, len(now.tail) - deleted)]
    is_whole = now.caret <= _utf16_units(now.tail)
    return None if now.is_selected or not (left or is_whole) or left.endswith(HALF) else left


def letters(text: str) -> str:
    """A text in one case, with one kind of blank, quote and dash, letter for letter."""
    folded = ((letter, letter.casefold()) for letter in text.translate(ALIKE))
    return "".join(" " if one.isspace() else plain if len(plain) == 1 else one for one, plain in folded)


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def _is_unchanged(before: Standing, after: Standing) -> bool:
    reach = min(len(before.tail), len(after.tail))
    tails_are_alike = before.tail[len(before.tail) - reach :] == after.tail[len(after.tail) - reach :]
    return (before.length, before.caret) == (after.length, after.caret) and tails_are_alike


def _is_mended(before: Standing, after: Standing, typed: str, found: str, deleted: int) -> bool:
    """Whether about as much has come as was typed, and reads about the same."""
    grown = after.caret - before.caret + deleted
    most = 2.2  # of some characters Qt counts two UTF-16 units
    if len(typed) < SHORTEST_SIMILAR or not 0.8 * len(typed) <= grown <= most * len(typed):
        return False
    return fuzz.ratio(found[-len(typed) :], typed) >= SIMILAR_PERCENT


def _plain(text: str) -> str:
    """A text without what applications make of it: in one case, with one kind of blank, quote and dash."""
    composed = unicodedata.normalize("NFKC", text).translate(ALIKE).casefold()
    visible = (letter for letter in composed if letter.isspace() or unicodedata.category(letter) not in UNSEEN)
    return " ".join("".join(visible).replace(HALF, "").split())
