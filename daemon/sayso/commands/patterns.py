"""Regular expressions of the person's own, over whole words, with a bound on their time.

The package `regex` can stop a match after a time, and can say that a text might yet become one; Python's own `re`
can do neither. It is imported only where there are patterns.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sayso.commands.texts import joined, refusal
from sayso.commands.token import Token
from sayso.config.fault import shown

log = logging.getLogger(__name__)

MOST_WORDS = 8  # that one match takes
MOST_CHARACTERS = 200  # looked at; a match over more is none
MOST_SECONDS = 0.02  # for one match: the recogniser waits for it. `regex` looks at its clock only now and then: it
# took up to 1 s to notice, on a busy machine; that happens once, as the expression is then off
REMEMBERED = 2_048  # texts whose answer is known
MISSING = "regular expressions need the package regex: pip install regex"
TOO_SLOW = "takes too long on some texts; make it so that no two parts of it can match the same letters"


class PatternFault(ValueError):
    """An expression that cannot be used; says why."""


@dataclass(slots=True, eq=False)
class Pattern:
    """An expression and what is typed instead of what it matches.

    An answer is remembered, so that a text that took too long once has no other one later.
    """

    expression: str
    instead: str
    is_off: bool = False
    _compiled: Any = None
    _known: dict[str, tuple[str | None, bool]] = field(default_factory=dict)

    def answer(self, text: str) -> tuple[str | None, bool]:
        """What is typed instead of the text (None: it stays), and whether more words might make it a match."""
        if text not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[text] = self._tried(text)
        return self._known[text]

    def _tried(self, text: str) -> tuple[str | None, bool]:
        if self.is_off or len(text) > MOST_CHARACTERS:
            return None, False
        try:
            match = self._compiled.fullmatch(text, timeout=MOST_SECONDS)
            more = self._compiled.fullmatch(f"{text} ", partial=True, timeout=MOST_SECONDS) is not None
        except TimeoutError:
            self.is_off = True
            log.warning(
                "the pattern %s %s; it is off until the settings are loaded again",
                shown(self.expression),
                TOO_SLOW,
            )
            return None, False
        return (self._instead_of(match) if match is not None else None), more

    def _instead_of(self, match: Any) -> str | None:
        """What is typed instead of a match; None where that cannot be typed, so that the words stay."""
        instead = joined(match.expand(self.instead))
        refused = refusal(instead)
        if refused is None:
            return instead
        log.warning("the pattern %s gives %s; what was said stays", shown(self.expression), refused)
        return None


def pattern(expression: str, instead: str) -> Pattern:
    """Compile an expression; capitals do not matter to it.

    Raises:
        PatternFault: it is none, its replacement names a group that it lacks or has what cannot be typed, it
            matches where nothing is, or it takes too long.

    """
    try:
        import regex  # type: ignore[import-untyped]  # noqa: PLC0415  # only where there are patterns
    except ImportError:
        raise PatternFault(MISSING) from None
    try:
        compiled = regex.compile(expression, regex.IGNORECASE)
        # It matches, so that the replacement is looked at, with nothing in its groups.
        refused = refusal(joined(regex.compile(f"(?:{expression})|").sub(instead, "")))
        for probe in _probes(expression):
            compiled.fullmatch(probe, timeout=MOST_SECONDS)
        empty = compiled.fullmatch("", timeout=MOST_SECONDS) is not None
    except TimeoutError:
        raise PatternFault(TOO_SLOW) from None
    except (regex.error, IndexError) as error:
        raise PatternFault(f"no regular expression: {error}") from None
    except (RecursionError, MemoryError, OverflowError):
        raise PatternFault("too large for a regular expression") from None
    if refused is not None:
        raise PatternFault(refused)
    if empty:
        raise PatternFault("matches where nothing was said; it must take at least one letter")
    return Pattern(expression, instead, _compiled=compiled)


def _probes(expression: str) -> list[str]:
    """Texts on which an expression that can match the same letters in several ways takes for ever."""
    letters = list(dict.fromkeys(re.findall(r"[^\W_]", expression)))[:5] or ["a"]
    repeated = [letter * (MOST_CHARACTERS // 2) for letter in (*letters, "a", "1", "a ", "a1 ")]
    return [f"{text[: MOST_CHARACTERS - 1]}{end}" for text in repeated for end in ("", "!")]


def written(tokens: Sequence[Token]) -> str:
    """Words as an expression sees them: without the marks after the last one."""
    *before, last = tokens
    return ("".join(token.body + token.marks for token in before) + last.body).strip()
