"""The learn key: the person points at a text that they have corrected, and it is learnt from at once.

What they point at is the selection or, where nothing is selected, the line that the cursor is in. It is looked for
among their recent dictations.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from sayso.corrections import Seen, Source, selection
from sayso.corrections.collector import NOT_LEARNING, Collector
from sayso.errors import JournalError, NotLearning, SaysoError
from sayso.events import Event, Learnt, Problem, ProblemCleared, ProblemName
from sayso.journal import Correction, Decision, Line
from sayso.journal.reading import lines
from sayso.saying import say

RECENT: Final = 50  # dictations among which that is looked for which the person points at
UNLEARNT: Final = (
    "nothing was learnt: no recent dictation stands in what is selected, or in the line that the cursor is in. "
    "Select the corrected text, or use: sayso correct"
)
NOTHING_SEEN: Final = (
    "nothing was learnt: what stands where you write cannot be read there. Select the corrected text, or use: "
    "sayso correct"
)
IN_REVIEW: Final = (
    "it was not learnt from at once: sayso is not sure that it is what you said. To decide: sayso review"
)
KNOWN: Final = (
    "nothing was learnt: you have decided about that dictation already, which counts more. To say what it was to "
    "be: sayso correct"
)


class LearnKey:
    """What a press of the learn key does.

    Args:
        collector: where corrections arrive.
        selection: the text that the person points at; None where it cannot be read.
        learns: whether learning is on.
        emit: where it is told what became of it.

    """

    def __init__(
        self,
        collector: Collector,
        selection: Callable[[], str | None],
        learns: Callable[[], bool],
        emit: Callable[[Event], None],
    ) -> None:
        self._collector = collector
        self._selection = selection
        self._learns = learns
        self._emit = emit
        self._is_unlearnt = False

    def press(self) -> None:
        """Learn from what the person points at, or tell why not. On the thread of the corrections; may block."""
        try:
            correction = self._pointed_at()
        except SaysoError as error:
            self._tell_unlearnt(str(error))
            return
        if correction.source != Source.LEARN_THIS:
            self._tell_unlearnt(KNOWN)
        elif correction.decision is Decision.ACCEPTED:
            say("learnt from what stands there")
            self.clear()
            self._emit(Learnt(sum(len(meant.split()) or 1 for _, meant in correction.changes)))
        else:
            self._tell_unlearnt(IN_REVIEW)

    def clear(self) -> None:
        """What was told of the last press is over: the next utterance begins, or a press has succeeded."""
        if self._is_unlearnt:
            self._is_unlearnt = False
            self._emit(ProblemCleared(ProblemName.NOT_LEARNT))

    def _pointed_at(self) -> Correction:
        if not self._learns():
            raise NotLearning(NOT_LEARNING)
        text = self._selection()
        if text is None or not text.strip():
            raise JournalError(NOTHING_SEEN)
        recent = self._collector.asked(
            lambda database: [one for one in lines(database, RECENT) if isinstance(one, Line)]
        )
        found = selection.match(text, recent)
        if found is None:
            raise JournalError(UNLEARNT)
        utterance, meant = found
        return self._collector.settle(Seen(utterance, Source.LEARN_THIS, meant, time.time()))

    def _tell_unlearnt(self, why: str) -> None:
        self._is_unlearnt = True
        self._emit(Problem(ProblemName.NOT_LEARNT, why))
