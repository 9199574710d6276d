"""Word errors after the English Whisper normaliser."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein
from recordings import Part
from whisper_normalizer.english import EnglishTextNormalizer

_normalise = EnglishTextNormalizer()


def words_of(text: str) -> list[str]:
    """Text → words after the English normaliser of openai/whisper."""
    return str(_normalise(text)).split()


@dataclass(frozen=True, slots=True)
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


def errors_by_folder(parts: tuple[Part, ...], text: str) -> dict[str, Errors]:
    """Substitutions, insertions and deletions of a text, each where it lies in the reference: folder → errors."""
    expected: list[str] = []
    folders: list[str] = []
    for part in parts:
        words = words_of(part.reference)
        expected += words
        folders += [part.folder] * len(words)
    operations = Levenshtein.editops(expected, words_of(text))
    wrong = Counter(folders[min(op.src_pos, len(folders) - 1)] for op in operations if folders)
    return {folder: Errors(wrong[folder], count) for folder, count in Counter(folders).items()}
