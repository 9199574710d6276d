"""A grammar: which words of a language are commands, and the words that belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sayso.commands.actions import Command
from sayso.commands.patterns import Pattern
from sayso.vocabulary.matching import NO_TERMS, Known

Parts = tuple[str, ...]
PAUSE_SECONDS = 0.25  # before and after a word that is a command only by itself


@dataclass(slots=True)
class Branch:
    """A node of the tree of all phrases: how they go on from here, and what is meant if this is the end."""

    further: dict[str, Branch] = field(default_factory=dict)
    command: Command | None = None


def tree(phrases: Iterable[tuple[Parts, Command]]) -> Branch:
    """All phrases by their beginnings."""
    root = Branch()
    for parts, command in phrases:
        at = root
        for part in parts:
            at = at.further.setdefault(part, Branch())
        at.command = command
    return root


def phrases(root: Branch, before: Parts = ()) -> Iterator[tuple[Parts, Command]]:
    """The phrases of a tree."""
    if root.command is not None:
        yield before, root.command
    for part, branch in root.further.items():
        yield from phrases(branch, (*before, part))


@dataclass(frozen=True, slots=True)
class Grammar:
    """What is read from the files; read-only, shared by all threads.

    Attributes:
        language: Whisper code.
        root: of the tree of phrases.
        patterns: regular expressions over whole words, in order.
        terms: the person's own words, found by their sound.
        letters: word → letter: "alpha" → a.
        numbers: word → value; hundred, thousand and the like multiply.
        joiners: words within a number that have no value: "and".
        decimal: word → mark: "point" → ".".
        articles: words after which a command's name is a thing.
        capitals: words that always have a capital.
        lowers: the only words that may lose a capital; None for all others but `capitals`.
        prompt: a text with commands in it, which tells a recogniser that they are to be expected.
        pause_seconds: how long a pause is at least.

    """

    language: str
    root: Branch
    patterns: tuple[Pattern, ...] = ()
    terms: Known = NO_TERMS
    letters: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    joiners: frozenset[str] = frozenset()
    decimal: Mapping[str, str] = field(default_factory=dict)
    articles: frozenset[str] = frozenset()
    capitals: frozenset[str] = frozenset()
    lowers: frozenset[str] | None = None
    prompt: str = ""
    pause_seconds: float = PAUSE_SECONDS
