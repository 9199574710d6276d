"""The dictation: what has been said and typed of the utterance in flight.

Here the second half of the flow meets: each result of the recogniser goes through stabiliser and formatter and
becomes an edit for the typist. Runs on the recogniser's thread, so it needs no lock: `gaps` is replaced as a
whole, and what others tell it (`cut_short`) waits in a queue.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable

from sayso.cuts import Gap
from sayso.events import (
    Committed,
    Edit,
    Event,
    HypothesisChanged,
    TimedWord,
    UtteranceCutShort,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceFinished,
)
from sayso.formatter import Formatter, compose
from sayso.recogniser import Dropped, Final, Partial, Result
from sayso.stabiliser import Stable, Step, advance
from sayso.typist.delivery import UNDOABLE

CONTEXT_WORDS = 40  # said before a window that go into its prompt: about 60 of Whisper's 224 tokens
STANDING = UNDOABLE + 1  # utterances of a place of which is known what stands: one before all that can be undone
PLACES = 64  # windows of which is known what stands last in them
CONTEXT_SECONDS = 15.0  # what was said longer ago is another matter


class Dictation:
    """Turns recogniser results into edits and events.

    Args:
        formatter: applied to every edit.
        deliver: takes (utterance, edit, whether it is the utterance's last) to the typist.
        emit: told of everything that happened.
        place: a number for where an utterance's text goes; what stands there decides how it begins.
        is_cancelled: whether nobody wants an utterance any more, though it may still be recognised. Any thread.

    Attributes:
        gaps: between the committed words of the utterance in flight; replaced as a whole: any thread may read it.
        contradicted: committed words contradicted by finals, so far.

    """

    def __init__(
        self,
        formatter: Formatter,
        deliver: Callable[[int, Edit, bool], None],
        emit: Callable[[Event], None],
        place: Callable[[int], int] = lambda _: 0,
        is_cancelled: Callable[[int], bool] = lambda _: False,
    ) -> None:
        self.gaps: tuple[Gap, ...] = ()
        self.contradicted = 0
        self._formatter = formatter
        self._deliver = deliver
        self._emit = emit
        self._place = place
        self._is_cancelled = is_cancelled
        self._standing: dict[int, dict[int, str]] = {}  # place → utterance → the last character that stands of it
        self._cut_short: deque[UtteranceCutShort] = deque()
        self._here: dict[int, str] = {}  # of the utterance's place
        self._before = ""  # the character before the utterance, which decides how it begins
        self._earlier: tuple[str, ...] = ()  # last words of earlier utterances …
        self._earlier_end = 0.0  # … and when they ended
        self._begin(0)

    def context(self, utterance: int, before_seconds: float) -> str:
        """Return the last words said before a time: of the utterance, and of those shortly before it."""
        said = self._earlier if before_seconds - self._earlier_end < CONTEXT_SECONDS else ()
        if utterance == self._utterance:
            said += tuple(w.text for w in self._stable.committed if w.middle_seconds < before_seconds)
        return "".join(said[-CONTEXT_WORDS:]).strip()

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
                self._partial(advance(self._stable, hypothesis))
            case Final(utterance, None):
                self._enter(utterance)
                self._emit(UtteranceFailed(utterance))
                self._begin(0)
            case Final(utterance, hypothesis, ends, voiced_end_seconds):
                self._enter(utterance)
                assert hypothesis is not None  # the case above
                step = advance(self._stable, hypothesis)
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
        self._text = ""
        self._contradicted = 0
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
            self._text = cut.standing

    def _drop(self, utterance: int) -> None:
        self._emit(UtteranceDropped(utterance))
        self._begin(0)

    def _partial(self, step: Step) -> None:
        edit = self._commit(step)
        if edit.insert:
            self._deliver(self._utterance, edit, False)
            self._emit(Committed(self._utterance, edit))
        tail = compose(step.stable.tail, 0, self._before + self._text).insert
        self._emit(HypothesisChanged(self._utterance, self._text, tail))

    def _finish(self, step: Step, voiced_end_seconds: float) -> None:
        edit = self._commit(step)
        self._deliver(self._utterance, edit, True)
        self._emit(UtteranceFinished(self._utterance, edit, self._text, voiced_end_seconds, self._contradicted))
        self._earlier = (*self._earlier, *(w.text for w in self._stable.committed))[-CONTEXT_WORDS:]
        self._earlier_end = voiced_end_seconds
        self._begin(0)

    def _commit(self, step: Step) -> Edit:
        words = step.added
        first = len(step.stable.committed) - len(words)
        edit = self._formatter(compose(words, first, self._before + self._text)).edit
        self._stable = step.stable
        self._text += edit.insert
        if self._text:
            self._here[self._utterance] = self._text[-1]
            if len(self._here) > STANDING:
                del self._here[next(iter(self._here))]
        self.gaps = _gaps(self._utterance, step.stable.committed)
        return edit


def _gaps(utterance: int, words: tuple[TimedWord, ...]) -> tuple[Gap, ...]:
    return tuple(
        Gap(utterance, before.end_seconds, after.start_seconds) for before, after in itertools.pairwise(words)
    )
