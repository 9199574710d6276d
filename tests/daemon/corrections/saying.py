"""What is said, as the flow would tell it: recognised, interpreted with the commands of a language, formatted."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.commands import Interpretation, interpret
from sayso.commands.grammar import Grammar
from sayso.commands.sources import load_grammar
from sayso.corrections import Seen, Source
from sayso.events import Edit, TermWritten, TimedWord, UtteranceSaid
from sayso.formatter import compose, difference
from sayso.journal import Begun, Line, Outcome, Utterance

ENGLISH = load_grammar("en")


def timed(text: str, unsure: Mapping[str, float] | None = None, sure: float = 0.95) -> tuple[TimedWord, ...]:
    """The words of a text, 0.4 s each; how sure the recogniser is of some of them, by their letters."""
    unsure = unsure or {}
    confidences = [unsure.get(word.strip(".,?!"), sure) for word in text.split()]
    return tuple(
        TimedWord(f" {word}", n * 0.4, n * 0.4 + 0.35, confidence)
        for n, (word, confidence) in enumerate(zip(text.split(), confidences, strict=True))
    )


def said(
    text: str,
    unsure: Mapping[str, float] | None = None,
    *,
    grammar: Grammar | None = ENGLISH,
    vocabulary: tuple[str, ...] = (),
    words: tuple[TimedWord, ...] | None = None,
    language: str = "en",
) -> UtteranceSaid:
    """Say a text; what is typed of it is what the commands in it make of it."""
    words = words or timed(text, unsure)
    pieces = interpret(grammar, words, Interpretation(), closed=True).pieces
    typed, _ = difference(Edit(0, ""), (), pieces)
    spoken = compose(words, 0, "").insert
    return UtteranceSaid(
        1, 0.0, words, language, (spoken, typed.insert), typed, vocabulary=vocabulary,
        commands=tuple(word for piece in pieces if piece.is_command for word in piece.words),
        terms=tuple(TermWritten(piece.first, piece.end, piece.term) for piece in pieces if piece.term),
    )  # fmt: skip


def utterance(one: UtteranceSaid, *, seconds: float | None = None, learns: bool = True) -> Utterance:
    """The same as the journal has it."""
    long = one.words[-1].end_seconds if seconds is None and one.words else seconds or 0.0
    text = one.typed.insert
    line = Line(1, 1.7e9, Outcome.DELIVERED, long, "org.test", text, text, len(one.words), "tiny.en", 0.1, True)
    return Utterance(line, Begun(1, 1.7e9, learns=learns), one)


def seen(text: str, source: Source = Source.IN_PLACE) -> Seen:
    """A text stands where the utterance's was."""
    return Seen(1, source, text, 1.7e9)
