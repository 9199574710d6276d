"""Number words → figures."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.commands.grammar import Grammar

HUNDRED, THOUSAND = 100, 1_000
MOST_DIGITS = 15  # of a number in figures; more is a telephone number, and written as it is


def is_number(grammar: Grammar, parts: Sequence[str]) -> bool:
    """Whether a word can only be part of a number, or stand within one."""
    return bool(parts) and all(
        part.isdecimal() or part in grammar.numbers or part in grammar.joiners or part in grammar.decimal
        for part in _split(grammar, parts)
    )


def figures(grammar: Grammar, parts: Sequence[str]) -> str:
    """The number that the words say, in figures; empty if they say none."""
    pieces = _split(grammar, parts)
    at = next((n for n, part in enumerate(pieces) if part in grammar.decimal), len(pieces))
    whole = _value(grammar, pieces[:at])
    if whole is None:
        return ""
    if at == len(pieces):
        return str(whole)
    digits = [_digit(grammar, part) for part in pieces[at + 1 :]]
    if not digits or None in digits:
        return ""
    return f"{whole}{grammar.decimal[pieces[at]]}{''.join(str(digit) for digit in digits)}"


def _value(grammar: Grammar, pieces: Sequence[str]) -> int | None:
    """Their sum: each smaller than the one before, unless it multiplies what stands before it.

    "two thousand three hundred and five": (2 * 1000) + (3 * 100) + 5.
    """
    if not pieces or pieces[-1] in grammar.joiners:
        return None
    total, group, least, said = 0, 0, THOUSAND, False
    for part in pieces:
        if part in grammar.joiners:
            if not said:
                return None
            continue
        value = int(part) if part.isdecimal() else grammar.numbers.get(part)
        if value is None or (len(part) > MOST_DIGITS and part.isdecimal()):
            return None
        if value >= THOUSAND and not part.isdecimal():
            if total and value >= _last_factor(total):
                return None
            total, group, least = total + max(group, 1) * value, 0, THOUSAND
        elif value == HUNDRED and not part.isdecimal() and (0 < group < 10 or not group):
            group, least = max(group, 1) * HUNDRED, HUNDRED
        elif value < least:
            group, least = group + value, _room_after(value)
        elif not said:
            group, least = value, 1
        else:
            return None
        said = True
    return total + group


def _last_factor(total: int) -> int:
    """The thousand, million or so that a sum ends with."""
    factor = THOUSAND
    while total % (factor * THOUSAND) == 0:
        factor *= THOUSAND
    return factor


def _room_after(value: int) -> int:
    """What follows is smaller: after twenty a unit, after five nothing; French has twelve after sixty."""
    if value >= HUNDRED:
        return HUNDRED
    if value >= 20 and value % 10 == 0:
        return 20 if value in (60, 80) else 10
    return 1


def _digit(grammar: Grammar, part: str) -> int | None:
    value = int(part) if part.isdecimal() and len(part) <= MOST_DIGITS else grammar.numbers.get(part)
    return value if value is not None and (value < 10 or part.isdecimal()) else None


def _split(grammar: Grammar, parts: Sequence[str]) -> list[str]:
    """Words written as one, taken apart, those that are one number joined, and in the order of their size.

    "dreiundzwanzig" is zwanzig und drei; "quatre vingt dix sept" is (quatre vingt) (dix sept).
    """
    pieces: list[str] = []
    for part in parts:
        for piece in _apart(grammar, part) or [part]:
            if pieces and f"{pieces[-1]} {piece}" in grammar.numbers:
                pieces[-1] = f"{pieces[-1]} {piece}"
            else:
                pieces.append(piece)
    return _turned(grammar, pieces)


def _apart(grammar: Grammar, word: str) -> list[str]:
    """A compound in number words, the longest first; nothing where a rest is left."""
    known = grammar.numbers.keys() | grammar.joiners
    if word in known or word.isdecimal() or not word:
        return [word] if word else []
    for end in range(len(word) - 1, 1, -1):
        if word[:end] in known and (rest := _apart(grammar, word[end:])):
            return [word[:end], *rest]
    return []


def _turned(grammar: Grammar, pieces: list[str]) -> list[str]:
    """Units that are said before their tens behind them: drei und zwanzig is zwanzig drei."""
    out = list(pieces)
    for n in range(len(out) - 2):
        unit, joiner, tens = (grammar.numbers.get(piece) for piece in out[n : n + 3])
        if (
            joiner is None
            and out[n + 1] in grammar.joiners
            and unit
            and tens
            and unit < 10
            and 20 <= tens < HUNDRED
        ):
            out[n : n + 3] = [out[n + 2], out[n + 1], out[n]]
    return out
