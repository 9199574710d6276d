"""The live flow on recordings with transcripts: word errors beside the same weights offline, latency, cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scoring import Errors, word_errors, words_of

from sayso.config import Settings
from sayso.engines import Engine, Transcription
from sayso.events import Committed, Event, UtteranceFinished
from sayso.latency import SpokenWord, StandingWord, commit_latencies, percentile
from sayso.loading import language_of
from sayso.recording import read_recording
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.replay.witness import Moment
from sayso.typist.recording import RecordingTypist
from sayso.vad import VoiceDetector


@dataclass(frozen=True)
class Clip:
    """A recording and what is said in it."""

    path: Path
    reference: str


def clips_in(folder: Path, limit: int | None = None) -> Iterator[Clip]:
    """The clips of a folder with a `transcripts.jsonl` of {"file", "text"} a line."""
    lines = (folder / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[:limit]:
        row = json.loads(line)
        yield Clip(folder / row["file"], row["text"])


@dataclass
class Totals:
    """What a set of clips added up to; times in seconds."""

    live: Errors = field(default_factory=Errors)
    offline: Errors = field(default_factory=Errors)
    commits: list[float] = field(default_factory=list)
    finals: list[float] = field(default_factory=list)
    unmatched: int = 0
    spoken: int = 0
    contradicted: int = 0
    audio_seconds: float = 0.0
    cpu_seconds: float = 0.0

    def row(self) -> dict[str, str]:
        """The figures of the table."""
        return {
            "audio": f"{self.audio_seconds / 60:.1f} min",
            "words": str(self.live.reference_words),
            "WER live": f"{self.live.percent:.2f} %",
            "WER offline": f"{self.offline.percent:.2f} %",
            "commit p50 / p95": f"{percentile(self.commits, 0.5):.2f} / {percentile(self.commits, 0.95):.2f} s",
            "unmatched": f"{100 * self.unmatched / max(1, self.spoken):.1f} %",
            "speech end → final p50 / p95": (
                f"{percentile(self.finals, 0.5):.2f} / {percentile(self.finals, 0.95):.2f} s"
            ),
            "contradicted": f"{100 * self.contradicted / max(1, self.live.reference_words):.1f} %",
            "CPU s / s": f"{self.cpu_seconds / max(1e-9, self.audio_seconds):.2f}",
        }


@dataclass
class _Listener:
    """Notes when each word stood and how long each final took."""

    standing: list[StandingWord] = field(default_factory=list)
    finals: list[float] = field(default_factory=list)

    def __call__(self, event: Event, moment: Moment) -> None:
        if isinstance(event, Committed | UtteranceFinished):
            words = words_of(event.edit.insert)
            self.standing += [StandingWord(word, moment.clock_seconds) for word in words]
        if isinstance(event, UtteranceFinished):
            self.finals.append(moment.clock_seconds - event.speech_end_seconds)


def measure(clip: Clip, settings: Settings, engine: Engine, detector: VoiceDetector, totals: Totals) -> None:
    """Run one clip through the live flow and offline, and add what came out to the totals."""
    audio = read_recording(clip.path)
    listener, typist = _Listener(), RecordingTypist()
    detector.reset()
    result = replay(settings, engine, detector, typist, audio, OPEN_THROUGHOUT, Pace.CLOCK, listener)
    offline = engine.transcribe(audio, language_of(settings))
    found = commit_latencies(listener.standing, _spoken(offline))
    totals.live += word_errors(clip.reference, typist.text)
    totals.offline += word_errors(clip.reference, offline.text)
    totals.commits += found.seconds
    totals.unmatched += found.unmatched
    totals.spoken += len(found.seconds) + found.unmatched
    totals.finals += listener.finals
    totals.contradicted += result.contradicted
    totals.audio_seconds += result.audio_seconds
    totals.cpu_seconds += result.cpu_seconds


def _spoken(offline: Transcription) -> list[SpokenWord]:
    return [
        SpokenWord(text, word.end_seconds)
        for segment in offline.segments
        for word in segment.words
        for text in words_of(word.text)
    ]
