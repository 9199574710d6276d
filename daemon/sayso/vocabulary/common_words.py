"""Which words are ordinary in a language: they are what is said, whatever else is often meant in their place.

One file a language in `words`, in tiers of commonness, made by `scripts/common_words.py`; where they come from and
on which terms is in `words/NOTICE`. Ten languages have 30,000 words (3 MB of memory, and 13 ms when one is first
asked for), the others 3,000; a look-up takes 0.3 µs.
"""

from __future__ import annotations

import lzma
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent / "words"
EVERYDAY, COMMON, ORDINARY = range(3)  # the 1,000 that nearly every sentence is made of; the 3,000; the 30,000


@cache
def tiers(language: str) -> Mapping[str, int]:
    """The words of a language's list with their tiers; none where it has no list."""
    path = FOLDER / f"{language}.txt.xz"
    if not path.exists():
        return MappingProxyType({})
    found, tier, word = {}, EVERYDAY, ""
    for line in lzma.decompress(path.read_bytes()).decode().split("\n"):
        if not line:
            tier, word = tier + 1, ""
            continue
        word = word[: ord(line[0]) - ord("@")] + line[1:]
        found[word] = tier
    return MappingProxyType(found)


@cache
def knows_ordinary(language: str) -> bool:
    """Whether all that is ordinary in a language is known, not only its commonest words."""
    return ORDINARY in tiers(language).values()


def is_ordinary(word: str, language: str) -> bool:
    """Whether a word, or its singular, is among the 30,000 commonest of a language, or the 3,000 that are known.

    Case and marks do not matter, here and below.
    """
    bare, known = _bare(word), tiers(language)
    return bare in known or bare.removesuffix("s") in known


def may_be_ordinary(word: str, language: str) -> bool:
    """The same; where no more than the commonest words are known, any may be."""
    return not knows_ordinary(language) or is_ordinary(word, language)


def is_all_ordinary(text: str, language: str) -> bool:
    """Whether all words of a text are ordinary."""
    return all(is_ordinary(word, language) for word in text.split())


def is_common(word: str, language: str) -> bool:
    """Whether a word is among the 3,000 commonest of a language."""
    return tiers(language).get(_bare(word), ORDINARY) <= COMMON


def is_everyday(word: str, language: str) -> bool:
    """Whether it is among the 1,000 commonest."""
    return tiers(language).get(_bare(word), ORDINARY) == EVERYDAY


def unmarked(word: str) -> str:
    """A word without the marks around it."""
    return word.strip(" .,;:!?…-–—\"'“”„‘’«»()[]{}¿¡。，、！？；：")


def _bare(word: str) -> str:
    bare = unmarked(word).replace("’", "'").casefold()
    return bare.removesuffix("'s") if len(bare) > len("'s") else bare
