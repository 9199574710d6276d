"""What a command does: one frozen type each, made from the grammar's data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Join(StrEnum):
    """On which sides a mark has no space."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    NONE = "none"


class Then(StrEnum):
    """How the next word begins."""

    CAPITAL = "capital"
    SMALL = "small"  # a capital that the recogniser gave it for its own full stop is taken away
    SAME = "same"  # as it would have without this mark


class Casing(StrEnum):
    """How letters are written."""

    AS_SAID = "as-said"
    CAPITALS = "capitals"  # Each Word
    UPPER = "upper"
    LOWER = "lower"


class Guard(StrEnum):
    """When words are a command and not just words."""

    NONE = "none"
    BEFORE = "before"  # a pause before them
    PAUSES = "pauses"  # a pause before and after them
    DOUBT = "doubt"  # both, and the recogniser was unsure: another word that is often heard instead of the command


class Scope(StrEnum):
    """How much is taken back."""

    PHRASE = "phrase"
    UTTERANCE = "utterance"


@dataclass(frozen=True, slots=True)
class Mark:
    """Type a mark."""

    text: str
    join: Join = Join.LEFT
    then: Then = Then.SMALL

    @property
    def is_break(self) -> bool:
        """Whether it begins a line; the full stop that the recogniser has put before it then stays."""
        return "\n" in self.text


@dataclass(frozen=True, slots=True)
class NextWord:
    """Write the next word so."""

    casing: Casing


@dataclass(frozen=True, slots=True)
class EveryWord:
    """Write all words so from here on."""

    casing: Casing


@dataclass(frozen=True, slots=True)
class NoSpace:
    """No space before the next word."""


@dataclass(frozen=True, slots=True)
class Spell:
    """Letters follow, or words that stand for them."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number follows, to be written in figures."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take back what was typed last."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Literally:
    """The command that follows is meant as words."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Type a text, as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """Type other words instead.

    Attributes:
        text: the words.
        is_learnt: it is a term, or was learnt: how it is written is how it is written.

    """

    text: str
    is_learnt: bool = False


Action = Mark | NextWord | EveryWord | NoSpace | Spell | Numeral | TakeBack | Literally | Snippet | Replacement

NAMED: dict[str, Action] = {
    "capital-next": NextWord(Casing.CAPITALS),
    "upper-next": NextWord(Casing.UPPER),
    "lower-next": NextWord(Casing.LOWER),
    "capitals-on": EveryWord(Casing.CAPITALS),
    "upper-on": EveryWord(Casing.UPPER),
    "casing-off": EveryWord(Casing.AS_SAID),
    "no-space": NoSpace(),
    "spell": Spell(),
    "numeral": Numeral(),
    "scratch": TakeBack(Scope.PHRASE),
    "undo": TakeBack(Scope.UTTERANCE),
    "literally": Literally(),
}
"""Under which names a grammar knows the commands that type nothing themselves."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a phrase means.

    Attributes:
        action: what is done.
        guard: when it is meant.
        is_noun: with an article before it, it is the thing and not the command: "a comma".

    """

    action: Action
    guard: Guard = Guard.NONE
    is_noun: bool = True
