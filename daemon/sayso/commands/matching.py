"""Which command begins at a word, if one does; or that it takes another word to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.commands import patterns, pauses
from sayso.commands.actions import Action, Command, Guard, Literally, Numeral, Replacement, Spell
from sayso.commands.grammar import Branch, Grammar
from sayso.commands.interpretation import Interpretation
from sayso.commands.letters import is_spelling, spelled
from sayso.commands.numbers import figures, is_number
from sayso.commands.token import Token, token
from sayso.events import TimedWord
from sayso.vocabulary.matching import MOST_WORDS, Near

MOST_ARGUMENTS = 40  # letters or number words after their command
UNSURE = 0.7  # the recogniser's confidence, below which a word may have been another that is a command


@dataclass(frozen=True, slots=True)
class Match:
    """Words [first, end) are a command: the phrase up to `phrase_end`, then what it is about."""

    action: Action
    phrase_end: int
    end: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """It depends on the next word."""


UNDECIDED = Undecided()


@dataclass(frozen=True, slots=True)
class Context:
    """What a command is looked for in.

    Attributes:
        grammar: the language's.
        words: of the utterance.
        closed: there will be no more of them.

    """

    grammar: Grammar
    words: Sequence[TimedWord]
    closed: bool

    def token(self, at: int) -> Token:
        """A word taken apart."""
        return token(self.words[at].text)

    @property
    def end(self) -> int:
        """How many words there are."""
        return len(self.words)


def command_at(context: Context, so_far: Interpretation) -> Match | Undecided | None:
    """What begins at the next word: a command, a word (None), or one or the other."""
    first = so_far.taken
    is_word = context.token(first).begins or (first == 0 and context.token(first).parts)
    if not is_word:
        return None
    found = _phrase(context, first, so_far)
    if found is None or _is_learnt(found):  # what the person has written goes before what was learnt
        found = _pattern(context, first) or found
    if found is None:
        found = _term(context, first)
    return found


def _is_learnt(found: Match | Undecided) -> bool:
    return isinstance(found, Match) and isinstance(found.action, Replacement) and found.action.is_learnt


def _phrase(context: Context, first: int, so_far: Interpretation | None) -> Match | Undecided | None:
    """The longest phrase that is meant; without `so_far`, any that could be."""
    for command, end in sorted(_phrases(context, first), key=lambda found: -found[1]):
        if command is None:
            return UNDECIDED
        if so_far is not None:
            meant = _is_meant(context, command, first, end, so_far)
            if isinstance(meant, Undecided):
                return UNDECIDED
            if not meant:
                continue
        match = _with_arguments(context, command.action, end)
        if match is not None:
            return match
    return None


def _phrases(context: Context, first: int) -> list[tuple[Command | None, int]]:
    """All phrases from a word on, with where they end; None where one may go on after the last word."""
    found: list[tuple[Command | None, int]] = []
    branch: Branch | None = context.grammar.root
    for at in range(first, context.end):
        for part in context.token(at).parts:
            branch = branch.further.get(part) if branch is not None else None
        if branch is None:
            return found
        if branch.command is not None and context.token(at).parts:
            found.append((branch.command, at + 1))
    if branch is not None and branch.further and not context.closed:
        found.append((None, context.end + 1))
    return found


def _is_meant(
    context: Context, command: Command, first: int, end: int, so_far: Interpretation
) -> bool | Undecided:
    """Whether a phrase is a command here: no article before it, and set off as its guard asks."""
    last = so_far.pieces[-1] if so_far.pieces else None
    after_command = last is not None and last.is_command
    before = context.token(first - 1) if first and not after_command else None
    adjoining = before.parts[-1] if before is not None and before.parts and not before.marks else ""
    if command.is_noun and adjoining in context.grammar.articles:
        return False
    if command.guard is Guard.NONE:
        return True
    is_set_off_before = before is None or bool(before.marks)
    pause = context.grammar.pause_seconds
    if command.guard is Guard.BEFORE:
        return is_set_off_before or pauses.before(context.words, first) >= pause
    if command.guard is Guard.DOUBT and min(w.confidence for w in context.words[first:end]) >= UNSURE:
        return False
    if end == context.end and not context.closed and not context.token(end - 1).marks:
        return UNDECIDED  # only the next word tells whether there was a pause
    silent_before, silent_after = pauses.around(context.words, first, end)
    if not is_set_off_before and silent_before < pause:
        return False
    if end == context.end or context.token(end - 1).marks or silent_after >= pause:
        return True
    following = _unguarded(context, end)
    return UNDECIDED if isinstance(following, Undecided) else following


def _unguarded(context: Context, first: int) -> bool | Undecided:
    """Whether a command follows that is one wherever it stands."""
    found = _phrases(context, first) if context.token(first).begins else []
    if any(command is not None and command.guard is Guard.NONE for command, _ in found):
        return True
    return UNDECIDED if found and found[-1][0] is None else False


def _with_arguments(context: Context, action: Action, phrase_end: int) -> Match | Undecided | None:
    """The command with what it is about; None where that is missing, so that it is none."""
    match action:
        case Literally():
            return _escaped(context, phrase_end)
        case Spell():
            return _spelled(context, phrase_end)
        case Numeral():
            return _number(context, phrase_end)
        case _:
            return Match(action, phrase_end, phrase_end)


def _escaped(context: Context, at: int) -> Match | Undecided | None:
    if at == context.end:
        return None if context.closed else UNDECIDED
    if not context.token(at).begins:
        return None
    found = [end for command, end in _phrases(context, at) if command is not None]
    undecided = any(command is None for command, _ in _phrases(context, at))
    if undecided:
        return UNDECIDED
    return Match(Literally(), at, max(found)) if found else None


def _spelled(context: Context, at: int) -> Match | Undecided | None:
    end = at
    while end < context.end and end - at < MOST_ARGUMENTS and spelled(context.grammar, context.token(end)):
        end += 1
        if context.token(end - 1).stops:
            break
    else:
        if end == context.end and not context.closed and end - at < MOST_ARGUMENTS:
            return UNDECIDED
    tokens = [context.token(n) for n in range(at, end)]
    return Match(Spell(), at, end) if is_spelling(context.grammar, tokens) else None


def _number(context: Context, at: int) -> Match | Undecided | None:
    end = at
    while end < context.end and end - at < MOST_ARGUMENTS and is_number(context.grammar, context.token(end).parts):
        end += 1
        if context.token(end - 1).marks:
            break
    else:
        if end == context.end and not context.closed and end - at < MOST_ARGUMENTS:
            return UNDECIDED
    for stop in range(end, at, -1):
        if figures(context.grammar, parts_between(context, at, stop)):
            return Match(Numeral(), at, stop)
    return None


def parts_between(context: Context, first: int, end: int) -> list[str]:
    """What words consist of."""
    return [part for n in range(first, end) for part in context.token(n).parts]


def _pattern(context: Context, first: int) -> Match | Undecided | None:
    """The longest text that one of the person's expressions matches."""
    if not context.grammar.patterns:
        return None
    tokens = [context.token(n) for n in range(first, min(context.end, first + patterns.MOST_WORDS))]
    for pattern in context.grammar.patterns:
        best: Match | None = None
        more = True
        for count in range(1, len(tokens) + 1):
            instead, more = pattern.answer(patterns.written(tokens[:count]))
            if instead is not None:
                best = Match(Replacement(instead), first + count, first + count)
            if not more:
                break
        else:
            if more and not context.closed and len(tokens) < patterns.MOST_WORDS:
                return UNDECIDED
        if best is not None:
            return best
    return None


def _term(context: Context, first: int) -> Match | Undecided | None:
    """The stretch of words from here on that was one of the person's terms, if one was."""
    known = context.grammar.terms
    if not known:
        return None
    found = _nearest(context, first)
    last = _stretch_end(context, first)
    if last == context.end and not context.closed and last - first < MOST_WORDS:
        stretch = context.words[first:last]
        if not (found is not None and found[1].score == 1.0) and known.may_begin(stretch):
            return UNDECIDED
    if found is None:
        return None
    end, near = found
    for later in range(first + 1, end):  # with a word less before it, it may be nearer
        better = _nearest(context, later)
        if better is not None and better[1].score > near.score:
            return None
    return Match(Replacement(near.term, is_learnt=True), end, end)


def _nearest(context: Context, first: int) -> tuple[int, Near] | None:
    """The best of the stretches that begin at a word, and where it ends; the longest of equals."""
    best: tuple[int, Near] | None = None
    for end in range(first + 1, _stretch_end(context, first) + 1):
        near = context.grammar.terms.nearest(context.words[first:end])
        if near is not None and (best is None or near.score >= best[1].score):
            best = (end, near)
    return best


def _stretch_end(context: Context, first: int) -> int:
    """How far a term that begins at a word may go: no term goes on over a mark."""
    most = min(context.end, first + MOST_WORDS)
    return next((at + 1 for at in range(first, most) if context.token(at).marks), most)
