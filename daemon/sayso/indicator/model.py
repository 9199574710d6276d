"""What the service tells → what there is to be seen. Pure; times are seconds of one monotonic clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sayso.events import ProblemName, State

SHOWN_SECONDS: Final = 10.0  # for which a problem is seen; the tray and `sayso status` know it for longer
ASKED_SECONDS: Final = 60.0  # for which the question where text shall go is seen
TAIL_CHARACTERS: Final = 60
PROBLEM_CHARACTERS: Final = 1_000  # more than can be read there; a broken setting may be quoted at any length
LEVEL_STEPS: Final = 20
QUIETEST_DBFS, LOUDEST_DBFS = -60.0, -6.0  # of the meter: a quiet room, and speech that is about to be clipped

DICTATING: Final = frozenset({State.LISTENING, State.SPEAKING})
BUSY: Final = DICTATING | {State.FINISHING}
WHERE_TO: Final = "Type here, go back or copy: choose in the notification or in the tray."


class Teach(StrEnum):
    """Whether the window with the focus is one whose corrections can be learnt from."""

    UNKNOWN = "unknown"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem or an offer, and since when it has been one."""

    message: str
    since_seconds: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the service.

    Attributes:
        is_there: whether it has its name on the bus.
        state: what it does.
        is_dictating: it listens, or would if it could hear.
        level_dbfs: loudness of the last 100 ms.
        tail: what has been said lately and may still change.
        problems: by name.
        offers: what the person may choose, by name; nothing is wrong.
        teach: of the window with the focus.
        is_away: the session is locked, or the machine sleeps: nothing is shown to whoever comes by.

    """

    is_there: bool = False
    state: State = State.IDLE
    is_dictating: bool = False
    level_dbfs: float = -120.0
    tail: str = ""
    problems: Mapping[str, Trouble] = field(default_factory=lambda: MappingProxyType({}))
    offers: Mapping[str, Trouble] = field(default_factory=lambda: MappingProxyType({}))
    teach: Teach = Teach.UNKNOWN
    is_away: bool = False

    @property
    def is_hidden(self) -> bool:
        """Whether nobody is there to see it, as far as this process or the service knows."""
        return self.is_away or self.state is State.PAUSED


# ── what is told ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ServiceGone:
    """Nobody has the service's name any more."""


@dataclass(frozen=True, slots=True)
class StateTold:
    """The service does something else."""

    state: State


@dataclass(frozen=True, slots=True)
class TailTold:
    """The end of the hypothesis that may still change; empty at the end of an utterance."""

    unstable: str


@dataclass(frozen=True, slots=True)
class LevelTold:
    """How loud it is."""

    dbfs: float


@dataclass(frozen=True, slots=True)
class ProblemTold:
    """Something is wrong."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class LearntTold:
    """The learn key was pressed, and so many words were learnt."""

    words: int


@dataclass(frozen=True, slots=True)
class StatusTold:
    """How things stand: what is not among these problems and offers is over."""

    state: State
    problems: Mapping[str, str]
    teach: Teach = Teach.UNKNOWN
    offers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class AwayTold:
    """The person has left, or is back."""

    is_away: bool


Told = ServiceGone | StateTold | TailTold | LevelTold | ProblemTold | LearntTold | StatusTold | AwayTold


def follow(facts: Facts, told: Told, now: float) -> Facts:
    """The facts after something was told."""
    match told:
        case ServiceGone():
            return Facts(is_away=facts.is_away)
        case StateTold(state):
            return _in_state(facts, state)
        case TailTold(unstable):
            return replace(facts, tail=unstable)
        case LevelTold(dbfs):
            return replace(facts, level_dbfs=dbfs)
        case ProblemTold(ProblemName.NOT_LEARNT as name, message):  # of a key: it is news at each press
            told_anew = MappingProxyType({**facts.problems, name: Trouble(message, now)})
            return replace(facts, is_there=True, problems=told_anew)
        case LearntTold():
            return facts
        case ProblemTold(name, message):
            return _with_problems(facts, {**_messages(facts), name: message}, now)
        case StatusTold(state, problems, teach, offers):
            known = _with_problems(_in_state(facts, state), problems, now)
            return replace(known, teach=teach, offers=_since(facts.offers, offers, now))
        case AwayTold(is_away):
            return replace(facts, is_away=is_away)


def _in_state(facts: Facts, state: State) -> Facts:
    is_dictating = state in DICTATING or (state is State.PROBLEM and facts.is_dictating)
    return replace(
        facts,
        is_there=True,
        state=state,
        is_dictating=is_dictating,
        tail=facts.tail if state in BUSY else "",
        level_dbfs=facts.level_dbfs if state in DICTATING else Facts().level_dbfs,
    )


def _messages(facts: Facts) -> dict[str, str]:
    return {name: trouble.message for name, trouble in facts.problems.items()}


def _with_problems(facts: Facts, messages: Mapping[str, str], now: float) -> Facts:
    """These problems and no others."""
    return replace(facts, is_there=True, problems=_since(facts.problems, messages, now))


def _since(known: Mapping[str, Trouble], messages: Mapping[str, str], now: float) -> Mapping[str, Trouble]:
    """What is told now; what says the same as before has been there since then."""

    def since(name: str, message: str) -> Trouble:
        before = known.get(name)
        return before if before is not None and before.message == message else Trouble(message, now)

    return MappingProxyType({name: since(name, message) for name, message in messages.items()})


# ── what is seen ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class View:
    """What there is to be seen; two that are equal look the same.

    Attributes:
        state: drawn as a shape, a colour and a word.
        level: lit steps of the meter, 0 to LEVEL_STEPS.
        tail: the last of what may still change, at most TAIL_CHARACTERS of it.
        is_cut: whether more stood before the tail.
        problem: what is wrong, in words; empty where nothing is.
        teach: the teach light.

    """

    state: State
    level: int = 0
    tail: str = ""
    is_cut: bool = False
    problem: str = ""
    teach: Teach = Teach.UNKNOWN

    @property
    def words(self) -> str:
        """The same for those who hear it; never what was dictated."""
        return f"sayso: {self.state.value}" + (f", {self.problem}" if self.problem else "")


def view(facts: Facts, now: float, *, is_always_shown: bool = False) -> View | None:
    """What is to be seen; None for nothing."""
    if facts.is_hidden or not facts.is_there:
        return None
    problem = _problem(facts, now)
    if not (is_always_shown or problem or facts.is_dictating or facts.state in BUSY):
        return None
    tail = " ".join(facts.tail.split())
    return View(
        state=facts.state,
        level=level_steps(facts.level_dbfs) if facts.state in DICTATING else 0,
        tail=tail[-TAIL_CHARACTERS:],
        is_cut=len(tail) > TAIL_CHARACTERS,
        problem=problem,
        teach=facts.teach,
    )


def changes_in(facts: Facts, now: float) -> float | None:
    """Seconds until the view changes though nothing is told; None for never."""
    left = [_until(facts, name) - now for name in facts.problems]
    return min((seconds for seconds in left if seconds > 0), default=None)


def level_steps(dbfs: float) -> int:
    """How many steps of the meter are lit at a loudness."""
    share = (dbfs - QUIETEST_DBFS) / (LOUDEST_DBFS - QUIETEST_DBFS)
    return round(min(1.0, max(0.0, share)) * LEVEL_STEPS)


def _until(facts: Facts, name: str) -> float:
    """When a problem is no longer shown: one in the way of who dictates is for as long as it is there."""
    if facts.state is State.PROBLEM and facts.is_dictating:
        return float("inf")
    shown = ASKED_SECONDS if name == ProblemName.FOCUS_MOVED else SHOWN_SECONDS
    return facts.problems[name].since_seconds + shown


def _problem(facts: Facts, now: float) -> str:
    """The one that is shown: what waits for an answer, else the newest."""
    shown = [name for name in facts.problems if _until(facts, name) > now]
    if not shown:
        return ""
    if ProblemName.FOCUS_MOVED in shown:
        return f"{_sentence(_short(facts.problems[ProblemName.FOCUS_MOVED].message))} {WHERE_TO}"
    return _short(facts.problems[max(shown, key=lambda name: facts.problems[name].since_seconds)].message)


def _short(message: str) -> str:
    return message if len(message) <= PROBLEM_CHARACTERS else f"{message[: PROBLEM_CHARACTERS - 1]}…"


def _sentence(message: str) -> str:
    """Closed by a full stop, so that another sentence may follow."""
    return message if message.endswith((".", "!", "?")) else f"{message}."
