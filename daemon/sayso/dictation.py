"""The dictation: what has been said and typed of the utterance in flight.

Here the second half of the flow meets: each result of the recogniser goes through stabiliser and formatter and
becomes an edit for the typist. Runs on the recogniser's thread, so it needs no lock: `gaps` is replaced as a
whole, and what others tell it (`cut_short`) waits in a queue.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from sayso.cuts import Gap
from sayso.events import (
    Committed,
    Edit,
    Event,
    HypothesisChanged,
    Span,
    TimedWord,
    UtteranceCutShort,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceFinished,
    WindowFailed,
)
from sayso.formatter import Formatter, compose, joined, taken_back
from sayso.recogniser import Dropped, Final, Partial, Result
from sayso.stabiliser import Stable, Step, advance
from sayso.typist.delivery import UNDOABLE

CONTEXT_WORDS = 40  # said before a window that go into its prompt: about 60 of Whisper's 224 tokens
STANDING = UNDOABLE + 1  # utterances of a place of which is known what stands: one before all that can be undone
PLACES = 64  # windows of which is known what stands last in them
DOUBTFUL = 0.3  # a word of which the model was less sure than this is decoded again rather than proved
MISSED_SECONDS = 0.3  # voice after the last known word: more is room for another, and a proof would not miss it
CONTEXT_SECONDS = 15.0  # what was said longer ago is another matter
NOTHING = Edit(0, "")


class Dictation:
    """Turns recogniser results into edits and events.

    Args:
        formatter: applied to every edit.
        deliver: takes (utterance, edit, whether it is the utterance's last) to the typist.
        emit: told of everything that happened.
        place: a number for where an utterance's text goes; what stands there decides how it begins.
        is_cancelled: whether nobody wants an utterance any more, though it may still be recognised. Any thread.
        deletes: whether what was typed can be taken back. Any thread.

    Attributes:
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
    ) -> None:
        self.gaps: tuple[Gap, ...] = ()
        self.contradicted = 0
        self.rewrite = False
        self._formatter = formatter
        self._deliver = deliver
        self._emit = emit
        self._place = place
        self._is_cancelled = is_cancelled
        self._deletes = deletes
        self._standing: dict[int, dict[int, str]] = {}  # place → utterance → the last character that stands of it
        self._cut_short: deque[UtteranceCutShort] = deque()
        self._here: dict[int, str] = {}  # of the utterance's place
        self._before = ""  # the character before the utterance, which decides how it begins
        self._earlier: tuple[TimedWord, ...] = ()  # last words of earlier utterances …
        self._earlier_end = 0.0  # … and when they ended
        self._astray_until = 0.0  # what was said before led a decoder astray, and is in no prompt any more
        self._begin(0)

    def context(self, utterance: int, before_seconds: float, words: int = CONTEXT_WORDS) -> str:
        """Return the last so many words said before a time: of the utterance, and of those shortly before it."""
        said = self._earlier if before_seconds - self._earlier_end < CONTEXT_SECONDS else ()
        if utterance == self._utterance:
            said += tuple(word for word in self._stable.committed if word.middle_seconds < before_seconds)
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
        while self._cut_short:
            self._take_back(self._cut_short.popleft())
        match result:
            case Partial(hypothesis) if self._is_cancelled(hypothesis.utterance):
                pass  # its end is told when it comes
            case Final(utterance, ends=ends) if self._is_cancelled(utterance):
                if ends:
                    self._drop(utterance)
            case Partial(hypothesis):
                self._enter(hypothesis.utterance)
                step = advance(self._stable, hypothesis)
                doubted = step.lost or hypothesis.resets_prompt
                self._heard_seconds = 0.0 if doubted else hypothesis.window_end_seconds
                self._partial(step)
            case Final(utterance, None, ends):
                self._enter(utterance)
                self._emit(UtteranceFailed(utterance) if ends else WindowFailed(utterance))
                if ends:
                    self._begin(0)
            case Final(utterance, hypothesis, ends, voiced_end_seconds):
                self._enter(utterance)
                assert hypothesis is not None  # the case above
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

    def cut_short(self, event: UtteranceCutShort) -> None:
        """Not all text of an utterance stands: it decides how the next one begins. Any thread."""
        self._cut_short.append(event)

    def _begin(self, utterance: int) -> None:
        self._utterance = utterance
        self._stable = Stable()
        self._typed = NOTHING
        self._firm = 0  # words of which what was typed, if anything, is no longer ours to take back
        self._contradicted = 0
        self._heard_seconds = 0.0  # how far its last partial has heard, if that was believed
        self.gaps = ()

    def _enter(self, utterance: int) -> None:
        if utterance == self._utterance:
            return
        self._begin(utterance)
        place = self._place(utterance)
        self._here = self._standing[place] = self._standing.pop(place, {})
        if len(self._standing) > PLACES:
            del self._standing[next(iter(self._standing))]
        self._before = next(reversed(self._here.values()), "")

    def _take_back(self, cut: UtteranceCutShort) -> None:
        for place in self._standing.values():
            if cut.utterance in place and cut.standing:
                place[cut.utterance] = cut.standing[-1]
            else:
                place.pop(cut.utterance, None)
        if cut.utterance == self._utterance:
            self._typed = Edit(0, cut.standing, (Span(0, len(cut.standing), ()),))
            self._firm = len(self._stable.committed)

    def _drop(self, utterance: int) -> None:
        self._emit(UtteranceDropped(utterance))
        self._begin(0)

    def _partial(self, step: Step) -> None:
        edit = self._commit(step)
        if edit.insert or edit.delete:
            self._deliver(self._utterance, edit, False)
            self._emit(Committed(self._utterance, edit))
        text = self._typed.insert
        tail = compose(step.stable.tail, 0, self._before + text).insert
        self._emit(HypothesisChanged(self._utterance, text, tail))

    def _finish(self, step: Step, voiced_end_seconds: float) -> None:
        edit = self._commit(step)
        self._deliver(self._utterance, edit, True)
        text = self._typed.insert
        self._emit(UtteranceFinished(self._utterance, edit, text, voiced_end_seconds, self._contradicted))
        self._earlier = (*self._earlier, *self._stable.committed)[-CONTEXT_WORDS:]
        self._earlier_end = voiced_end_seconds
        self._begin(0)

    def _mendable(self) -> int:
        """How many of the last committed words a final may have otherwise."""
        if not self.rewrite or not self._deletes():
            return 0
        return len(self._stable.committed) - self._firm

    def _commit(self, step: Step) -> Edit:
        words = step.stable.committed
        stay = len(words) - len(step.added)
        delete, first = 0, stay
        if stay < len(self._stable.committed):  # the final mends the rest
            delete, first = taken_back(self._typed, stay)
        after = self._before + self._typed.insert[: len(self._typed.insert) - delete]
        edit = self._formatter(replace(compose(words[first:], first, after), delete=delete)).edit
        self._stable = step.stable
        self._typed = joined(self._typed, edit)
        if self._typed.insert:
            self._here[self._utterance] = self._typed.insert[-1]
            if len(self._here) > STANDING:
                del self._here[next(iter(self._here))]
        else:
            self._here.pop(self._utterance, None)
        self.gaps = _gaps(self._utterance, words)
        return edit


def _gaps(utterance: int, words: tuple[TimedWord, ...]) -> tuple[Gap, ...]:
    return tuple(
        Gap(utterance, before.end_seconds, after.start_seconds) for before, after in itertools.pairwise(words)
    )
