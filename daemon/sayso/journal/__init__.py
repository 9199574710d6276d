"""The journal: every utterance's audio, what was heard, what was typed of it, and what that became.

It listens at the side: the live flow only hands it copies. While somebody speaks, an utterance is appended to a
file of its own in the spool (`spool`, `thread`); when nobody does, a row of the database (`database`, `writing`)
and a FLAC file are made of that. What a crash leaves in the spool is taken up at the next start (`recovery`).
Everything on disk is sealed (`sealing`, `boxes`), with a key for each utterance that is itself sealed with the
person's (`keys`).

The trainer shares this package: it reads utterances and accepted corrections, and seals what it derives from an
utterance with that utterance's key, so that forgetting the utterance makes all of it unreadable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from sayso.events import UtteranceSaid

if TYPE_CHECKING:
    from sayso.audio import Pcm  # brings numpy: 50 ms that a command which shows texts has no use for


class Outcome(StrEnum):
    """What became of an utterance."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # it was recognised, and could not be typed to its end
    RECOVERED = "recovered"  # a crash cut it short; its text was made from the audio afterwards, or is still to be
    WITHHELD = "withheld"  # what was said is confidential: neither text nor audio is kept


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known when an utterance begins.

    Attributes:
        utterance: its number, which names it for ever: on the bus, in the history and here.
        at_seconds: when, in seconds since 1970.
        application: what the desktop calls the application that it is for; empty where it is not known.
        model: name of the model.
        engine: name of the engine.
        device: what the model runs on.
        learns: whether audio and text are kept once the text has arrived; else they are only a safety net.

    """

    utterance: int
    at_seconds: float
    application: str = ""
    model: str = ""
    engine: str = ""
    device: str = ""
    learns: bool = False


@dataclass(frozen=True, slots=True)
class Spooled:
    """An utterance as the spool has it.

    Attributes:
        begun: what was known at its beginning.
        audio: what was spoken, shape (n,).
        said: what was recognised; None where it broke off before that.
        typed: the text that stood in the window at its end, or that was to; None where it broke off before that.
        outcome: None where it broke off.
        computing_seconds: that the engine took for it.
        is_whole: False where the end of the file is missing or damaged; what is there is before that.

    """

    begun: Begun
    audio: Pcm
    said: UtteranceSaid | None = None
    typed: str | None = None
    outcome: Outcome | None = None
    computing_seconds: float = 0.0
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """What a list of utterances shows of one.

    Attributes:
        utterance: its number.
        ended_at_seconds: when it ended, in seconds since 1970.
        outcome: what became of it.
        seconds: how long its audio is.
        application: that it was for.
        typed: the text that stood in the window, or that was to.
        now: what the text has become by a correction; the same where there is none.
        words: that were said.
        model: name of the model.
        computing_seconds: that the engine took for it.
        has_audio: whether its audio is still kept.

    """

    utterance: int
    ended_at_seconds: float
    outcome: Outcome
    seconds: float
    application: str
    typed: str
    now: str
    words: int
    model: str
    computing_seconds: float
    has_audio: bool


@dataclass(frozen=True, slots=True)
class Utterance:
    """An utterance with all that is known of it but its audio.

    Attributes:
        line: what a list shows of it.
        begun: what was known when it began.
        said: what was recognised, and how text was made of it; None where that is not known.

    """

    line: Line
    begun: Begun
    said: UtteranceSaid | None


@dataclass(frozen=True, slots=True)
class Damage:
    """Something of the journal that cannot be read; the rest can.

    Attributes:
        where: the file, or the table and row.
        why: what is wrong, and what can be done.
        utterance: whose it is; None where that is not known.

    """

    where: str
    why: str
    utterance: int | None = None


class Decision(StrEnum):
    """What a correction counts for."""

    ACCEPTED = "accepted"  # it is what was said: the model learns from it
    DOUBTFUL = "doubtful"  # the person is asked
    REJECTED = "rejected"  # it is not what was said


@dataclass(frozen=True, slots=True)
class Correction:
    """What the person made of an utterance's text.

    Attributes:
        utterance: whose text it is.
        source: how it is known (`sayso.corrections.Source`).
        trust: how far that is trusted, 0 to 1.
        decision: what it counts for.
        reasons: why, in words for the person.
        text: what stands in the window now instead of what was typed.
        target: what was said, word for word, commands and replacements undone; None where that cannot be told.
        changes: (heard, meant) of each stretch of words that changed, as they were said.
        is_by_person: whether the person decided (`sayso review`), and not the ladder.
        made_at_seconds: when, in seconds since 1970.
        id: its number; 0 until the journal has it.

    """

    utterance: int
    source: str
    trust: float
    decision: Decision
    reasons: tuple[str, ...]
    text: str
    target: str | None
    changes: tuple[tuple[str, str], ...] = ()
    is_by_person: bool = False
    made_at_seconds: float = field(default=0.0, compare=False)
    id: int = field(default=0, compare=False)
