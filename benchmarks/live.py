"""sayso itself on a recording, through its own replay on the virtual clock that counts computing."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from figures import Figures, Way
from isolation import peak_rss_mb
from recordings import Part, Recording
from scoring import errors_by_folder, words_of
from weights import Weights

from sayso.audio import FRAME_SAMPLES, Pcm, samples, seconds
from sayso.config import Settings
from sayso.engines import Engine
from sayso.errors import EngineError
from sayso.events import Committed, Event, Problem, UtteranceFailed, UtteranceFinished, WindowFailed
from sayso.latency import SpokenWord, StandingText, commit_latencies
from sayso.loading import engine_from
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT, Key, KeyStroke, hold_around_speech
from sayso.replay.witness import Moment, ReplayResult
from sayso.typist.recording import RecordingTypist
from sayso.vad import VoiceDetector, make_detector

LET_GO_AFTER = samples(0.3) // FRAME_SAMPLES * FRAME_SAMPLES
"""300 ms, in samples, less what is no whole frame: a replay strikes keys between frames, and so never later."""

LONGEST_CLIP = samples(15)  # of those whose key is let go with the last word


@dataclass(frozen=True, slots=True)
class Dictation:
    """What dictates: settings, the loaded engine and a voice detector."""

    settings: Settings
    engine: Engine
    detector: VoiceDetector

    @classmethod
    def with_weights(cls, weights: Weights) -> Dictation:
        """Load it all."""
        settings = weights.settings()
        return cls(settings, engine_from(settings), make_detector())


@dataclass(frozen=True, slots=True)
class Final:
    """The last text of an utterance: when, on the clock, and when its speech ended, in the audio."""

    clock_seconds: float
    speech_end_seconds: float


@dataclass
class Listener:
    """A witness of what is typed, and of what went wrong."""

    window: StandingText = field(default_factory=StandingText)
    finals: list[Final] = field(default_factory=list)
    committed: int = 0
    problem: str = ""
    failed: int = 0

    def __call__(self, event: Event, moment: Moment) -> None:
        """Take an event."""
        if isinstance(event, Committed | UtteranceFinished):
            self.window.take(event.edit, moment.clock_seconds)
        if isinstance(event, Committed):
            self.committed += len(words_of(event.edit.insert))
        if isinstance(event, UtteranceFinished):
            self.finals.append(Final(moment.clock_seconds, event.speech_end_seconds))
        if isinstance(event, Problem):
            self.problem = event.message
        if isinstance(event, UtteranceFailed | WindowFailed):
            self.failed += 1


@dataclass(frozen=True, slots=True)
class Run:
    """One replay, and what was told during it."""

    listener: Listener
    result: ReplayResult


@dataclass(frozen=True, slots=True)
class Waits:
    """From each key let go to the last text of its hold, in seconds; 0 where that stood already."""

    seconds: tuple[float, ...]
    wordless: int


def hands_free(
    dictation: Dictation, recording: Recording, spoken: Sequence[SpokenWord], pace: Pace = Pace.CLOCK
) -> Figures:
    """The microphone is open from beginning to end."""
    run = _dictate(dictation, recording.audio, OPEN_THROUGHOUT, pace)
    found = commit_latencies(run.listener.window.words(words_of), spoken)
    return replace(
        _figures(dictation, Way.LIVE, recording.parts, [run]),
        commits=found.seconds,
        unmatched=found.unmatched,
        finals=tuple(final.clock_seconds - final.speech_end_seconds for final in run.listener.finals),
    )


def held(dictation: Dictation, recording: Recording) -> Figures:
    """Hold-to-talk: the key goes down before each utterance and up 300 ms after its last voiced frame."""
    strokes = hold_around_speech(recording.audio, dictation.detector, dictation.settings, LET_GO_AFTER)
    run = _dictate(dictation, recording.audio, strokes)
    waits = waits_after_release(strokes, run.listener.finals)
    figures = _figures(dictation, Way.HOLD, recording.parts, [run])
    return replace(figures, releases=waits.seconds, wordless=waits.wordless)


def let_go_with_the_last_word(dictation: Dictation, recording: Recording) -> Figures:
    """Hold-to-talk over each clip by itself, up to 15 s long, the key up with its last voiced frame."""
    parts = tuple(part for part in recording.parts if part.end - part.start <= LONGEST_CLIP)
    runs: list[Run] = []
    waits: list[Waits] = []
    for part in parts:
        audio = recording.audio_of(part)
        strokes = hold_around_speech(audio, dictation.detector, dictation.settings, release_after=0)
        runs.append(_dictate(dictation, audio, strokes))
        waits.append(waits_after_release(strokes, runs[-1].listener.finals))
    return replace(
        _figures(dictation, Way.RELEASE, parts, runs),
        releases=tuple(itertools.chain.from_iterable(wait.seconds for wait in waits)),
        wordless=sum(wait.wordless for wait in waits),
    )


def _figures(dictation: Dictation, way: Way, parts: tuple[Part, ...], runs: Sequence[Run]) -> Figures:
    """What every way has; what the runs typed together is the text of the parts."""
    return Figures(
        dictation.settings.engine.model,
        way,
        errors_by_folder(parts, " ".join(run.listener.window.text for run in runs)),
        committed=sum(run.listener.committed for run in runs),
        contradicted=sum(run.result.contradicted for run in runs),
        audio_seconds=sum(run.result.audio_seconds for run in runs),
        cpu_seconds=sum(run.result.cpu_seconds for run in runs),
        peak_rss_mb=peak_rss_mb(),
    )


def waits_after_release(strokes: Sequence[KeyStroke], finals: Sequence[Final]) -> Waits:
    """The last final of each hold against the key that was let go.

    A final belongs to the hold in which its speech ended; a hold has several where there was a pause in it.
    """
    presses = [seconds(stroke.at_sample) for stroke in strokes if stroke.key is Key.PRESS]
    releases = [seconds(stroke.at_sample) for stroke in strokes if stroke.key is Key.RELEASE]
    waited: list[float] = []
    for number, (pressed, released) in enumerate(zip(presses, releases, strict=True)):
        until = presses[number + 1] if number + 1 < len(presses) else float("inf")
        came = [final.clock_seconds for final in finals if pressed < final.speech_end_seconds <= until]
        if came:
            waited.append(max(0.0, max(came) - released))
    return Waits(tuple(waited), len(presses) - len(waited))


def _dictate(dictation: Dictation, audio: Pcm, strokes: Sequence[KeyStroke], pace: Pace = Pace.CLOCK) -> Run:
    listener, typist = Listener(), RecordingTypist()
    dictation.detector.reset()
    result = replay(
        dictation.settings,
        dictation.engine,
        dictation.detector,
        typist,
        audio,
        strokes,
        pace,
        listener,
    )
    if listener.failed:
        raise EngineError(f"no figures: {listener.failed} utterances failed; {listener.problem}")
    if typist.text != listener.window.text:
        raise AssertionError("what was told is not what was typed; the figures would be of another text")
    return Run(listener, result)


def measure_hands_free(weights: Weights, recording: Recording, spoken: Sequence[SpokenWord]) -> Figures:
    """For a process of its own."""
    return hands_free(Dictation.with_weights(weights), recording, spoken)


def measure_held(weights: Weights, recording: Recording) -> Figures:
    """For a process of its own."""
    return held(Dictation.with_weights(weights), recording)


def measure_let_go(weights: Weights, recording: Recording) -> Figures:
    """For a process of its own."""
    return let_go_with_the_last_word(Dictation.with_weights(weights), recording)
