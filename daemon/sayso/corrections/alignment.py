"""Two texts, word by word: what is the same in both, what was changed, added and removed.

Words are compared by their letters alone, without case and marks. What differs between two words that both texts
have is one stretch, which a dynamic programme divides again where its parts are alike ("cooper netties engine x"
and "Kubernetes Nginx" are two changes): what is learnt of a correction is then a word, not half a sentence.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Final

from rapidfuzz.distance import Indel, Levenshtein

Closeness = Callable[[str, str], float]
"""How alike two texts are, 0 to 1: by their letters, or by how they sound."""

MOST_DIVIDED: Final = 150  # words of one text times words of the other in a stretch that is divided: some 10 ms
MOST_TOGETHER: Final = 4  # words that one word, or several, may have been heard as
LEAST_ALIKE: Final = 0.4  # of two texts that may be the same words
HARDLY_ALIKE: Final = 0.45  # up to which a word beside them may be a part of what was misheard, as a tenth is
UNEXPLAINED, UNLIKE = 0.2, 0.05  # cost of a letter that is added or removed, or that stands for nothing like it
PART_COST, WORD_COST = 0.25, 0.5  # letters that another part, and each word more in it, must explain better
REMEMBERED: Final = 4096  # texts whose letters are known: each is compared with many

OPENING: Final = "\"'“„‘«([{¿¡"
CLOSING: Final = ".,;:!?…\"'”’»)]}。，、！？；："
"""Marks that belong to the word after them, and to the one before."""

_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}_]--[{_SPACELESS}]]"
# One character of a script without spaces; else letters with what is within them (don't, node.js, AT&T) or belongs
# to them without being one (.NET, C++, 5%).
_WORD: Final = rf"(?V1)[{_SPACELESS}]\p{{M}}*|(?:(?<!\S)[.@#](?={_LETTER}))?{_LETTER}+(?:['’.&@]{_LETTER}+)*[+#%]*"
_KEPT_SIGNS: Final = frozenset("+#%&")


class Change(StrEnum):
    """What became of a stretch of words."""

    EQUAL = "equal"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Word:
    """Characters [start, end) of a text that are a word.

    Attributes:
        key: what is compared of it: small letters without marks.

    """

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Block:
    """Words [heard_start, heard_end) of one text, and the words [meant_start, meant_end) of the other for them."""

    change: Change
    heard_start: int
    heard_end: int
    meant_start: int
    meant_end: int

    @property
    def is_equal(self) -> bool:
        """Whether both are the same words."""
        return self.change is Change.EQUAL


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text, in order; marks and spaces are between them."""
    found = ((m.start(), m.end(), compared(m.group())) for m in _pattern().finditer(text))
    return tuple(Word(start, end, key) for start, end, key in found if key)


@cache
def _pattern() -> Any:
    import regex  # type: ignore[import-untyped]  # noqa: PLC0415  # 25 ms, which the start of the service is spared

    return regex.compile(_WORD)


@lru_cache(REMEMBERED)
def compared(text: str) -> str:
    """What is compared of a text: its letters, digits and the signs that make another word of it (C, C++).

    Vowel signs are kept, unlike in `sayso.agreement.letters`: in Hindi they are what a correction is about.
    """
    folded = unicodedata.normalize("NFKC", text.casefold())
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LMN" or c in _KEPT_SIGNS)


def alike(one: str, other: str) -> float:
    """How alike the letters of two texts are, 0 to 1, spaces left out: what is common by what there is."""
    return float(Indel.normalized_similarity(compared(one), compared(other)))


def slice_of(text: str, words: Sequence[Word], start: int, end: int) -> str:
    """What stands in a text from the first to the last of words [start, end), what is between them included."""
    return text[words[start].start : words[end - 1].end] if start < end else ""


def align(heard: str, meant: str, closeness: Closeness = alike) -> tuple[Block, ...]:
    """Align two texts by their words.

    Args:
        heard: one text.
        meant: the other, which may go on after its end or begin before it.
        closeness: what divides a stretch that changed into parts.

    Returns:
        Blocks in order, without gap or overlap in either text.

    """
    texts = Texts(heard, words_of(heard), meant, words_of(meant), closeness)
    keys = [[word.key for word in words] for words in (texts.heard_words, texts.meant_words)]
    equal = [
        (op.src_start, op.src_end, op.dest_start, op.dest_end)
        for op in Levenshtein.opcodes(*keys)
        if op.tag == "equal"
    ]
    return divided(texts, equal, frozenset((0, len(texts.heard_words))))


@dataclass(frozen=True, slots=True)
class Texts:
    """Two texts with their words, and how alike two parts of them are."""

    heard: str
    heard_words: Sequence[Word]
    meant: str
    meant_words: Sequence[Word]
    closeness: Closeness = alike


def divided(texts: Texts, equal: Sequence[tuple[int, int, int, int]], walls: frozenset[int]) -> tuple[Block, ...]:
    """All blocks, where those that are equal are known.

    Args:
        texts: both.
        equal: words [heard_start, heard_end) and [meant_start, meant_end) that are the same, in order.
        walls: indices of heard words before which no part goes on, and somebody may have written something.

    """
    blocks: list[Block] = []
    at_heard = at_meant = 0
    last = (len(texts.heard_words), len(texts.heard_words), len(texts.meant_words), len(texts.meant_words))
    for heard_start, heard_end, meant_start, meant_end in (*equal, last):
        blocks += _parts(texts, (at_heard, heard_start), (at_meant, meant_start), walls)
        if heard_start < heard_end:
            blocks.append(Block(Change.EQUAL, heard_start, heard_end, meant_start, meant_end))
        at_heard, at_meant = heard_end, meant_end
    return tuple(blocks)


def _parts(texts: Texts, heard: tuple[int, int], meant: tuple[int, int], walls: frozenset[int]) -> list[Block]:
    """The parts of a stretch that explain most: words that are alike, were added, or were removed."""
    (low, high), (first, end) = heard, meant
    if low == high and first == end:
        return []
    is_cut = any(low < wall < high for wall in walls)
    if low == high or (first == end and not is_cut) or (high - low) * (end - first) > MOST_DIVIDED:
        return [_block(texts, low, high, first, end)]
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(low, first): (0.0, (low, first))}
    for i in range(low, high + 1):
        for j in range(first, end + 1):
            ways = [
                (best[k, m][0] + _gain(texts, (k, i), (m, j), walls), (k, m))
                for k in range(max(low, i - MOST_TOGETHER), i + 1)
                for m in range(first if k == i else max(first, j - MOST_TOGETHER), j + 1)
                if (k, m) != (i, j)
            ]
            if ways:
                best[i, j] = max(ways)
    blocks: list[Block] = []
    at = (high, end)
    while at != (low, first):
        before = best[at][1]
        blocks.insert(0, _block(texts, before[0], at[0], before[1], at[1]))
        at = before
    return _joined(texts, blocks, walls)


def _joined(texts: Texts, blocks: list[Block], walls: frozenset[int]) -> list[Block]:
    """What was added or removed in a row is one; so is what is unlike, with that beside it."""
    out: list[Block] = []
    for block in blocks:
        last = out[-1] if out else None
        if last is not None and _is_one(texts, last, block, walls):
            out[-1] = _block(texts, last.heard_start, block.heard_end, last.meant_start, block.meant_end)
        else:
            out.append(block)
    return out


def _is_one(texts: Texts, one: Block, other: Block, walls: frozenset[int]) -> bool:
    if one.change is other.change is Change.ADDED:
        return True
    if other.heard_start in walls or one.is_equal or other.is_equal:
        return False
    if _completes(texts, one, other) or _completes(texts, other, one):
        return True
    is_unlike = [_is_unlike(texts, block) for block in (one, other)]
    is_likely = [
        block.change is Change.CHANGED and not unlike
        for block, unlike in zip((one, other), is_unlike, strict=True)
    ]
    return (any(is_unlike) or one.change is other.change) and not any(is_likely)


def _completes(texts: Texts, removed: Block, changed: Block) -> bool:
    """Whether words that were removed and those beside them are what one word was heard as: "you one", Siobhan.

    Those beside them are hardly like that word alone, and it has letters for all; what was said twice is no part.
    """
    if removed.change is not Change.REMOVED or changed.meant_end - changed.meant_start != 1:
        return False
    first, end = min(removed.heard_start, changed.heard_start), max(removed.heard_end, changed.heard_end)
    keys = [word.key for word in texts.heard_words[max(0, first - 1) : end + 1]]
    letters = sum(len(word.key) for word in texts.heard_words[first:end])
    is_repeated = any(one == other for one, other in itertools.pairwise(keys))
    has_room = letters <= len(texts.meant_words[changed.meant_start].key)
    return has_room and not is_repeated and _is_unlike(texts, changed, HARDLY_ALIKE)


def _is_unlike(texts: Texts, block: Block, least: float = LEAST_ALIKE) -> bool:
    if block.change is not Change.CHANGED:
        return False
    one = slice_of(texts.heard, texts.heard_words, block.heard_start, block.heard_end)
    other = slice_of(texts.meant, texts.meant_words, block.meant_start, block.meant_end)
    return texts.closeness(one, other) < least


def _gain(texts: Texts, heard: tuple[int, int], meant: tuple[int, int], walls: frozenset[int]) -> float:
    """How many letters it explains to take some words for some others."""
    (low, high), (first, end) = heard, meant
    if low == high and low in walls:
        return 0.0
    letters = sum(len(w.key) for w in texts.heard_words[low:high])
    letters += sum(len(w.key) for w in texts.meant_words[first:end])
    if low == high or first == end:
        return -UNEXPLAINED * letters - PART_COST
    if any(low < wall < high for wall in walls):
        return -math.inf
    one = slice_of(texts.heard, texts.heard_words, low, high)
    other = slice_of(texts.meant, texts.meant_words, first, end)
    cost = PART_COST + WORD_COST * (high - low + end - first - 2)
    return max(texts.closeness(one, other) - LEAST_ALIKE, -UNLIKE) * letters - cost


def _block(texts: Texts, low: int, high: int, first: int, end: int) -> Block:
    change = Change.ADDED if low == high else Change.REMOVED if first == end else Change.CHANGED
    heard, meant = texts.heard_words[low:high], texts.meant_words[first:end]
    if [word.key for word in heard] == [word.key for word in meant]:
        change = Change.EQUAL
    return Block(change, low, high, first, end)
