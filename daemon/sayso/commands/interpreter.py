"""Words → pieces of text: each command does what it does, and every other word is written in the manner of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sayso.commands import pauses
from sayso.commands.actions import (
    Casing,
    EveryWord,
    Join,
    Literally,
    Mark,
    NextWord,
    NoSpace,
    Numeral,
    Replacement,
    Scope,
    Snippet,
    Spell,
    TakeBack,
    Then,
)
from sayso.commands.casing import cased, in_manner
from sayso.commands.grammar import Grammar
from sayso.commands.interpretation import PLAIN, Interpretation, Manner, Piece
from sayso.commands.letters import spelled
from sayso.commands.matching import Context, Match, Undecided, command_at, parts_between
from sayso.commands.numbers import figures
from sayso.commands.token import LIGHT, STOPS, SWALLOWED
from sayso.events import TimedWord


def interpret(
    grammar: Grammar | None,
    words: Sequence[TimedWord],
    so_far: Interpretation,
    *,
    closed: bool,
    deletes: bool = True,
    trims: bool = False,
) -> Interpretation:
    """Take the words that are new.

    However the words come, one by one or all at once, the pieces are the same; without commands that take
    something back, pieces are only added, and the last one may grow by its own marks.

    Args:
        grammar: which words are commands; None: none is.
        words: all of the utterance, those that were taken before included.
        so_far: what became of those.
        closed: there will be no more: nothing is held back any longer.
        deletes: whether what was typed can be taken back; else only what is not typed yet can.
        trims: whether the end of an earlier utterance can.

    """
    if grammar is None:
        return _as_they_come(words, so_far)
    fixed = 0 if deletes else len(so_far.pieces)
    now = _Interpreter(Context(grammar, words, closed), fixed=fixed, deletes=deletes, trims=trims)
    state = so_far
    while state.taken < len(words):
        found = command_at(now.context, state)
        if isinstance(found, Undecided):
            break
        state = now.word(state) if found is None else now.command(state, found)
    return replace(state.settled(), ended=state.loose) if closed else state


def _as_they_come(words: Sequence[TimedWord], so_far: Interpretation) -> Interpretation:
    pieces, tail = list(so_far.pieces), so_far.tail
    for n in range(so_far.taken, len(words)):
        text = words[n].text
        if not tail or tail[-1].isspace():
            text = text.lstrip()
        pieces.append(Piece(text, n, n + 1))
        tail = text or tail
    return replace(so_far, pieces=tuple(pieces), taken=max(so_far.taken, len(words)), manner=PLAIN)


class _Interpreter:
    """Does one command or word at a time; knows nothing but the words."""

    def __init__(self, context: Context, *, fixed: int, deletes: bool, trims: bool) -> None:
        self.context = context
        self._deletes = deletes
        self._fixed = fixed  # pieces that are typed, and cannot be taken back
        self._trims = trims

    def word(self, state: Interpretation) -> Interpretation:
        """Write the next word as it was said."""
        at, manner = state.taken, state.manner
        token = self.context.token(at)
        marks, body = token.marks, token.body
        if not token.parts:  # a mark by itself, or a sign: as it comes
            if not marks:
                return state.with_piece(_spaced(body, state), at + 1, manner, command=False)
            opening = "" if body.strip() else body
            text = _spaced(body, state) if body.strip() else ""
            loose = _spaced(opening + marks, state) if not text else marks
            return state.with_piece(text, at + 1, manner, loose=loose, command=False)
        text = in_manner(body, manner, self.context.grammar, is_first=at == 0)
        return state.with_piece(_spaced(text, state), at + 1, Manner(manner.every), loose=marks, command=False)

    def command(self, state: Interpretation, found: Match) -> Interpretation:
        """Do what a command says."""
        manner = state.manner
        match found.action:
            case Mark():
                return self._mark(state, found.action, found)
            case NextWord(casing):
                return self._silent(state, found, replace(manner, once=casing))
            case EveryWord(casing):
                return self._silent(state, found, Manner(casing, glued=manner.glued))
            case NoSpace():
                state = state.without_loose(SWALLOWED)
                manner = state.manner
                stopped = manner.stopped or self._stops(found)
                return self._silent(state, found, replace(manner, glued=True, goes_on=True, stopped=stopped))
            case TakeBack(scope):
                return self._take_back(state, found, scope)
            case Literally():
                state = state.with_piece("", found.phrase_end, manner)
                while state.taken < found.end:
                    state = self.word(state)
                return state
            case Spell():
                arguments = range(found.phrase_end, found.end)
                letters = [spelled(self.context.grammar, self.context.token(n)) for n in arguments]
                return self._text(state, found, cased("".join(letters), manner.once or manner.every))
            case Numeral():
                parts = parts_between(self.context, found.phrase_end, found.end)
                return self._text(state, found, figures(self.context.grammar, parts))
            case Snippet(text):
                return self._text(state, found, text, keeps_marks=False)
            case Replacement(text, is_learnt):
                return self._replaced(state, found, text, is_learnt=is_learnt)

    def _stops(self, found: Match) -> bool:
        """Whether the recogniser ended a sentence with the command's own last word."""
        return self.context.token(found.end - 1).stops

    def _mark(self, state: Interpretation, mark: Mark, found: Match) -> Interpretation:
        """A mark instead of the recogniser's own beside it."""
        swallowed = LIGHT if mark.is_break else SWALLOWED
        is_same = not state.loose and state.is_empty and state.before.loose == mark.text
        state = state.without_loose(swallowed, trims=self._trims and not is_same)
        tail = state.tail
        text = mark.text
        if is_same or (mark.then is Then.CAPITAL and not mark.is_break and tail.endswith(text)):
            text = ""  # it stands there
        elif mark.join in (Join.RIGHT, Join.NONE):
            text = _spaced(f" {text}", state)
        manner = state.manner
        every = manner.every
        glued = mark.join in (Join.RIGHT, Join.BOTH)
        if mark.then is Then.CAPITAL:
            after = Manner(every, once=Casing.CAPITALS, glued=glued)
        else:
            kept = manner.once if mark.then is Then.SAME else None
            stopped = manner.stopped or self._stops(found)
            after = Manner(every, once=kept, glued=glued, goes_on=True, stopped=stopped)
        return state.with_piece(text, found.end, after)

    def _silent(self, state: Interpretation, found: Match, manner: Manner) -> Interpretation:
        """A command that types nothing."""
        state = state.without_loose(LIGHT)
        return state.with_piece("", found.end, manner)

    def _text(self, state: Interpretation, found: Match, text: str, *, keeps_marks: bool = True) -> Interpretation:
        """A text of the command's own, set off like a word."""
        state = state.without_loose(LIGHT)
        marks = self.context.token(found.end - 1).marks if keeps_marks else ""
        return state.with_piece(_spaced(f" {text}", state), found.end, Manner(state.manner.every), loose=marks)

    def _replaced(self, state: Interpretation, found: Match, text: str, *, is_learnt: bool) -> Interpretation:
        """Other words, with the space before and the marks after those that were said."""
        first, last = self.context.token(state.taken), self.context.token(found.end - 1)
        lead = first.body[: len(first.body) - len(first.body.lstrip())]
        tail = state.tail.rstrip()
        may_rise = not is_learnt or not tail or tail[-1] in STOPS
        if first.core[:1].isupper() and text.islower() and may_rise:
            text = cased(text, Casing.CAPITALS)
        if state.manner != PLAIN and text.islower():
            text = in_manner(text, state.manner, self.context.grammar, is_first=False)
        manner = Manner(state.manner.every)
        written = _spaced(f"{lead}{text}", state) if text else ""  # words that are left out leave no space
        term = text if is_learnt else ""
        return state.with_piece(written, found.end, manner, loose=last.marks, command=False, term=term)

    def _take_back(self, state: Interpretation, found: Match, scope: Scope) -> Interpretation:
        """Take back what the utterance has typed since the last pause, all of it, or else the utterance before."""
        pieces = state.pieces
        last = next((n for n in range(len(pieces) - 1, -1, -1) if pieces[n].text), None)
        if last is None and not self._deletes:
            refused = replace(state, refused=state.refused + 1)
            return refused.with_piece("", found.end, state.manner)
        if last is None:
            undone = replace(state, undone=state.undone + 1, trimmed=0)
            return undone.with_piece("", found.end, undone.before.manner, takes_back=True)
        first = 0 if scope is Scope.UTTERANCE else self._phrase_start(pieces, last)
        first = max(first, self._fixed)
        if not any(piece.text for piece in pieces[first:]):
            refused = replace(state, refused=state.refused + 1)
            return refused.with_piece("", found.end, state.manner)
        gone = Piece("", pieces[first].first, found.end, pieces[first].manner, is_command=True, takes_back=True)
        left = replace(state, pieces=(*pieces[:first], gone), taken=found.end, manner=gone.manner, loose="")
        return self._begun_again(left, "".join(piece.text for piece in pieces[first:]))

    def _begun_again(self, state: Interpretation, gone: str) -> Interpretation:
        """What is said instead of the beginning of a sentence begins as that did."""
        tail = state.tail.rstrip()
        if gone.lstrip()[:1].isupper() and state.manner == PLAIN and (not tail or tail[-1] in STOPS):
            return replace(state, manner=Manner(once=Casing.CAPITALS))
        return state

    def _phrase_start(self, pieces: Sequence[Piece], last: int) -> int:
        """Where the phrase began that ends with a piece: after the pause before it."""
        words = self.context.words
        while last and pauses.before(words, pieces[last].first) < pauses.PHRASE_SECONDS:
            last -= 1
        return last


def _spaced(text: str, state: Interpretation) -> str:
    """A text with its leading space only where one belongs."""
    tail = state.tail
    if state.manner.glued or not tail or tail[-1].isspace():
        return text.lstrip()
    return text
