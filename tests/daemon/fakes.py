"""Speech that is numbers: a recording whose words can be read off its samples, and the edges that understand it.

A word is a stretch of one sample value, `FIRST_WORD` + its number; `MURMUR` joins the words of a phrase and is
voiced too; silence is zero. `LoudnessDetector` hears anything as voice, `ReadingEngine` reads the words back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from sayso.audio import SAMPLE_RATE_HZ, Pcm, samples, seconds
from sayso.engines import CheckStatus, Decoding, Segment, SelfCheck, Session, Transcription, Window, Word
from sayso.events import Event
from sayso.models import Manifest, Model
from sayso.replay.witness import Moment

MURMUR = 100
FIRST_WORD = 1_000
WORD_SECONDS = 0.3
MURMUR_SECONDS = 0.1


def silence(for_seconds: float) -> Pcm:
    """Nobody speaks."""
    return np.zeros(samples(for_seconds), dtype=np.int16)


def voice(for_seconds: float, value: int = MURMUR) -> Pcm:
    """Something voiced, without a word in it unless the value is one."""
    return np.full(samples(for_seconds), value, dtype=np.int16)


def phrase(first: int, count: int, word_seconds: float = WORD_SECONDS) -> Pcm:
    """The words numbered from `first`, joined without a pause."""
    pieces: list[Pcm] = []
    for number in range(first, first + count):
        pieces += [voice(word_seconds, FIRST_WORD + number), voice(MURMUR_SECONDS)]
    return np.concatenate(pieces[:-1]) if pieces else silence(0)


def recording(phrases: Iterable[tuple[int, float]], lead_seconds: float = 0.6) -> Pcm:
    """Phrases of so many words, each followed by so many seconds of silence; words are numbered from 0."""
    pieces, number = [silence(lead_seconds)], 0
    for count, pause_seconds in phrases:
        pieces += [phrase(number, count), silence(pause_seconds)]
        number += count
    return np.concatenate(pieces)


def text_of(count: int, first: int = 0) -> str:
    """What stands in the window when so many words were said."""
    return " ".join(f"w{number}" for number in range(first, first + count))


def read_words(audio: Pcm) -> tuple[Word, ...]:
    """The words of which at least half is in the audio."""
    edges = np.flatnonzero(np.diff(audio)) + 1
    starts, ends = np.concatenate(([0], edges)), np.concatenate((edges, [len(audio)]))
    least = samples(WORD_SECONDS / 2)
    return tuple(
        Word(f" w{int(audio[start]) - FIRST_WORD}", seconds(int(start)), seconds(int(end)), 0.9)
        for start, end in zip(starts, ends, strict=True)
        if end - start >= least and audio[start] >= FIRST_WORD
    )


class LoudnessDetector:
    """Voice is what is not silent."""

    def __init__(self) -> None:
        self.resets = 0

    def probability(self, frame: Pcm) -> float:
        """1 where at least half of the frame sounds."""
        return 1.0 if np.count_nonzero(frame) * 2 >= len(frame) else 0.0

    def reset(self) -> None:
        """Count it."""
        self.resets += 1


@dataclass
class Decode:
    """What an engine was once asked."""

    audio: Pcm
    final: bool
    prompt: str
    expected: str = ""
    start_sample: int = 0
    vocabulary: tuple[str, ...] = ()

    @property
    def end_sample(self) -> int:
        """Absolute index one past the last sample."""
        return self.start_sample + len(self.audio)


@dataclass
class ReadingEngine:
    """Reads words off the samples.

    Attributes:
        decodes: what it was asked, in order.
        before: called with each decode before it is answered; what it raises, the decode raises.
        no_speech_probability: of every decode.
        mean_log_probability: of every decode.
        confidence: of every word.

    """

    before: Callable[[Decode], None] = lambda decode: None
    decodes: list[Decode] = field(default_factory=list)
    no_speech_probability: float = 0.01
    mean_log_probability: float = -0.2
    confidence: float = 0.9
    sessions: list[str | None] = field(default_factory=list)

    name = "reading"
    device = "cpu"
    model = Model(Path("/nowhere"), Manifest("numbers", "a test", {}, ("en", "de", "fr"), 80, 1000))

    def session(self, language: str | None) -> Session:
        """Begin an utterance."""
        self.sessions.append(language)
        return _ReadingSession(self, language or "en")

    def transcribe(self, audio: Pcm, language: str | None) -> Transcription:
        """Read all of it."""
        words = read_words(audio)
        text = "".join(word.text for word in words).strip()
        return Transcription(text, language or "en", (Segment(0.0, seconds(len(audio)), text, words),))

    def self_check(self) -> SelfCheck:
        """It works."""
        return SelfCheck(CheckStatus.WORKS, "reads")


@dataclass
class _ReadingSession:
    engine: ReadingEngine
    language: str

    def partial(self, window: Window) -> Decoding:
        return self._decode(window, final=False)

    def final(self, window: Window) -> Decoding:
        return self._decode(window, final=True)

    def _decode(self, window: Window, *, final: bool) -> Decoding:
        audio = window.audio
        decode = Decode(audio, final, window.prompt, window.expected, window.start_sample, window.vocabulary)
        self.engine.decodes.append(decode)
        self.engine.before(decode)
        return Decoding(
            words=tuple(replace(word, confidence=self.engine.confidence) for word in read_words(audio)),
            language=self.language,
            audio_seconds=len(audio) / SAMPLE_RATE_HZ,
            no_speech_probability=self.engine.no_speech_probability,
            mean_log_probability=self.engine.mean_log_probability,
        )


class Diary:
    """A witness that keeps what it is told."""

    def __init__(self) -> None:
        self.entries: list[tuple[Event, Moment]] = []

    def __call__(self, event: Event, moment: Moment) -> None:
        """Take an event."""
        self.entries.append((event, moment))

    @property
    def events(self) -> list[Event]:
        """Without their moments."""
        return [event for event, _ in self.entries]


def of_type(events: Sequence[object], kind: type) -> list:  # type: ignore[type-arg]  # whatever the caller asks for
    """The events of one type, in order."""
    return [event for event in events if isinstance(event, kind)]
