"""How a text sounds, as strings of sounds that can be compared with another's.

With espeak-ng there is its pronunciation in IPA, in the language that is spoken. The consonants that one hears,
in few classes, are the same for all languages, after the idea of Metaphone (L. Philips, "Hanging on the
Metaphone", 1990).
"""

from __future__ import annotations

import unicodedata
from functools import cache

from sayso.vocabulary.espeak import Espeak, find_espeak

REMEMBERED = 8_192  # words whose sound is known: some 1 MB

_SOUNDS = (
    ("sch", "S"), ("tch", "S"), ("sh", "S"), ("ch", "S"), ("ph", "f"), ("gh", "k"), ("ck", "k"), ("qu", "kv"),
    ("th", "t"), ("wh", "v"), ("ce", "s"), ("ci", "s"), ("cy", "s"), ("ge", "S"), ("gi", "S"),
)  # fmt: skip
_CLASSES = str.maketrans({
    "b": "p", "p": "p", "d": "t", "t": "t", "g": "k", "k": "k", "c": "k", "q": "k", "x": "k",
    "s": "s", "z": "s", "f": "f", "v": "f", "w": "f", "j": "S", "m": "m", "n": "m", "l": "l", "r": "r",
})  # fmt: skip


class Sounds:
    """How texts sound in a language. Any thread.

    Args:
        language: Whisper code.
        espeak: the library; None where there is none.

    Attributes:
        language: as given.
        is_phonetic: whether pronunciations are known.

    """

    def __init__(self, language: str, espeak: Espeak | None) -> None:
        self.language = language
        self._espeak = espeak if espeak is not None and espeak.speaks(language) else None
        self.is_phonetic = self._espeak is not None
        self._known: dict[str, str] = {}

    def phonemes(self, text: str) -> str:
        """Its pronunciation in IPA, word by word, since words come again; empty where it is not known."""
        return "".join(self._of(word) for word in text.split())

    def _of(self, word: str) -> str:
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known = {}
            known = self._espeak.phonemes(word, self.language) if self._espeak is not None else ""
            self._known[word] = known
        return known


@cache
def sounds_of(language: str) -> Sounds:
    """How texts sound in a language, by what there is on this machine."""
    return Sounds(language, find_espeak())


def consonants(plain: str) -> str:
    """The consonants of a word in classes, each once in a row, and whether it begins with a vowel."""
    heard = plain
    for written, spoken in _SOUNDS:
        heard = heard.replace(written, spoken)
    heard = heard.translate(_CLASSES)
    out = "a" if heard[:1] in tuple("aeiouy") else ""
    for c in heard:
        if c in "ptksfmlrS" and out[-1:] != c:
            out += c
    return out


def letters(text: str) -> str:
    """Small letters and digits, without accents: what two spellings have in common."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if c.isalnum())


def letters_and_signs(text: str) -> str:
    """The same with the signs that make another term of it: C, C++ and C#."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if c.isalnum() or c in _SIGNS)


def is_visible(text: str) -> bool:
    """Whether all characters of a text can be seen: none controls, breaks lines, or is empty."""
    is_empty = (c in _EMPTY or "VARIATION SELECTOR" in unicodedata.name(c, "") for c in text)
    return text.isprintable() and not any(is_empty)


def spelling(text: str) -> str:
    """How a text is spelt, word by word: small letters with their accents, and signs; no marks.

    "maïs" is spelt otherwise than "mais", "C++" than "C", ".NET" than "net", and "PipeWire" than "pipe wire".
    """
    return " ".join(key for word in text.split() if (key := _word_spelling(word)))


def unaccented(text: str) -> str:
    """A text without accents."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c))


def _word_spelling(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word.casefold())
    is_dotted = folded[:1] == "." and folded[1:2].isalnum()
    body = "".join(c for c in folded if unicodedata.category(c)[0] in "LMN" or c in _SIGNS)
    return f".{body}" if is_dotted else body


_SIGNS = frozenset("+#&")
_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # fillers, which count as letters or signs
