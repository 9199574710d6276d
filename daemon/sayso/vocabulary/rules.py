"""Rules: what is meant wherever a certain thing is heard, however sure the recogniser is of it.

"engine X" is heard for "Nginx" with a confidence of 0.86: no doubt leads to the term. Two corrections of the same
do; but never of what people say: an ordinary word is no rule, nor are several that nearly every sentence has, nor
numbers, nor anything that stands for ordinary words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sayso.vocabulary import Rule
from sayso.vocabulary.common_words import is_all_ordinary, is_everyday, is_ordinary, knows_ordinary
from sayso.vocabulary.sounds import is_visible, letters

CONFIRMATIONS: Final = 2  # utterances in which the same was corrected to the same
MOST_WORDS = 4  # heard, or meant
LEAST_LETTERS = 3  # heard


def heard_as(text: str) -> str:
    """How a rule has what was heard: the words in small letters, without marks around them."""
    return " ".join(bare for word in text.split() if (bare := word.casefold().strip(_MARKS)))


def refusal(heard: str, meant: str, language: str) -> str | None:
    """Why two confirmations of this make no rule; None where they do.

    Args:
        heard: as `heard_as` gives it.
        meant: what is to be written instead.
        language: Whisper code.

    """
    words = heard.split()
    if not words or not meant.strip() or letters(heard) == letters(meant):
        return "nothing else is said"
    if len(words) > MOST_WORDS or len(meant.split()) > MOST_WORDS:
        return f"it has more than {MOST_WORDS} words"
    if len(letters(heard)) < LEAST_LETTERS:
        return "what was heard is too short"
    if not is_visible(heard + meant):
        return "it has characters that cannot be seen"
    if any(_is_figures(word) for word in (*words, *meant.split())):
        return "it has a number"
    if not knows_ordinary(language):
        return "which words are ordinary in the language is not known"
    return _ordinary(words, meant, language)


def _ordinary(words: Sequence[str], meant: str, language: str) -> str | None:
    if len(words) == 1 and is_ordinary(words[0], language):
        return "what was heard is an ordinary word"
    if all(is_everyday(word, language) for word in words):
        return "what was heard are common words"
    if is_all_ordinary(meant, language):
        return "what was meant are ordinary words"
    return None


def _is_figures(word: str) -> bool:
    return any(c.isnumeric() for c in word) and not any(c.isalpha() for c in word)


def holding(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules that hold: confirmed often enough, and more often than others for the same words."""
    best: dict[tuple[str, str], Rule] = {}
    tied: set[tuple[str, str]] = set()
    for rule in rules:
        key = rule.language, rule.heard
        other = best.get(key)
        if other is None or rule.confirmations > other.confirmations:
            best[key] = rule
            tied.discard(key)
        elif rule.confirmations == other.confirmations:
            tied.add(key)
    return tuple(rule for key, rule in best.items() if key not in tied and rule.confirmations >= CONFIRMATIONS)


_MARKS: Final = ' .,;:!?…-–—"“”„‘«»()[]{}¿¡。，、！？；：'
