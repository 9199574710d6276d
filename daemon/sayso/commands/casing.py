"""Small letters and capitals."""

from __future__ import annotations

from collections.abc import Callable

from sayso.commands.actions import Casing
from sayso.commands.grammar import Grammar
from sayso.commands.interpretation import Manner


def cased(text: str, casing: Casing) -> str:
    """The text in capitals, small letters, or with a capital."""
    match casing:
        case Casing.UPPER:
            return text.upper()
        case Casing.LOWER:
            return text.lower()
        case Casing.CAPITALS:
            has_its_own = any(c.isupper() for c in text)  # iPhone
            return text if has_its_own else _first(text, str.upper)
        case Casing.AS_SAID:
            return text


def in_manner(text: str, manner: Manner, grammar: Grammar, *, is_first: bool) -> str:
    """A word as it is to be written next.

    Args:
        text: the word, with what comes before its first letter.
        manner: how.
        grammar: which words keep their capital.
        is_first: whether the recogniser gave it a capital for being the utterance's first.

    """
    if manner.once is not None:
        return cased(text, manner.once)
    if manner.every is not Casing.AS_SAID:
        return cased(text, manner.every)
    if manner.goes_on and (manner.stopped or is_first) and _may_be_small(text, grammar):
        return _first(text, str.lower)
    return text


def _may_be_small(text: str, grammar: Grammar) -> bool:
    """Whether a capital may be due to the recogniser's own full stop alone: "NASA", "iPad" and "I" have theirs."""
    letters = "".join(c for c in text if c.isalpha() or c in "'’").replace("’", "'")
    if not letters[:1].isupper() or not letters[1:].islower():
        return False
    small = letters.casefold()
    if grammar.lowers is not None:
        return small in grammar.lowers
    return small not in grammar.capitals and small.partition("'")[0] not in grammar.capitals


def _first(text: str, change: Callable[[str], str]) -> str:
    """The text with its first letter changed."""
    at = next((n for n, c in enumerate(text) if c.isalnum()), None)
    return text if at is None else f"{text[:at]}{change(text[at])}{text[at + 1 :]}"
