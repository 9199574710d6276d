"""Passwords that somebody says: "the password is …", in the languages of `password_words`.

Most sentences with the word are about a password and tell none ("is wrong", "is too short", "manager"). So one is
found where the word after "is" looks made up, or is none that says how a password is; and where several words
follow that no sentence is made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sayso.journal.confidential.finding import Found, Kind, compiled
from sayso.journal.confidential.password_words import LANGUAGES, MEASURES, NUMBERS, Language

WINDOW: Final = 160
"""Characters after the word that are looked at."""

BETWEEN: Final = 6  # words of "for the guest network" at most
FEW: Final = 3
LEAST_ALONE: Final = 6  # characters
FROM_A_SENTENCE: Final = 0.4
"""Share of its words that hold a sentence together; of those of a passphrase fewer do."""

_SIGNS: Final = frozenset("0123456789!@#$%^&*_+=~|\\<>{}[]")
_MARKS: Final = " \"'“”‘’„«»"
_STOP: Final = r"[.!?。！？](?=[\s\"'”’»]|$)|[\n。！？]"
_REVERSED: Final = (
    r"(?i)(?<!\S)(?P<secret>\S{3,64}) (?:and \S{1,20} ){0,2}(?:is|was|as) "
    r"(?:the|my|your|our|his|her|their) (?:[\w-]{1,20} ){0,2}?password(?!\w)"
)
_CHANGED: Final = r"(?i)(?<!\w)(?:chang|set|reset|updat|make|made|switch)\w{0,4} [^.!?\n]{0,40}$"
_PLACE: Final = 60  # characters before the word in which its verb is looked for


def passwords(text: str) -> Iterator[Found]:
    """Find them."""
    for language in LANGUAGES:
        for match in compiled(language.words).finditer(text):
            span = _after(text, match.start(), match.end(), language)
            if span is not None:
                yield Found(Kind.PASSWORD, *span)
    english = LANGUAGES[0]
    for match in compiled(_REVERSED).finditer(text):
        word = match["secret"].strip(_MARKS + ".,;:!?")
        before = text[max(0, match.start() - _PLACE) : match.start()].rstrip()
        is_first = not before or before[-1] in ".!?:,"
        if looks_made_up(word) or (is_first and " as " not in match.group() and not english.is_ordinary(word)):
            yield Found(Kind.PASSWORD, *match.span("secret"))


def _after(text: str, begin: int, end: int, language: Language) -> tuple[int, int] | None:
    """Where the password is that is told after the word; None where none is."""
    window = text[end : end + WINDOW]
    stop = compiled(_STOP).search(window)
    clause = window if stop is None else window[: stop.start()]
    tokens = [(m.group(), m.start()) for m in compiled(language.tokens).finditer(clause) if m.group() != ","]
    at = _told_from(tokens, clause, text[max(0, begin - _PLACE) : begin], language)
    if at is None or at >= len(tokens):
        return None
    while at + 1 < len(tokens) and tokens[at][0].casefold().strip(_MARKS + ",:") in language.fillers:
        at += 1
    token, start = tokens[at]
    word = token.strip(_MARKS).rstrip(".,;:!?)")
    rest = [one.strip(_MARKS + ",;:()") for one, _ in tokens[at + 1 :]]
    if not word or not _is_told(word, rest, language, is_paused=token.endswith(",")):
        return None
    start += end + token.index(word)
    return start, start + len(word)


def _told_from(tokens: list[tuple[str, int]], clause: str, before: str, language: Language) -> int | None:
    """The token from which on it would be told."""
    if not tokens:
        return None
    lowered = [token.casefold().strip(_MARKS + ",") for token, _ in tokens]
    if clause[:1] in (",", " ") and _stands_alone(tokens, language):
        return 0
    if lowered[0] == "to" and "to" in language.joining and compiled(_CHANGED).search(before):
        return 1
    first = 0
    if lowered[0] in language.joining:
        first = 2
    for n in range(first, min(len(tokens), first + (BETWEEN if first else 1))):
        for copula in language.copulas:
            if tuple(lowered[n : n + len(copula)]) == copula:
                return n + len(copula)
        if tokens[n][0].endswith(":") and (":",) in language.copulas:
            return n + 1
    if language.is_without_copula and not clause.startswith((",", ";")):
        at = 2 if first and len(tokens) == FEW else 0
        return at if at == len(tokens) - 1 else None
    return None


def _stands_alone(tokens: list[tuple[str, int]], language: Language) -> bool:
    """Whether a clause begins with what is a password without being called one: "password hunter2"."""
    token = tokens[0][0]
    word = token.strip(_MARKS).rstrip(".,;:!?)")
    is_last = len(tokens) == 1 or len(token.rstrip(_MARKS)) > len(word) or language.is_holding(tokens[1][0])
    has_both = any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
    return is_last and has_both and len(word) >= LEAST_ALONE


def _is_told(word: str, rest: list[str], language: Language, *, is_paused: bool) -> bool:
    """Whether "the password is …" goes on with the password, and not with what it is like."""
    is_measure = word.endswith("%") or any(one.casefold().startswith(MEASURES) for one in rest[: FEW + 1])
    if looks_made_up(word):
        return not (word.rstrip("%").isdecimal() and is_measure)
    if is_measure and word.casefold() in NUMBERS:
        return False
    holding = [one for one in rest if language.is_holding(one)]
    if language.is_ordinary(word):
        is_row = len(rest) >= FEW and not holding and (is_paused or language.is_quality(word))
        return is_row and not any(language.is_ordinary(one) for one in rest)
    if not language.is_spaced or len(rest) <= FEW:
        until = next((n for n, one in enumerate(rest) if one.casefold() in language.clauses), len(rest))
        return not any(language.is_holding(one) for one in rest[:until])
    return len(holding) < FROM_A_SENTENCE * len(rest)


def looks_made_up(word: str) -> bool:
    """Whether there are digits or signs in it, or capitals within it, as in no ordinary word."""
    return any(c in _SIGNS for c in word.strip("%")) or compiled(r"\p{Ll}\p{Lu}").search(word) is not None
