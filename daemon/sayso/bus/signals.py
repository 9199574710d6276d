"""The signals of the interface, and which event becomes which of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sayso.events import (
    Committed,
    Corrected,
    Event,
    HypothesisChanged,
    Learnt,
    Problem,
    Recovered,
    UtteranceFinished,
)

SIGNALS = {
    "StateChanged": (("state", "s"),),
    "HypothesisChanged": (("utterance", "t"), ("stable", "s"), ("unstable", "s")),
    "Committed": (("utterance", "t"), ("text", "s")),
    "UtteranceFinished": (("utterance", "t"), ("text", "s"), ("speech_end_seconds", "d")),
    "JobFinished": (("job", "t"), ("text", "s"), ("error", "s")),
    "Corrected": (("utterance", "t"), ("text", "s")),
    "Learnt": (("words", "u"),),
    "Recovered": (("dictations", "u"),),
    "ModelChanged": (("model", "s"),),
    "Problem": (("name", "s"), ("message", "s")),
}
"""Each signal's arguments: name and D-Bus type."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal to be sent.

    Attributes:
        member: one of SIGNALS.
        body: its arguments.

    """

    member: str
    body: tuple[Any, ...]

    @property
    def signature(self) -> str:
        """The arguments' D-Bus types."""
        return "".join(kind for _, kind in SIGNALS[self.member])


def signals_of(event: Event) -> tuple[Signal, ...]:
    """The signals that tell an event; none for what the bus is not told.

    What an utterance's end still typed is told as committed too: all of that together is what went to the window.

    Nor is a change of state: by the time it is sent the state may be another (`BusServer`).
    """
    match event:
        case HypothesisChanged(utterance, stable, unstable):
            return (Signal("HypothesisChanged", (utterance, fit(stable), fit(unstable))),)
        case Committed(utterance, edit):
            return (Signal("Committed", (utterance, fit(edit.insert))),)
        case UtteranceFinished(utterance, edit, text, speech_end_seconds):
            rest = (Signal("Committed", (utterance, fit(edit.insert))),) if edit.insert else ()
            return (*rest, Signal("UtteranceFinished", (utterance, fit(text), float(speech_end_seconds))))
        case Corrected(utterance, text):
            return (Signal("Corrected", (utterance, fit(text))),)
        case Learnt(words):
            return (Signal("Learnt", (words,)),)
        case Recovered(utterances):
            return (Signal("Recovered", (len(utterances),)),)
        case Problem(name, message):
            return (Signal("Problem", (name.value, fit(message))),)
        case _:
            return ()


def fit(text: str) -> str:
    """Text as D-Bus can carry it: no NUL and no lone surrogate; a bus closes the connection that sends one."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
