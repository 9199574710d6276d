"""Word errors after the English Whisper normaliser."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein
from whisper_normalizer.english import EnglishTextNormalizer

_normalise = EnglishTextNormalizer()


def words_of(text: str) -> list[str]:
    """Text → words after the English normaliser of openai/whisper."""
    return str(_normalise(text)).split()


@dataclass(frozen=True)
class Errors:
    """Word errors of texts against their references."""

    errors: int = 0
    reference_words: int = 0

    def __add__(self, other: Errors) -> Errors:
        return Errors(self.errors + other.errors, self.reference_words + other.reference_words)

    @property
    def percent(self) -> float:
        """WER in percent."""
        return 100 * self.errors / max(1, self.reference_words)


def word_errors(reference: str, text: str) -> Errors:
    """Substitutions, insertions and deletions between two texts."""
    expected = words_of(reference)
    return Errors(Levenshtein.distance(expected, words_of(text)), len(expected))
