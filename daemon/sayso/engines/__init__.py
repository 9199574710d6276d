"""The door to speech engines: what an engine is, and how one is found.

An `Engine` is the loaded model, shared by everything in the process. A `Session` is one utterance: its
language once known, what it has heard so far. Engines are found by name through the entry-point group
`sayso.engines`; those that ship in the box go through the same door as anyone else's.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, runtime_checkable

from sayso.audio import Pcm
from sayso.errors import EngineError
from sayso.models import Model

GROUP = "sayso.engines"


@dataclass(frozen=True, slots=True)
class Word:
    """One decoded word.

    Attributes:
        text: as the model spells it: punctuation attached, a leading space where the language has spaces.
        start_seconds: from the start of the decoded audio.
        end_seconds: from the start of the decoded audio.
        confidence: mean probability of its tokens, 0 to 1.

    """

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float

    def until(self, seconds: float) -> Word:
        """The same word, over by then."""
        if self.end_seconds <= seconds:
            return self
        return replace(self, start_seconds=min(self.start_seconds, seconds), end_seconds=seconds)

    def later(self, seconds: float) -> Word:
        """The same word, so much later."""
        return replace(self, start_seconds=self.start_seconds + seconds, end_seconds=self.end_seconds + seconds)


@dataclass(frozen=True, slots=True)
class Decoding:
    """What one decode of one span of audio gave.

    Attributes:
        words: in order; empty when the model heard no speech.
        language: Whisper language code.
        audio_seconds: length of the span.
        no_speech_probability: the model's own, 0 to 1; None where the engine cannot tell.
        mean_log_probability: per token, natural logarithm.

    """

    words: tuple[Word, ...]
    language: str
    audio_seconds: float
    no_speech_probability: float | None
    mean_log_probability: float


@dataclass(frozen=True, slots=True)
class Window:
    """A span of an utterance's audio that is to be decoded.

    Attributes:
        audio: shape (n,), at most 30 s.
        start_sample: absolute index of its first sample, by which a session knows what it has heard before.
        prompt: text said before it.
        expected: what is believed to be said in it; a final that can prove it need not decode it again.
        vocabulary: names and terms that may be said in it, for their spelling.
        choose: takes the probability of each language that the model knows, by its Whisper code, and returns the
            one to decode in; asked where the session was begun without a language. None: the likeliest.

    """

    audio: Pcm
    start_sample: int
    prompt: str = ""
    expected: str = ""
    vocabulary: tuple[str, ...] = ()
    choose: Callable[[Mapping[str, float]], str] | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an offline transcript; times in seconds from the start of the file."""

    start_seconds: float
    end_seconds: float
    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Transcription:
    """The offline transcript of a whole recording."""

    text: str
    language: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How to load a model.

    Attributes:
        device: `auto`, or a device by name, which then must work.
        compute_type: as CTranslate2 names them; None lets the engine pick.
        threads: CPU threads at most; None lets the engine pick.
        beam_size: of final decodes; partial ones may be narrower.

    """

    device: str = "auto"
    compute_type: str | None = None
    threads: int | None = None
    beam_size: int = 5


class CheckStatus(StrEnum):
    """How a self-check ended."""

    WORKS = "works"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The result of decoding for real on the device: `message` has the time it took or what failed."""

    status: CheckStatus
    message: str


class Session(Protocol):
    """One utterance. Used by one thread at a time."""

    def partial(self, window: Window) -> Decoding:
        """Decode quickly what has been said so far. Times count from the window's first sample."""
        ...

    def final(self, window: Window) -> Decoding:
        """Decode thoroughly, once, at the end. Times count from the window's first sample."""
        ...


@dataclass(frozen=True, slots=True)
class Scored:
    """How likely a text is to be what is said in a window.

    Attributes:
        tokens: of the text, in the model's own numbers.
        log_probabilities: of each, given those before it; natural logarithm.

    """

    tokens: tuple[int, ...]
    log_probabilities: tuple[float, ...]


@runtime_checkable
class Scores(Protocol):
    """What a session has that can say how likely a text is; not every engine can, so `Session` has it not."""

    def score(self, window: Window, texts: Sequence[str]) -> tuple[Scored, ...] | None:
        """How likely each text is to be what is said in the window, whose `expected` is left aside.

        Returns:
            In the order of the texts; None where it cannot be told.

        """
        ...


def score(session: Session, window: Window, texts: Sequence[str]) -> tuple[Scored, ...] | None:
    """How likely each text is to be what is said in a window; None where the engine cannot tell."""
    return session.score(window, texts) if isinstance(session, Scores) else None


class Engine(Protocol):
    """A loaded model on a device."""

    @property
    def name(self) -> str:
        """Name of the entry point."""
        ...

    @property
    def model(self) -> Model:
        """The model that is loaded."""
        ...

    @property
    def device(self) -> str:
        """Where it really runs: `cpu`, `cuda`, …"""
        ...

    def session(self, language: str | None) -> Session:
        """Begin an utterance. `language` None lets the model decide."""
        ...

    def transcribe(self, audio: Pcm, language: str | None) -> Transcription:
        """Transcribe a whole recording, shape (n,), of any length, offline."""
        ...

    def self_check(self) -> SelfCheck:
        """Decode a second of audio for real and say how that went."""
        ...


class EngineFactory(Protocol):
    """What an entry point of the group resolves to."""

    def __call__(self, model: Model, options: EngineOptions) -> Engine:
        """Load the model.

        Raises:
            EngineError: the device or a package is missing; the message names the next step.
            ModelError: the model does not load.

        """
        ...


def engine_names() -> list[str]:
    """Names of all installed engines."""
    return sorted(point.name for point in entry_points(group=GROUP))


def require_engine(name: str) -> EntryPoint:
    """Find an engine by name.

    Raises:
        EngineError: there is none of that name.

    """
    points = list(entry_points(group=GROUP, name=name))
    if not points:
        known = engine_names()
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"installed: {', '.join(known) or 'none'}."
        raise EngineError(f"engine {name!r} is not installed; {hint} Set engine.name in the settings.")
    return points[0]


def load_engine(name: str, model: Model, options: EngineOptions) -> Engine:
    """Find an engine by name and load the model into it.

    Raises:
        EngineError: no such engine, or it cannot run here.
        ModelError: the model does not load.

    """
    factory: EngineFactory = require_engine(name).load()
    return factory(model, options)
