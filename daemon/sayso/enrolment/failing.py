"""Which terms keep failing: what the person put in the place of something else, again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sayso.enrolment.term_list import MOST_TERMS, fault_of, normal
from sayso.journal import Correction, Decision

LEAST = 2  # utterances in which it was misheard; once may have been a cough
MOST_WORDS = 4  # more are a sentence that was said differently, and no term
AROUND = " \t.,;:!?…\"'“”„‘’«»()"  # punctuation that the words beside it have, and not the term


def failing(corrections: Iterable[Correction], is_common: Callable[[str], bool]) -> tuple[str, ...]:
    """The terms that were misheard in at least two utterances, those that were most often first.

    Args:
        corrections: in the order in which they were made; only accepted ones count.
        is_common: whether everybody says a word, so that it is no term.

    """
    misheard: dict[str, set[int]] = {}
    spelling: dict[str, str] = {}
    for correction in corrections:
        if correction.decision is not Decision.ACCEPTED:
            continue
        for _, meant in correction.changes:
            term = normal(meant).strip(AROUND)
            if _is_term(term, is_common):
                misheard.setdefault(term.casefold(), set()).add(correction.utterance)
                spelling[term.casefold()] = term  # as it was written last
    found = [key for key, utterances in misheard.items() if len(utterances) >= LEAST]
    found.sort(key=lambda key: (-len(misheard[key]), key))
    return tuple(spelling[key] for key in found[:MOST_TERMS])


def _is_term(text: str, is_common: Callable[[str], bool]) -> bool:
    words = text.split()
    if not 1 <= len(words) <= MOST_WORDS or fault_of(text) is not None:
        return False
    return not all(is_common(word.strip(AROUND)) for word in words)
