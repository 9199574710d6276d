"""Spelled words: letters, and words that stand for them → what they spell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.commands.grammar import Grammar
from sayso.commands.token import Token

MOST_GROUPED = 10  # letters that a recogniser writes as one: "A-B-C", "ABC", "A.B.C"
_GROUPED = re.compile(r"[^\W\d_](?:[-. ]?[^\W\d_])*")


def spelled(grammar: Grammar, token: Token) -> str:
    """The letters that one word stands for; empty if it is a word like any other."""
    if len(token.parts) == 1 and token.parts[0] in grammar.letters:
        return grammar.letters[token.parts[0]]
    if all(part.isdecimal() for part in token.parts):
        return "".join(token.parts)
    if all(grammar.numbers.get(part, 10) < 10 for part in token.parts):
        return "".join(str(grammar.numbers[part]) for part in token.parts)
    core = token.core
    grouped = _GROUPED.fullmatch(core[: 2 * MOST_GROUPED]) is not None
    alone = all(len(part) == 1 for part in token.parts)
    if grouped and len(core) <= 2 * MOST_GROUPED and (alone or (core.isupper() and len(core) <= MOST_GROUPED)):
        return "".join(c for c in core if c.isalnum()).lower()
    return ""


def is_spelling(grammar: Grammar, tokens: Sequence[Token]) -> bool:
    """Whether letters were meant: one word that stands for a letter, or at least two letters; "a" is a word."""
    said = [spelled(grammar, token) for token in tokens]
    codes = any(len(t.parts) == 1 and len(t.parts[0]) > 1 and t.parts[0] in grammar.letters for t in tokens)
    return bool(said) and all(said) and (codes or sum(map(len, said)) >= 2)
