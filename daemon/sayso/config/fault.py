"""What is wrong in a settings file or option, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN_CHARACTERS = 60  # of a value in a message


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was given.

    Attributes:
        rank: 0 for the defaults, rising with each layer that overrules those before.
        source: the file or "command line".
        line: counted from 1; None where there are no lines.

    """

    rank: int
    source: str
    line: int | None = None

    def at(self, line: int) -> Place:
        """A line of the same source."""
        return Place(self.rank, self.source, line)

    @property
    def order(self) -> tuple[int, int]:
        """For sorting: layer by layer, and line by line in each."""
        return self.rank, self.line or 0

    def __str__(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right; `key` is the dotted name, empty where the whole source is unusable."""

    place: Place
    key: str
    what: str

    def __str__(self) -> str:
        parts = (str(self.place), shown(self.key, plain=True), self.what)
        return ": ".join(part for part in parts if part)


def shown(text: str, *, plain: bool = False) -> str:
    """The text fit for one line of a message: quoted unless `plain`, escaped and of bounded length."""
    cut = text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
    return cut if plain and cut.isprintable() else repr(cut)
