"""A heard word taken apart: the letters, which may be a command, and the recogniser's own marks around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

MARKS = frozenset(".,;:!?…-–—\"'“”„‘’«»()[]{}¿¡。，、！？；：")
"""What a recogniser writes around a word by itself. Signs that are spoken (%, +, #) are no marks."""

STOPS = frozenset(".!?…。！？")
"""Marks after which a recogniser writes a capital."""

SWALLOWED = STOPS | frozenset(",;:-–—，、；：")
"""Marks that give way to a command beside them; quotes and brackets do not: they come in pairs."""

LIGHT = SWALLOWED - STOPS
"""Marks within a sentence."""

_PARTS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
MOST_LETTERS = 60  # of a word that is looked at; a longer one is no word


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is compared and written.

    Attributes:
        body: as the model spells it, leading space included, without the marks after it.
        core: the letters with what is between them.
        marks: after them.
        parts: in small letters, what phrases are made of: "New-line," is new and line. None where no letter is.

    """

    body: str
    core: str
    marks: str
    parts: tuple[str, ...]

    @property
    def stops(self) -> bool:
        """Whether a sentence ends with it, as the recogniser has it."""
        return any(mark in STOPS for mark in self.marks)

    @property
    def begins(self) -> bool:
        """Whether a command may begin here: not in the middle of a word."""
        return bool(self.parts) and (not self.body[0].isalnum() or self.body[0].isupper())


@lru_cache(maxsize=4096)  # a word is looked at as the next one, as the last one and by each longer phrase
def token(text: str) -> Token:
    """Take a word apart."""
    end = len(text)
    while end and text[end - 1] in MARKS:
        end -= 1
    body = text[:end]
    core = body.lstrip().lstrip("".join(MARKS))
    return Token(body, core, text[end:], parts_of(core[:MOST_LETTERS]))


def parts_of(text: str) -> tuple[str, ...]:
    """What is compared of a word or phrase."""
    return tuple(part.replace("’", "'") for part in _PARTS.findall(text.casefold()))
