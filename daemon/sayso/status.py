"""The state of the service, derived from what happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sayso.events import (
    AwayChanged,
    Event,
    ListeningChanged,
    PaceChanged,
    Problem,
    ProblemCleared,
    ProblemName,
    Rung,
    State,
    StateChanged,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceHeld,
    UtteranceStarted,
)

DEAF = frozenset(
    {
        ProblemName.MICROPHONE_ABSENT,
        ProblemName.MICROPHONE_LOST,
        ProblemName.MICROPHONE_MOVED,
        ProblemName.MICROPHONE_STALLED,
    }
)
"""Problems with which nothing can be heard."""

OF_THE_MICROPHONE = DEAF | {
    ProblemName.MICROPHONE_SILENT,
    ProblemName.MICROPHONE_CLIPPING,
    ProblemName.MICROPHONE_MUTED,
    ProblemName.MICROPHONE_QUIET,
    ProblemName.MICROPHONE_TELEPHONE,
    ProblemName.MICROPHONE_WRONG,
}
"""Problems of the present source, which go with it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the state follows from.

    Attributes:
        listening: whether audio is looked at.
        speaking: utterance being spoken, or 0.
        unfinished: utterances whose final text has not been delivered yet.
        held: utterances that are over, and whose text waits for the focus to return.
        problems: what is wrong now.
        rung: what gives way where the engine is slow.
        is_away: whether the person has left, so that nobody is listened to.

    """

    listening: bool = False
    speaking: int = 0
    unfinished: frozenset[int] = frozenset()
    held: frozenset[int] = frozenset()
    problems: dict[ProblemName, str] = field(default_factory=dict)
    rung: Rung = Rung.LIVE
    is_away: bool = False

    @property
    def needs_engine(self) -> bool:
        """Whether somebody speaks, or has spoken and is not understood yet."""
        return bool(self.unfinished)

    @property
    def state(self) -> State:
        """The one word for it."""
        if self.is_away and not self.listening and not self.unfinished:
            return State.PAUSED  # also of a microphone that is gone: nobody is there whom it keeps from dictating
        if self.problems.keys() & DEAF:
            return State.PROBLEM
        if self.listening:
            return State.SPEAKING if self.speaking in self.unfinished else State.LISTENING
        if self.unfinished:
            return State.FINISHING
        return State.IDLE


def follow(facts: Facts, event: Event) -> Facts:
    """The facts after an event."""
    match event:
        case ListeningChanged(listening):
            return replace(facts, listening=listening)
        case UtteranceStarted(utterance, _):
            return replace(facts, speaking=utterance, unfinished=facts.unfinished | {utterance})
        case UtteranceFinished(utterance):
            speaking = 0 if facts.speaking == utterance else facts.speaking
            return replace(facts, speaking=speaking)
        case UtteranceDelivered(utterance) | UtteranceDropped(utterance) | UtteranceFailed(utterance):
            return replace(facts, unfinished=facts.unfinished - {utterance}, held=facts.held - {utterance})
        case UtteranceHeld(utterance):
            return replace(facts, unfinished=facts.unfinished - {utterance}, held=facts.held | {utterance})
        case AwayChanged(is_away):
            return replace(facts, is_away=is_away)
        case PaceChanged(rung):
            return replace(facts, rung=rung)
        case Problem(name, message):
            return replace(facts, problems={**facts.problems, name: message})
        case ProblemCleared(name):
            return replace(facts, problems={n: m for n, m in facts.problems.items() if n is not name})
        case _:
            return facts


def models_in_words(model: str, draft_model: str) -> str:
    """The model in use, and the one that drafts for it, if one does."""
    return f"{model} with drafts by {draft_model}" if draft_model else model


class Status:
    """Keeps the facts. Any thread may call it.

    Args:
        tell: whom each event is passed on to, once the facts know of it, and each change of state after it.

    """

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._changed = threading.Condition()
        self.facts = Facts()

    @property
    def state(self) -> State:
        """What the service is doing."""
        return self.facts.state

    def watch(self, event: Event) -> None:
        """Take what happened, and pass it on."""
        with self._changed:
            before = self.facts.state
            self.facts = follow(self.facts, event)
            after = self.facts.state
            self._changed.notify_all()
        self._tell(event)
        if after is not before:
            self._tell(StateChanged(after))

    def wait_until_finished(self, timeout_seconds: float) -> bool:
        """Block until no utterance is unfinished; False if the time ran out first."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.facts.unfinished, timeout_seconds)
