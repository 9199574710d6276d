"""What became of an utterance's words so far: pieces of text, and how the next word is to be written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sayso.commands.actions import Casing
from sayso.commands.token import STOPS

TAIL = 8  # characters of what stands that decide how it goes on: the longest run of marks and the letter before it


@dataclass(frozen=True, slots=True)
class Manner:
    """How the next word is written.

    Attributes:
        every: of all words, until that is said otherwise.
        once: of the next one only; None as it comes.
        glued: no space before it.
        goes_on: a command has put something before it that does not end a sentence …
        stopped: … where the recogniser had ended one, so that a capital was no more than that.

    """

    every: Casing = Casing.AS_SAID
    once: Casing | None = None
    glued: bool = False
    goes_on: bool = False
    stopped: bool = False


PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands before an utterance, as far as it decides how that begins.

    Attributes:
        text: its last characters.
        loose: the recogniser's own marks that it ends with; a command may take their place.
        manner: how it goes on.
        until_seconds: when it was said.

    """

    text: str = ""
    loose: str = ""
    manner: Manner = PLAIN
    until_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text and the words [first, end) of the utterance that it came from.

    Attributes:
        text: may be empty: a command that types nothing, or words that were taken back.
        first: index of its first word.
        end: one past its last word.
        manner: as it was before it.
        is_command: whether the words meant something else than themselves.
        takes_back: whether they took back what was typed before, which may be that of the first of them.
        term: that is written in place of the words, because of a learnt rule or its sound; empty where none is.

    """

    text: str
    first: int
    end: int
    manner: Manner = PLAIN
    is_command: bool = False
    term: str = ""
    takes_back: bool = False

    @property
    def words(self) -> tuple[int, ...]:
        """The indices of its words."""
        return tuple(range(self.first, self.end))


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The state of an utterance; `interpret` takes one and gives the next.

    Attributes:
        earlier: what stands before it; then what would if one earlier utterance were taken back, two, …
        taken: so many words are in pieces, or were before this began; those after them are held back.
        pieces: in order, without a gap between their words.
        manner: of the next word.
        loose: marks of the last piece's word that are typed with the next piece, unless that is a command.
        undone: so many earlier utterances are to be taken back.
        trimmed: so many characters at the end of the earlier one are to be taken back, as a command has swallowed
            them.
        refused: so many commands wanted to take back what cannot be.
        ended: the recogniser's own marks that it ended with.

    """

    earlier: tuple[Standing, ...] = ()
    taken: int = 0
    pieces: tuple[Piece, ...] = ()
    manner: Manner = PLAIN
    loose: str = ""
    undone: int = 0
    trimmed: int = 0
    refused: int = 0
    ended: str = ""

    @staticmethod
    def begin(earlier: tuple[Standing, ...], taken: int = 0) -> Interpretation:
        """Before the first word."""
        return Interpretation(earlier, taken, manner=earlier[0].manner if earlier else PLAIN)

    @property
    def text(self) -> str:
        """All that is to be typed."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def before(self) -> Standing:
        """What stands before the utterance now."""
        standing = self.earlier[self.undone] if self.undone < len(self.earlier) else Standing()
        if not self.trimmed:
            return standing
        return replace(standing, text=standing.text[: -self.trimmed], loose="")

    @property
    def tail(self) -> str:
        """The last characters before the next piece, marks that are not typed yet included."""
        tail = self.loose
        for piece in reversed(self.pieces):
            if len(tail) >= TAIL:
                return tail[-TAIL:]
            tail = piece.text + tail
        return (self.before.text + tail)[-TAIL:]

    @property
    def is_empty(self) -> bool:
        """Whether it has typed nothing."""
        return not any(piece.text for piece in self.pieces)

    def with_piece(
        self,
        text: str,
        end: int,
        manner: Manner,
        *,
        loose: str = "",
        command: bool = True,
        term: str = "",
        takes_back: bool = False,
    ) -> Interpretation:
        """The next piece, of the words from `taken` up to `end`; loose marks stay where they are."""
        piece = Piece(text, self.taken, end, self.manner, command, term, takes_back)
        settled = self.settled()
        return replace(settled, pieces=(*settled.pieces, piece), taken=end, manner=manner, loose=loose)

    def settled(self) -> Interpretation:
        """With the loose marks in the text."""
        if not self.loose or not self.pieces:
            return self
        *rest, last = self.pieces
        return replace(self, pieces=(*rest, replace(last, text=last.text + self.loose)), loose="")

    def without_loose(self, swallowed: frozenset[str], *, trims: bool = False) -> Interpretation:
        """The recogniser's own marks at the end gone, as far as they give way, and known to have been there.

        Args:
            swallowed: the marks that give way.
            trims: whether those of the earlier utterance can go too, where this one has typed nothing yet.

        """
        if self.loose:
            kept = "".join(mark for mark in self.loose if mark not in swallowed)
            kept = kept if kept.strip() else ""
            stopped = self.manner.stopped or any(m in STOPS and m in swallowed for m in self.loose)
            return replace(self, loose=kept, manner=replace(self.manner, stopped=stopped))
        if trims and self.is_empty and (loose := self.before.loose) and swallowed.issuperset(loose):
            stopped = self.manner.stopped or bool(STOPS.intersection(loose))
            return replace(self, trimmed=len(loose), manner=replace(self.manner, stopped=stopped))
        return self
