"""The person's own words, found by their sound where the recogniser was unsure.

The key keeps the consonants that one hears, in few classes, after the idea of Metaphone (L. Philips, "Hanging on
the Metaphone", 1990), but the same for all languages: it only proposes; how near the letters are decides.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from sayso.events import TimedWord

UNSURE = 0.7  # the recogniser's confidence in a word, below which another one may have been said
NEAR = 60.0  # rapidfuzz's ratio of the letters, 0 to 100: "cooper netties" and "kubernetes" have 70
MOST_WORDS = 3  # that one term may have been heard as
LEAST_LETTERS = 3  # of a word that is held back because a term begins with it
LEAST_KEY = 2  # sounds; shorter keys fit too much

_SOUNDS = (
    ("sch", "S"), ("tch", "S"), ("sh", "S"), ("ch", "S"), ("ph", "f"), ("gh", "k"), ("ck", "k"), ("qu", "kv"),
    ("th", "t"), ("wh", "v"), ("ce", "s"), ("ci", "s"), ("cy", "s"), ("ge", "S"), ("gi", "S"),
)  # fmt: skip
_CLASSES = str.maketrans({
    "b": "p", "p": "p", "d": "t", "t": "t", "g": "k", "k": "k", "c": "k", "q": "k", "x": "k",
    "s": "s", "z": "s", "f": "f", "v": "f", "w": "f", "j": "S", "m": "m", "n": "m", "l": "l", "r": "r",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A word as it is to be written, and how it sounds."""

    text: str
    letters: str
    key: str


def term(text: str) -> Term:
    """A term with its sound."""
    plain = _plain(text)
    return Term(text, plain, sound(plain))


def sound(letters: str) -> str:
    """The sounds of a word: its consonants in classes, each once in a row, and whether it begins with a vowel."""
    heard = letters
    for written, spoken in _SOUNDS:
        heard = heard.replace(written, spoken)
    heard = heard.translate(_CLASSES)
    vowel = "a" if heard[:1] in tuple("aeiouy") else ""
    out = ""
    for c in heard:
        if c in "ptksfmlrS" and out[-1:] != c:
            out += c
    return vowel + out


def nearest(terms: Sequence[Term], words: Sequence[TimedWord]) -> str | None:
    """The term that was said with these words, if one was."""
    letters = _plain("".join(word.text for word in words))
    for known in terms:
        if letters == known.letters:
            return known.text
    if min(word.confidence for word in words) >= UNSURE:
        return None
    key = sound(letters)
    alike = [known for known in terms if len(key) >= LEAST_KEY and known.key == key]
    best = max(alike, key=lambda known: ratio(letters, known.letters), default=None)
    return best.text if best is not None and ratio(letters, best.letters) >= NEAR else None


def may_begin(terms: Sequence[Term], words: Sequence[TimedWord]) -> bool:
    """Whether the words may turn out to be the beginning of a term."""
    letters = _plain("".join(word.text for word in words))
    if any(known.letters.startswith(letters) and known.letters != letters for known in terms):
        return len(letters) >= LEAST_LETTERS
    unsure = min(word.confidence for word in words) < UNSURE
    key = sound(letters)
    return (
        unsure and len(key) >= LEAST_KEY and any(known.key.startswith(key) and known.key != key for known in terms)
    )


def _plain(text: str) -> str:
    """Small letters and digits, without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if c.isalnum())
