"""Which problems and offers are worth a notification, when, and when it is over. Pure.

A problem is shown once it has lasted a second, an offer at once; each once, in a bubble of its own that its next
message replaces and its end closes. The learn key is answered at each press. Nothing is shown to whoever stands
before a locked screen, and never more than six a minute, answers not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from sayso.events import ProblemName
from sayso.indicator.model import Facts, LearntTold, ProblemTold, Told

LASTING_SECONDS: Final = 1.0
REPEAT_SECONDS: Final = 10.0  # between two bubbles of the same problem
ASK_AGAIN_SECONDS: Final = 2.0  # the same for a question, which somebody waits for
MOST, MOST_SECONDS = 6, 60.0  # bubbles of all problems together in that time


class Urgency(IntEnum):
    """As `org.freedesktop.Notifications` counts it: what is critical stays until it is closed."""

    LOW = 0
    NORMAL = 1
    CRITICAL = 2


URGENCIES: Final[Mapping[str, Urgency]] = {
    # What is said now is lost.
    ProblemName.MICROPHONE_LOST: Urgency.CRITICAL,
    ProblemName.MICROPHONE_STALLED: Urgency.CRITICAL,
    ProblemName.ENGINE_FAILED: Urgency.CRITICAL,
    ProblemName.STORAGE_FAILED: Urgency.CRITICAL,
    # Dictation goes on all the same.
    ProblemName.CARD_UNUSED: Urgency.LOW,
}

LEARNING: Final = "learning"
RECOVERED: Final = "recovered"
"""What is offered: that sayso may learn, and dictations that were interrupted."""

SUMMARIES: Final[Mapping[str, str]] = {
    ProblemName.FOCUS_MOVED: "Where shall the text go?",
    LEARNING: "May sayso learn from what you dictate?",
    RECOVERED: "Interrupted dictations were recovered",
}

ACTIONS: Final[Mapping[str, str]] = {"TypeHere": "Type here", "GoBack": "Go back", "Copy": "Copy"}
"""Method of the service → what the person reads, for text that waits for its window."""

OFFERED: Final[Mapping[str, Mapping[str, str]]] = {
    LEARNING: {"LearningOn": "Learn", "LearningOff": "Do not learn"},
    RECOVERED: {"CopyRecovered": "Copy"},
}
"""What is offered → what may be chosen (`client.CALLS`, or a method of the service) → what the person reads."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification to be shown.

    Attributes:
        name: of the problem; another with the same name replaces it.
        summary: its first line.
        message: for a person, plain text.
        urgency: how it is shown.
        actions: method of the service, or one of `client.CALLS` → label of the button for it.

    """

    name: str
    summary: str
    message: str
    urgency: Urgency
    actions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Posted:
    """What was shown of a problem, and when."""

    message: str
    at_seconds: float
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Log:
    """What has been shown.

    Attributes:
        posted: by problem, the last.
        times: of all notices within MOST_SECONDS.

    """

    posted: Mapping[str, Posted] = field(default_factory=lambda: MappingProxyType({}))
    times: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """What is to be done now: notices to show, problems whose notices to close, and the log after that."""

    shown: tuple[Notice, ...]
    closed: tuple[str, ...]
    log: Log


def steps(facts: Facts, log: Log, now: float) -> Steps:
    """What is to be shown and closed, given what the service has just said is wrong."""
    posted = dict(log.posted)
    times = tuple(time for time in log.times if now - time < MOST_SECONDS)
    told = {**facts.problems, **facts.offers}
    closed = tuple(name for name, one in posted.items() if not one.is_over and name not in told)
    for name in closed:
        posted[name] = replace(posted[name], is_over=True)
    shown: list[Notice] = []
    for name, trouble in told.items():
        is_brief = name in facts.problems and now - trouble.since_seconds < LASTING_SECONDS
        if facts.is_hidden or is_brief or len(times) >= MOST:
            continue
        if _is_news(name, trouble.message, posted.get(name), now):
            posted[name] = Posted(trouble.message, now)
            times = (*times, now)
            shown.append(notice_of(name, trouble.message))
    return Steps(tuple(shown), closed, Log(MappingProxyType(posted), times))


def answer_to(told: Told) -> Notice | None:
    """What is shown at each press of the learn key; without the words, which the person has dictated."""
    match told:
        case ProblemTold(ProblemName.NOT_LEARNT as name, message):
            return notice_of(name, message)
        case LearntTold(words):
            what = "it is what you said" if not words else "1 word" if words == 1 else f"{words} words"
            return Notice("learnt", f"learnt: {what}", "", Urgency.NORMAL)
        case _:
            return None


def answered(log: Log, told: ProblemTold, now: float) -> Log:
    """The log when a problem was shown as the answer to a key: not once more, and closed when it is over."""
    return replace(log, posted=MappingProxyType({**log.posted, told.name: Posted(told.message, now)}))


def notice_of(name: str, message: str) -> Notice:
    """How a problem is shown."""
    return Notice(
        name,
        SUMMARIES.get(name, f"sayso: {name.replace('-', ' ')}"),
        message,
        URGENCIES.get(name, Urgency.NORMAL),
        ACTIONS if name == ProblemName.FOCUS_MOVED else OFFERED.get(name, MappingProxyType({})),
    )


def _is_news(name: str, message: str, before: Posted | None, now: float) -> bool:
    if before is None:
        return True
    pause = ASK_AGAIN_SECONDS if name == ProblemName.FOCUS_MOVED else REPEAT_SECONDS
    return (before.is_over or before.message != message) and now - before.at_seconds >= pause
