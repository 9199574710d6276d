"""A person's terms, found where the recogniser was unsure: by how the words sound and how they are spelt.

A stretch of words is compared with each term and with each of its soundings, what was heard instead of it before:
half by its sounds, a quarter each by its consonants and its letters. Of stretches that overlap, the better is it.
Words that are heard for sure stay: a term that only shares their letters ("maïs" and "mais", "C++" and "C",
"OneNote" and "one note") is another. Ordinary words stay even where the recogniser is less sure, as it is of most
that are not among the commonest ("gale" 0.6, "pier" 0.4), since there are names that sound like them. The limits
were chosen with 80 names in 40 sentences of words that sound like some, and with 26 terms corrected once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

from sayso.events import TimedWord
from sayso.vocabulary import Term
from sayso.vocabulary.common_words import (
    is_all_ordinary,
    is_common,
    is_everyday,
    is_ordinary,
    may_be_ordinary,
    tiers,
    unmarked,
)
from sayso.vocabulary.sounds import Sounds, consonants, letters, spelling, unaccented

UNSURE = 0.75  # the recogniser's confidence in a word, below which another one may have been said
MOST_WORDS = 4  # that one term may have been heard as
CLEAR = 0.5  # from which on an ordinary word stays where a learnt term is like it …
CLEAR_OF_OWN = 0.6  # … or one that was added by hand …
CLEAR_OF_TWO = 0.3  # … and is an ordinary word itself; where such a one was learnt, it always stays
SEVERAL = 0.7  # the same of several ordinary words, in the mean, if they were not corrected to the term before
LEAST_LETTERS = 3  # of a word that is held back because a term begins with it
LEAST_SOUNDS = 2  # shorter ones fit too much
SHORTER, LONGER = 0.4, 2.5  # times as many letters: outside of these a stretch is not compared
SAID, SAID_WITHOUT_IPA = 0.68, 0.77  # alike enough for the term to have been said
ALIKE = 0.52  # alike enough to be asked about: at 0.45 a tenth more decodes instead of 3 %, for 2 of 76 terms
MOST_ALIKE = 4  # terms that one stretch is told to be like
REMEMBERED = 4_096  # stretches whose nearest terms are known


@dataclass(frozen=True, slots=True)
class Near:
    """A term that may have been said.

    Attributes:
        term: as it is written.
        score: how near the words are to it, 0 to 1.

    """

    term: str
    score: float


class Known:
    """Terms made ready to be looked for in a language; read-only but for what it remembers. Any thread.

    Args:
        terms: in order; among equals the first is taken.
        sounds: of the language.

    Attributes:
        terms: as given.

    """

    def __init__(self, terms: Sequence[Term], sounds: Sounds) -> None:
        self.terms = tuple(terms)
        self._sounds = sounds
        self._said = SAID if sounds.is_phonetic else SAID_WITHOUT_IPA
        spelt: dict[str, str] = {}
        exact: dict[str, str] = {}
        bare: dict[str, str] = {}
        self._soundings: dict[str, set[str]] = {}
        self._refused: dict[str, set[str]] = {}
        forms: list[tuple[str, str]] = []  # term, and it or what was heard instead of it
        for term in terms:
            self._soundings[term.text] = {letters(text) for text in term.soundings}
            self._refused[term.text] = {letters(text) for text in term.refused}
            spelt.setdefault(letters(term.text), term.text)
            for text in (term.text, *term.soundings):
                if letters(text) == letters(term.text):  # so it is written, or the person has had it mended
                    exact.setdefault(spelling(text), term.text)
            bare.setdefault(spelling(unaccented(term.text)), term.text)
            forms += [(term.text, text) for text in (term.text, *term.soundings) if letters(text)]
        self._own = {term.text for term in terms if term.is_own}
        self._ordinary = {text for text in self._soundings if is_all_ordinary(text, sounds.language)}
        spelt.pop("", None)
        exact.pop("", None)
        bare.pop("", None)
        self._spelt, self._exact, self._bare = spelt, exact, bare
        self._texts = [text for text, _ in forms]
        self._letters = [letters(form) for _, form in forms]
        self._consonants = [consonants(plain) for plain in self._letters]
        self._spoken = [sounds.phonemes(form) for _, form in forms]
        self._lengths = np.array([len(plain) for plain in self._letters])
        self._alike: dict[str, tuple[Near, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._texts)

    def spelt(self, words: Sequence[TimedWord]) -> str | None:
        """The term whose letters these are, however they are spelt."""
        return self._exactly(words) or self._spelt.get(letters(text_of(words)))

    def is_exact(self, words: Sequence[TimedWord]) -> bool:
        """Whether a term is spelt just so, but for capitals, marks and accents that were left away."""
        return self._exactly(words) is not None

    def _exactly(self, words: Sequence[TimedWord]) -> str | None:
        text = text_of(words)
        spelt = spelling(text)
        if (exact := self._exact.get(spelt)) is not None:
            return exact
        language = self._sounds.language
        is_word = not tiers(language) or any(is_ordinary(word, language) for word in text.split())
        return None if is_word else self._bare.get(spelt)  # "mais" is a word of its own, "anais" is none

    def nearest(self, words: Sequence[TimedWord]) -> Near | None:
        """The term that was said with just these words, if one was."""
        if (exact := self._exactly(words)) is not None:
            return None if self._is_only_ordinary(exact, words) else Near(exact, 1.0)
        if not is_unsure(words):
            return None
        if (spelt := self.spelt(words)) is not None:
            is_everyday_text = all(is_everyday(word, self._sounds.language) for word in text_of(words).split())
            return None if is_everyday_text or not self.may_replace(words, spelt) else Near(spelt, 1.0)
        near = next(iter(self.alike(text_of(words))), None)
        return near if near is not None and near.score >= self._said and self.may_be(words, near) else None

    def may_be(self, words: Sequence[TimedWord], near: Near) -> bool:
        """Whether a term that words are like may have been said, not only in place of what stays among them.

        "wolf" in "a wolf" is nearer to "Wolfe" than both, so where it is clear it is not both that are the term.
        """
        spans = ((first, end) for first in range(len(words)) for end in range(first + 1, len(words) + 1))
        parts = (words[first:end] for first, end in spans if end - first < len(words))
        return self.may_replace(words, near.term) and not any(
            one.term == near.term and one.score >= near.score and not self.may_replace(part, near.term)
            for part in parts
            for one in self.alike(text_of(part))
        )

    def may_replace(self, words: Sequence[TimedWord], term: str) -> bool:
        """Whether a term may have been said where these words were recognised.

        Not where they are ordinary and clear, nor where they were taken for it before, and were said.
        """
        heard, language = letters(text_of(words)), self._sounds.language
        if heard in self._refused[term]:
            return False
        if not all(may_be_ordinary(word.text, language) for word in words):
            return True
        is_own, is_heard_for_it = term in self._own, len(words) > 1 and heard in self._soundings[term]
        if term in self._ordinary:
            limit = SEVERAL if is_heard_for_it else CLEAR_OF_TWO if is_own else 0.0
        elif len(words) == 1:
            limit = CLEAR_OF_OWN if is_own else CLEAR
        else:
            limit = 1.0 if is_heard_for_it else SEVERAL
        return sum(word.confidence for word in words) < limit * len(words)

    def _is_only_ordinary(self, term: str, words: Sequence[TimedWord]) -> bool:
        """Whether a term is an ordinary word, so that only the recogniser tells whether it has a capital here."""
        if len(words) != 1:
            return False
        word, language = words[0].text, self._sounds.language
        if unmarked(word) == term or not term.isalpha():
            return False  # as it is written, or told by a sign
        is_plain = not any(c.isupper() for c in term[1:])
        return letters(term) == letters(word) and (
            is_ordinary(word, language) if is_plain else is_common(word, language)
        )

    def alike(self, text: str) -> tuple[Near, ...]:
        """The terms that a text is like, the nearest first; at most `MOST_ALIKE` of them."""
        if text not in self._alike:
            if len(self._alike) >= REMEMBERED:
                self._alike = {}
            self._alike[text] = self._compared(text)
        return self._alike[text]

    def _compared(self, text: str) -> tuple[Near, ...]:
        plain = letters(text)
        if not plain or not self._texts:
            return ()
        alike = Levenshtein.normalized_similarity
        scores = (
            cdist([consonants(plain)], self._consonants, scorer=alike)[0]
            + cdist([plain], self._letters, scorer=ratio)[0] / 100
        ) / 2
        if self._sounds.is_phonetic:
            scores = (scores + cdist([self._sounds.phonemes(text)], self._spoken, scorer=alike)[0]) / 2
        scores[(len(plain) < SHORTER * self._lengths) | (len(plain) > LONGER * self._lengths)] = 0.0
        best: dict[str, float] = {}
        for at in np.flatnonzero(scores >= ALIKE):
            same = self._letters[at] == plain
            best[self._texts[at]] = max(1.0 if same else float(scores[at]), best.get(self._texts[at], 0.0))
        nearest = sorted(best, key=best.__getitem__, reverse=True)[:MOST_ALIKE]
        return tuple(Near(term, best[term]) for term in nearest)

    def may_begin(self, words: Sequence[TimedWord]) -> bool:
        """Whether the words may turn out to be the beginning of a term, when the next ones are known."""
        text = text_of(words)
        plain = letters(text)
        if len(plain) >= LEAST_LETTERS and any(_begins(form, plain) for form in self._letters):
            return True
        if not plain or not is_unsure(words):
            return False
        spoken, forms = consonants(plain), self._consonants
        if self._sounds.is_phonetic:
            spoken, forms = self._sounds.phonemes(text), self._spoken
        return len(spoken) >= LEAST_SOUNDS and any(self._may_go_on(spoken, form) for form in forms)

    def _may_go_on(self, spoken: str, sounds: str) -> bool:
        if len(sounds) <= len(spoken):
            return False
        return Levenshtein.normalized_similarity(spoken, sounds[: len(spoken)]) >= self._said


NO_TERMS = Known((), Sounds("", None))


def is_unsure(words: Sequence[TimedWord]) -> bool:
    """Whether another word may have been said in place of one of them."""
    return min(word.confidence for word in words) < UNSURE


def unsure_stretches(words: Sequence[TimedWord]) -> Iterator[Sequence[TimedWord]]:
    """All stretches of words in which the recogniser was unsure of one."""
    for first in range(len(words)):
        for end in range(first + 1, min(len(words), first + MOST_WORDS) + 1):
            if is_unsure(words[first:end]):
                yield words[first:end]


def text_of(words: Sequence[TimedWord]) -> str:
    """The words, as they would be written."""
    return "".join(word.text for word in words)


def _begins(whole: str, part: str) -> bool:
    return len(whole) > len(part) and whole.startswith(part)
