"""The dictation: what has been said and typed of the utterance in flight.

Here the second half of the flow meets: each result of the recogniser goes through stabiliser, commands and
formatter and becomes an edit for the typist. Runs on the recogniser's thread, so it needs no lock: `gaps` is
replaced as a whole, and what others tell it (`correct`) waits in a queue.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from sayso.commands import Grammar, Interpretation, Standing, interpret
from sayso.commands.interpretation import TAIL
from sayso.cuts import Gap
from sayso.earlier import CONTEXT_WORDS, Earlier
from sayso.events import (
    Committed,
    Edit,
    Event,
    Hypothesis,
    HypothesisChanged,
    Problem,
    ProblemCleared,
    ProblemName,
    Span,
    TermWritten,
    TimedWord,
    UtteranceCutShort,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceMoved,
    UtteranceSaid,
    WindowFailed,
)
from sayso.formatter import Formatted, Formatter, compose, difference, joined
from sayso.recogniser import Dropped, Final, Partial, Result
from sayso.stabiliser import Stable, Step, advance
from sayso.typist.undoable import UNDOABLE

STANDING = UNDOABLE + 1  # utterances of a place of which is known what stands: one before all that can be undone
PLACES = 64  # windows of which is known what stands last in them
DOUBTFUL = 0.3  # a word of which the model was less sure than this is decoded again rather than proved
MISSED_SECONDS = 0.3  # voice after the last known word: more is room for another, and a proof would not miss it
MANNER_SECONDS = 60.0  # how long a spoken "caps on", or a comma, decides how the next utterance is written
NOTHING = Edit(0, "")
NOT_HERE = "what was typed could not be taken back, because this way of typing cannot delete; take it away by hand"


class Dictation:
    """Turns recogniser results into edits and events.

    Args:
        formatter: applied to every edit.
        deliver: takes (utterance, edit, whether it is the utterance's last) to the typist.
        emit: told of everything that happened.
        place: a number for where an utterance's text goes; what stands there decides how it begins.
        is_cancelled: whether nobody wants an utterance any more, though it may still be recognised. Any thread.
        deletes: whether what was typed can be taken back. Any thread.
        undo: takes back an utterance of before, after what has been delivered so far. Returns at once.
        trim: takes back so many characters of the end of one; None where that cannot be done. Returns at once.

    Attributes:
        formatter_of: the formatter of an utterance; the one given for all where nobody says otherwise.
        commands: (utterance, Whisper code) → which words are commands, None for none; asked once an utterance.
        begins_at: the time of an utterance's first kept sample, in seconds.
        gaps: between the committed words of the utterance in flight; replaced as a whole: any thread may read it.
        contradicted: committed words contradicted by finals, so far.
        rewrite: whether a final mends what was typed before it, where that can be taken back.

    """

    def __init__(
        self,
        formatter: Formatter,
        deliver: Callable[[int, Edit, bool], None],
        emit: Callable[[Event], None],
        place: Callable[[int], int] = lambda _: 0,
        is_cancelled: Callable[[int], bool] = lambda _: False,
        deletes: Callable[[], bool] = lambda: False,
        undo: Callable[[int], None] = lambda _: None,
        trim: Callable[[int, int], None] | None = None,
    ) -> None:
        self.formatter_of: Callable[[int], Formatter] = lambda _: formatter
        self.commands: Callable[[int, str], Grammar | None] = lambda _utterance, _language: None
        self.begins_at: Callable[[int], float] = lambda _: 0.0
        self.gaps: tuple[Gap, ...] = ()
        self.contradicted = 0
        self.rewrite = False
        self._deliver = deliver
        self._emit = emit
        self._place = place
        self._is_cancelled = is_cancelled
        self._deletes = deletes
        self._undo = undo
        self._trim = trim
        self._refused = False  # a command to take something back was, and that has been told
        self._standing: dict[int, dict[int, Standing]] = {}  # place → utterance → what stands at its end
        self._corrections: deque[UtteranceCutShort | UtteranceMoved] = deque()
        self._place_here = 0
        self._here: dict[int, Standing] = {}  # of the utterance's place
        self._earlier = Earlier()
        self._astray_until = 0.0  # what was said before led a decoder astray, and is in no prompt any more
        self._begin(0)

    def context(self, utterance: int, before_seconds: float, words: int = CONTEXT_WORDS) -> str:
        """Return the last words said before a time that stand: of the utterance, and of those shortly before."""
        self._correct_all()
        place = self._place_here if utterance == self._utterance else self._place(utterance)
        said = self._earlier.before(place, before_seconds)
        if utterance == self._utterance:
            said += tuple(word for word in self._standing_words() if word.middle_seconds < before_seconds)
        return "".join(word.text for word in said[-words:] if word.middle_seconds > self._astray_until).strip()

    def expectation(self, utterance: int, from_seconds: float, until_seconds: float) -> str:
        """Return what is believed to be said in that time; empty where it is not known to the end, or doubtful."""
        if utterance != self._utterance or self._heard_seconds < until_seconds:
            return ""
        words = (*self._stable.committed, *self._stable.tail)
        if not words or words[-1].end_seconds < until_seconds - MISSED_SECONDS:
            return ""
        words = tuple(word for word in words if word.middle_seconds >= from_seconds)
        if any(word.confidence < DOUBTFUL for word in words):
            return ""
        return "".join(word.text for word in words)

    def take(self, result: Result) -> None:
        """Take the next result of the recogniser."""
        self._correct_all()
        match result:
            case Partial(hypothesis) if self._is_cancelled(hypothesis.utterance):
                pass  # its end is told when it comes
            case Final(utterance, ends=ends) if self._is_cancelled(utterance):
                if ends:
                    self._drop(utterance)
            case Partial(hypothesis):
                self._enter(hypothesis.utterance, hypothesis)
                step = advance(self._stable, hypothesis)
                doubted = step.lost or hypothesis.resets_prompt
                self._heard_seconds = 0.0 if doubted else hypothesis.window_end_seconds
                self._partial(step)
            case Final(utterance, None, ends):
                self._fail(utterance, ends)
            case Final(utterance, hypothesis, ends, voiced_end_seconds):
                assert hypothesis is not None  # the case above
                self._enter(utterance, hypothesis)
                step = advance(self._stable, hypothesis, self._mendable())
                if hypothesis.resets_prompt:  # of partials too many, and because they have heard too little
                    self._astray_until = hypothesis.window_end_seconds
                self.contradicted += step.contradicted
                self._contradicted += step.contradicted
                if ends:
                    self._finish(step, voiced_end_seconds)
                else:
                    self._partial(step)
            case Dropped(utterance):
                self._drop(utterance)

    def correct(self, event: UtteranceCutShort | UtteranceMoved) -> None:
        """Text of an utterance stands otherwise than was thought: it decides how the next begins. Any thread."""
        self._corrections.append(event)

    def _begin(self, utterance: int) -> None:
        self._utterance = utterance
        self._stable = Stable()
        self._typed = NOTHING
        # What would have been typed before each transform, the first one first.
        self._stages: tuple[Edit, ...] = ()
        self._heard_as: Hypothesis | None = None  # its last one
        self._grammar: Grammar | None = None
        self._has_grammar = False
        self._trimmed = (0, 0)  # what was taken of the end of which earlier utterance
        self._gone: frozenset[int] = frozenset()  # words of it whose text was taken back by other means than words
        self._settled = 0  # words up to here have changed earlier text, which nothing mends
        self._numbers: tuple[int, ...] = ()  # of the utterances that `Interpretation.earlier` has the text of
        # What became of its words: none of which what was typed, if anything, is still ours to take back; and all.
        self._base = self._said = Interpretation()
        self._contradicted = 0
        self._heard_seconds = 0.0  # how far its last partial has heard, if that was believed
        self.gaps = ()

    def _enter(self, utterance: int, hypothesis: Hypothesis | None = None) -> None:
        if utterance != self._utterance:
            self._begin(utterance)
            self._go_to(self._place(utterance))
            if self._refused:
                self._refused = False
                self._emit(ProblemCleared(ProblemName.TYPIST_FAILED))
            self._base = self._said = Interpretation.begin(self._earlier_here())
        self._heard_as = hypothesis or self._heard_as
        if hypothesis is not None and not self._has_grammar:
            self._has_grammar = True
            self._grammar = self.commands(utterance, hypothesis.language)
            earlier = _current(self._base.earlier, hypothesis.window_start_seconds)
            self._base = self._said = Interpretation.begin(earlier, self._base.taken)

    def _go_to(self, place: int) -> None:
        self._place_here = place
        self._here = self._standing[place] = self._standing.pop(place, {})
        if len(self._standing) > PLACES:
            del self._standing[next(iter(self._standing))]

    def _earlier_here(self) -> tuple[Standing, ...]:
        """What stands at this place, last first; whose it is goes to `_numbers`."""
        # One that typed nothing says how to go on only where it has taken away all that stood.
        stands = {number: one for number, one in self._here.items() if one.text} or self._here
        self._numbers = tuple(reversed(stands))
        return tuple(reversed(stands.values()))

    def _correct_all(self) -> None:
        while self._corrections:
            self._correct(self._corrections.popleft())

    def _correct(self, event: UtteranceCutShort | UtteranceMoved) -> None:
        match event:
            case UtteranceCutShort():
                self._take_back(event)
            case UtteranceMoved():
                self._move(event)

    def _take_back(self, cut: UtteranceCutShort) -> None:
        if not cut.standing:
            self._earlier.forget(cut.utterance, cut.place)
        for number, place in self._standing.items():
            if cut.utterance not in place or cut.place not in (None, number):
                continue
            if cut.standing:
                place[cut.utterance] = replace(place[cut.utterance], text=cut.standing[-TAIL:], loose="")
            else:
                del place[cut.utterance]
        if cut.utterance == self._utterance and cut.place in (None, self._place_here):
            beyond = [span.words for span in self._typed.spans if span.start >= len(cut.standing)]
            self._gone = self._gone.union(*beyond if cut.standing else [range(self._said.taken)])
            self._type_on(cut.standing)

    def _move(self, moved: UtteranceMoved) -> None:
        """What is not there yet goes to another place, and what comes later of it follows."""
        if moved.utterance == self._utterance:
            self._go_to(moved.place)
            self._gone = frozenset()  # what is not in the one window will be in the other
            self._said = replace(self._said, earlier=self._earlier_here(), undone=0, trimmed=0)
            self._type_on(moved.text)
        elif moved.text:
            self._standing.setdefault(moved.place, {})[moved.utterance] = Standing(moved.text[-TAIL:])

    def _type_on(self, standing: str) -> None:
        """Go on with the utterance behind what stands of it."""
        self._typed = Edit(0, standing, (Span(0, len(standing), ()),))
        self._stages = (self._typed,) * len(self._stages)
        self._rebase(standing)

    def _rebase(self, standing: str) -> None:
        """What was typed of the utterance so far is no longer ours; what is held back still is to come."""
        said = self._said
        earlier, self._numbers = said.earlier[said.undone :], self._numbers[said.undone :]
        if standing:
            earlier = (Standing((said.before.text + standing)[-TAIL:]), *earlier)
            self._numbers = (self._utterance, *self._numbers)
        self._base = self._said = Interpretation.begin(earlier, said.taken)

    def _fail(self, utterance: int, ends: bool) -> None:
        """A window could not be transcribed; at the end, what was held back for a command is typed as it is."""
        self._enter(utterance)
        if not ends:
            self._emit(WindowFailed(utterance))
            return
        self._partial(Step(self._stable, (), 0), closed=True)
        self._emit(UtteranceFailed(utterance))
        self._begin(0)

    def _drop(self, utterance: int) -> None:
        self._emit(UtteranceDropped(utterance))
        self._begin(0)

    def _partial(self, step: Step, *, closed: bool = False) -> None:
        edit = self._commit(step, closed=closed)
        if edit.insert or edit.delete:
            self._deliver(self._utterance, edit, False)
            self._emit(Committed(self._utterance, edit))
        self._emit(HypothesisChanged(self._utterance, self._typed.insert, self._unstable(step)))

    def _unstable(self, step: Step) -> str:
        """What would be typed if the tail stood as it is; nothing where that would take something back."""
        words = (*step.stable.committed, *step.stable.tail)
        said = interpret(self._grammar, words, self._said, closed=True, deletes=self._deletes())
        edit, _ = difference(self._typed, self._said.pieces, said.pieces)
        return "" if edit.delete or said.undone > self._said.undone else edit.insert

    def _finish(self, step: Step, voiced_end_seconds: float) -> None:
        edit = self._commit(step, closed=True)
        self._emit(self._all_said())
        self._deliver(self._utterance, edit, True)
        text = self._typed.insert
        self._emit(UtteranceFinished(self._utterance, edit, text, voiced_end_seconds, self._contradicted))
        self._earlier.keep(self._utterance, self._standing_words(), self._place_here, voiced_end_seconds)
        self._begin(0)

    def _standing_words(self) -> list[TimedWord]:
        """The committed words without those that were taken back."""
        taken = {word for piece in self._said.pieces if piece.takes_back for word in piece.words}
        return [word for n, word in enumerate(self._stable.committed) if n not in taken and n not in self._gone]

    def _all_said(self) -> UtteranceSaid:
        words, heard = self._stable.committed, self._heard_as
        commands = {word for piece in self._said.pieces if piece.is_command for word in piece.words}
        return UtteranceSaid(
            self._utterance,
            self.begins_at(self._utterance),
            words,
            heard.language if heard is not None else "",
            (compose(words, 0, "").insert, *(stage.insert for stage in self._stages), self._typed.insert),
            self._typed,
            tuple(sorted(commands)),
            heard.prompt if heard is not None else "",
            heard.vocabulary if heard is not None else (),
            tuple(TermWritten(piece.first, piece.end, piece.term) for piece in self._said.pieces if piece.term),
        )

    def _mendable(self) -> int:
        """How many of the last committed words a final may have otherwise."""
        if not self.rewrite or not self._deletes():
            return 0
        return len(self._stable.committed) - max(self._base.taken, self._settled)

    def _commit(self, step: Step, *, closed: bool = False) -> Edit:
        words, deletes = step.stable.committed, self._deletes()
        is_mended = len(words) - len(step.added) < len(self._stable.committed)
        before = self._said
        self._said = after = interpret(
            self._grammar,
            words,
            self._base if is_mended else before,
            closed=closed,
            deletes=deletes,
            trims=deletes and self._trim is not None,
        )
        self._stable = step.stable
        edit, first = difference(self._typed, before.pieces, after.pieces)
        if (after.undone > before.undone or self._trims(after)) and edit.delete:  # its own text goes first
            gone = Edit(edit.delete, "")
            self._deliver(self._utterance, gone, False)
            self._emit(Committed(self._utterance, gone))
            self._typed, edit = joined(self._typed, gone), replace(edit, delete=0)
            self._stages = tuple(joined(stage, gone) for stage in self._stages)
        self._take_back_earlier(before, after)
        spoken = replace(compose(words[first : after.taken], first, ""), delete=edit.delete)
        formatted = self.formatter_of(self._utterance)(edit, None if self._grammar is None else spoken)
        self._join_stages(edit, formatted)
        edit = formatted.edit
        begins = edit.insert and edit.delete == len(self._typed.insert)
        self._typed = joined(self._typed, edit)
        self._remember(after, words[-1].end_seconds if words else 0.0)
        self.gaps = _gaps(self._utterance, words)
        is_glued = next((piece.manner.glued for piece in after.pieces if piece.text), False)
        return replace(edit, joins=True) if begins and is_glued else edit

    def _join_stages(self, edit: Edit, formatted: Formatted) -> None:
        """Keep what each transform was given, from the commands' edit on."""
        given = formatted.before
        if given and given[0] is not edit:  # the words as they were spoken, which are known
            given = given[1:]
        before = self._stages or (NOTHING,) * len(given)
        self._stages = tuple(joined(stage, one) for stage, one in zip(before, given, strict=False))

    def _remember(self, said: Interpretation, until_seconds: float) -> None:
        """Keep what the next utterance here follows."""
        self._here.pop(self._utterance, None)
        last = next((number for number in self._numbers[said.undone :] if number in self._here), None)
        if self._typed.insert or (last is None and said.pieces):
            now = Standing(self._typed.insert[-TAIL:], said.ended, said.manner, until_seconds)
            self._here[self._utterance] = now
            if len(self._here) > STANDING:
                del self._here[next(iter(self._here))]
        elif last is not None and said.pieces:  # it has said how to go on, and nothing else
            self._here[last] = replace(self._here[last], manner=said.manner, until_seconds=until_seconds)

    def _take_back_earlier(self, before: Interpretation, after: Interpretation) -> None:
        """Do what commands want with the text of earlier utterances."""
        if (after.undone, after.refused) != (before.undone, before.refused) or self._trims(after):
            self._settled = max((piece.end for piece in after.pieces if piece.is_command), default=after.taken)
        for number in self._numbers[before.undone : after.undone]:
            self._earlier.forget(number)
            self._undo(number)  # that it is gone is told by a `UtteranceCutShort`, if it is
        if self._trim is not None and self._trims(after):
            self._trimmed = (after.trimmed, after.undone)
            for number in self._numbers[after.undone :][:1]:
                self._trim(number, after.trimmed)
        if after.refused > before.refused and not self._refused:
            self._refused = True
            self._emit(Problem(ProblemName.TYPIST_FAILED, NOT_HERE))

    def _trims(self, said: Interpretation) -> bool:
        """Whether an earlier utterance's end has still to go."""
        return bool(said.trimmed) and (said.trimmed, said.undone) != self._trimmed


def _current(earlier: tuple[Standing, ...], at_seconds: float) -> tuple[Standing, ...]:
    """What stands, without what was only meant for what was said soon after."""
    return tuple(
        standing if at_seconds - standing.until_seconds < MANNER_SECONDS else Standing(standing.text)
        for standing in earlier
    )


def _gaps(utterance: int, words: tuple[TimedWord, ...]) -> tuple[Gap, ...]:
    return tuple(
        Gap(utterance, before.end_seconds, after.start_seconds) for before, after in itertools.pairwise(words)
    )
