"""Which words are common in a language: they are what is said, whatever else is often meant in their place.

One file a language in `words`, the commonest first, made by `scripts/common_words.py`; where they come from and on
which terms is in `words/NOTICE`.
"""

from __future__ import annotations

import lzma
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent / "words"
EVERYDAY = 1_000  # of the words of a language, those that nearly every sentence is made of


@cache
def ranks(language: str) -> Mapping[str, int]:
    """The common words of a language by their rank, from 0; none where the language has no list."""
    path = FOLDER / f"{language}.txt.xz"
    if not path.exists():
        return MappingProxyType({})
    words = lzma.decompress(path.read_bytes()).decode().split("\n")
    return MappingProxyType({word: rank for rank, word in enumerate(words)})


def is_common(word: str, language: str) -> bool:
    """Whether a word is among the 3,000 commonest of a language; case and marks do not matter."""
    return _bare(word) in ranks(language)


def is_everyday(word: str, language: str) -> bool:
    """Whether it is among the 1,000 commonest."""
    return ranks(language).get(_bare(word), EVERYDAY) < EVERYDAY


def _bare(word: str) -> str:
    return word.strip(" .,;:!?…-–—\"'“”„‘’«»()[]{}¿¡。，、！？；：").replace("’", "'").casefold()
