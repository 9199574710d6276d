"""What the stages tell each other and the outside: frozen values, one type per fact.

Times in `*_seconds` count from the first captured sample; sample counts are absolute indices into the ring.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What the service is doing, as `status` and D-Bus name it."""

    IDLE = "idle"
    LISTENING = "listening"
    SPEAKING = "speaking"
    FINISHING = "finishing"
    PAUSED = "paused"
    PROBLEM = "problem"


class ProblemName(StrEnum):
    """Stable names of what can go wrong while running; people script on them."""

    MICROPHONE_ABSENT = "microphone-absent"
    MICROPHONE_LOST = "microphone-lost"
    MICROPHONE_MOVED = "microphone-moved"
    MICROPHONE_STALLED = "microphone-stalled"
    MICROPHONE_SILENT = "microphone-silent"
    MICROPHONE_CLIPPING = "microphone-clipping"
    MICROPHONE_MUTED = "microphone-muted"
    MICROPHONE_QUIET = "microphone-quiet"
    MICROPHONE_TELEPHONE = "microphone-telephone"
    MICROPHONE_WRONG = "microphone-wrong"
    AUDIO_OVERRUN = "audio-overrun"
    ENGINE_FAILED = "engine-failed"
    TYPIST_FAILED = "typist-failed"
    FOCUS_MOVED = "focus-moved"
    NOT_HERE = "not-here"
    DISPLAY_LOST = "display-lost"
    HOTKEY_TAKEN = "hotkey-taken"
    HOTKEY_STUCK = "hotkey-stuck"
    HOTKEY_UNWATCHED = "hotkey-unwatched"
    BUS_LOST = "bus-lost"
    STORAGE_FAILED = "storage-failed"
    JOURNAL_LOCKED = "journal-locked"
    JOURNAL_DAMAGED = "journal-damaged"
    NOT_LEARNT = "not-learnt"
    CONFIG_INVALID = "config-invalid"
    DICTATION_UNFINISHED = "dictation-unfinished"
    CARD_UNUSED = "card-unused"
    CARD_FAILED = "card-failed"


class Rung(StrEnum):
    """What gives way where the engine is slower than speech, as `status` and D-Bus name it."""

    LIVE = "live"  # nothing
    SLOWER = "slower"  # words come less often
    SEGMENTS = "segments"  # words come when an utterance has ended


@dataclass(frozen=True, slots=True)
class PaceChanged:
    """The engine keeps up with speech better or worse than before."""

    rung: Rung


@dataclass(frozen=True, slots=True)
class AwayChanged:
    """The person has left (the session is locked, the machine sleeps), or is back."""

    is_away: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """Something is wrong; the message says what, and what to do next. Never contains dictated text."""

    name: ProblemName
    message: str


@dataclass(frozen=True, slots=True)
class ProblemCleared:
    """The problem of that name is over."""

    name: ProblemName


@dataclass(frozen=True, slots=True)
class CaptureOpened:
    """The microphone delivers: from which device, at which native rate."""

    device: str
    rate_hz: int


@dataclass(frozen=True, slots=True)
class CaptureInterrupted:
    """The stream broke off; samples before this index are good, what follows is from another moment."""

    at_sample: int


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word of a hypothesis, with absolute times.

    Attributes:
        text: as the model spells it: punctuation attached, leading space where the language has spaces.
        start_seconds: from the first captured sample.
        end_seconds: from the first captured sample.
        confidence: mean token probability, 0 to 1.

    """

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float

    @property
    def middle_seconds(self) -> float:
        """Half way between start and end: which side of a cut the word is on."""
        return (self.start_seconds + self.end_seconds) / 2


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the recogniser makes of a window of an utterance.

    Attributes:
        utterance: number of the utterance, from 1.
        window_start_seconds: where the decoded audio begins; words before it were decoded in earlier windows.
        window_end_seconds: how far the decoder has heard.
        words: the window's words, in order.
        final: this window will not be decoded again; what it says beyond the committed words is committed.
        language: Whisper code.
        resets_prompt: the decoder was unsure, or not all that it said is believed: it leads what follows astray.
        prompt: what was said before the window, as the decoder was told it.
        vocabulary: the terms that it was told.

    """

    utterance: int
    window_start_seconds: float
    window_end_seconds: float
    words: tuple[TimedWord, ...]
    final: bool
    language: str
    resets_prompt: bool = False
    prompt: str = ""
    vocabulary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of an edit's insertion, and the words of the utterance they came from."""

    start: int
    end: int
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """What the typist does: delete characters before the cursor, then insert.

    Attributes:
        delete: characters to delete; never more than sayso itself typed in this utterance.
        insert: text to insert, separators included.
        spans: in order, which part of `insert` came from which words (indices into the utterance's words).
        joins: of an utterance's beginning, that it belongs right behind what stands, because the person said so.

    """

    delete: int
    insert: str
    spans: tuple[Span, ...] = ()
    joins: bool = False


@dataclass(frozen=True, slots=True)
class UtteranceStarted:
    """Speech began.

    Attributes:
        utterance: its number, from 1.
        start_sample: the first sample kept for it, pre-roll included.

    """

    utterance: int
    start_sample: int


@dataclass(frozen=True, slots=True)
class HypothesisChanged:
    """The text of the utterance in flight: what stands, and what may still change."""

    utterance: int
    stable: str
    unstable: str


@dataclass(frozen=True, slots=True)
class Committed:
    """Text was handed to the typist while the person still speaks."""

    utterance: int
    edit: Edit


@dataclass(frozen=True, slots=True)
class UtteranceFinished:
    """The utterance is over and its last text was handed to the typist.

    Attributes:
        utterance: its number.
        edit: the last edit; empty when everything stood already.
        text: all that was handed to the typist for it, which decides by what stands before the cursor whether a
            space comes first.
        speech_end_seconds: end of the last voiced frame.
        contradicted_words: committed words that the final decode would have had otherwise.

    """

    utterance: int
    edit: Edit
    text: str
    speech_end_seconds: float
    contradicted_words: int


@dataclass(frozen=True, slots=True)
class UtteranceDelivered:
    """The typist has put all of the utterance's text where it belongs."""

    utterance: int


@dataclass(frozen=True, slots=True)
class UtteranceDropped:
    """The utterance was cancelled, or too short to be speech; nothing more will be typed for it."""

    utterance: int


@dataclass(frozen=True, slots=True)
class UtteranceBarred:
    """Its text was for a password field, or where dictation is off: from now on nothing of it is typed or kept.

    Known only after it had begun; it is dropped once it is over.
    """

    utterance: int


@dataclass(frozen=True, slots=True)
class UtteranceFailed:
    """The utterance could not be transcribed or typed; its audio is kept.

    Attributes:
        utterance: its number.
        text: all that was to be typed, as far as it was recognised; what stands may have gone with its window.
        application: of the window that it was for.

    """

    utterance: int
    text: str = ""
    application: str = ""


@dataclass(frozen=True, slots=True)
class WindowFailed:
    """A part of the utterance could not be transcribed; it goes on after that, and all of its audio is kept."""

    utterance: int


@dataclass(frozen=True, slots=True)
class UtteranceHeld:
    """Text of the utterance waits, because the focus is elsewhere; it is typed when the focus returns."""

    utterance: int


@dataclass(frozen=True, slots=True)
class UtteranceCutShort:
    """Not all text of the utterance stands where it was meant to: it was cancelled, lost, kept or taken back.

    Attributes:
        utterance: its number.
        standing: what does stand.
        place: the number of its window; None: wherever it stands.

    """

    utterance: int
    standing: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class UtteranceMoved:
    """What had not been typed of the utterance goes to another window, because the person says so.

    Attributes:
        utterance: its number.
        place: the number of the window that it goes to.
        text: what goes there of what was said so far.

    """

    utterance: int
    place: int
    text: str


@dataclass(frozen=True, slots=True)
class TermWritten:
    """Words [first, end) of an utterance in whose place a term was written, by a learnt rule or by its sound.

    Attributes:
        first: index of the first of them.
        end: one past the last.
        text: the term, without the marks around it.

    """

    first: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class UtteranceSaid:
    """All that is known of what was said in an utterance, and how text was made of it; told before its last edit.

    Attributes:
        utterance: its number.
        start_seconds: where its kept audio begins; the words' times count from the same zero as this.
        words: as they were committed, in order.
        language: Whisper code.
        steps: the text as it was said, word for word; after commands; then after each transform of formatting.
        typed: one edit that types all of it, with the spans of its words (indices into `words`).
        commands: indices of words that were commands or a snippet; those of a replacement are not among them.
        prompt: what was said before, as the final decode was prompted with it.
        vocabulary: the terms that it was prompted with.
        terms: in order, those that were written in place of what was recognised.

    """

    utterance: int
    start_seconds: float
    words: tuple[TimedWord, ...]
    language: str
    steps: tuple[str, ...]
    typed: Edit
    commands: tuple[int, ...] = ()
    prompt: str = ""
    vocabulary: tuple[str, ...] = ()
    terms: tuple[TermWritten, ...] = ()


@dataclass(frozen=True, slots=True)
class TextStands:
    """All text of an utterance stands in a window, and may be corrected there.

    Attributes:
        utterance: its number.
        text: what stands.
        application: of the window.
        window_key: the number by which the typist knows the window (`sayso.typist.Target`).
        pid: of the window's process; 0 where it is not known.

    """

    utterance: int
    text: str
    application: str
    window_key: int
    pid: int


@dataclass(frozen=True, slots=True)
class Decoded:
    """The engine has decoded a window.

    Attributes:
        utterance: whose it is.
        final: whether it was a final decode.
        computing_seconds: how long that took.

    """

    utterance: int
    final: bool
    computing_seconds: float


@dataclass(frozen=True, slots=True)
class Corrected:
    """The person has corrected an utterance.

    Attributes:
        utterance: its number.
        text: what stands there now.
        source: how that is known (`sayso.corrections.Source`).
        is_accepted: whether it is learnt from.

    """

    utterance: int
    text: str
    source: str
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class Recovered:
    """Dictations that an earlier run could not end have been taken up, and can be read with `sayso history`.

    Attributes:
        utterances: their numbers.

    """

    utterances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LearningAsked:
    """The person is to say whether what they dictate and correct may be kept, to learn from it."""


@dataclass(frozen=True, slots=True)
class LearningAnswered:
    """They have said so.

    Attributes:
        on: whether it may.

    """

    on: bool


@dataclass(frozen=True, slots=True)
class LearnAsked:
    """The person asks to learn from what stands where they write."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """That has been learnt from, as they asked.

    Attributes:
        words: so many were put in the place of others; 0 where they say that it is right as it was typed.

    """

    words: int


@dataclass(frozen=True, slots=True)
class ListeningChanged:
    """Listening began or ended; while it does not listen, sayso looks at no audio."""

    listening: bool


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The service does something else now."""

    state: State


Event = (
    StateChanged
    | ListeningChanged
    | UtteranceStarted
    | HypothesisChanged
    | PaceChanged
    | AwayChanged
    | Committed
    | UtteranceFinished
    | UtteranceDelivered
    | UtteranceDropped
    | UtteranceBarred
    | UtteranceFailed
    | WindowFailed
    | UtteranceHeld
    | UtteranceCutShort
    | UtteranceMoved
    | UtteranceSaid
    | TextStands
    | Decoded
    | Corrected
    | Recovered
    | LearningAsked
    | LearningAnswered
    | LearnAsked
    | Learnt
    | Problem
    | ProblemCleared
    | CaptureOpened
    | CaptureInterrupted
)
"""Everything the outside can see."""
