"""`sayso demo`: a spoken sample through the live flow, on the terminal; no microphone or desktop needed."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType
from typing import NoReturn

from sayso import spoken_sample
from sayso.cli.options import add_settings_options, settings_from
from sayso.config import Settings
from sayso.engines import Engine, Transcription
from sayso.engines.drafted import draft_of
from sayso.events import Committed, Event, UtteranceFinished
from sayso.interruption import unwinding
from sayso.latency import SpokenWord, StandingText, commit_latencies, percentile, plain_words
from sayso.loading import engine_from, language_of
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.replay.witness import Moment
from sayso.status import models_in_words
from sayso.typist import load_typist
from sayso.typist.terminal import can_draw
from sayso.vad import make_detector


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "demo", help="a spoken sample through the live flow, on the terminal", allow_abbrev=False
    )
    add_settings_options(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Show the demo."""
    return show(settings_from(options))


def show(settings: Settings) -> int:
    """Play the sample through the live flow in real time, then say how long words took."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)  # through the typist's `close`, which gives the terminal back
    engine, detector = engine_from(settings), make_detector()
    audio = spoken_sample.audio()
    stopwatch = Stopwatch()
    typist = load_typist("terminal" if can_draw() else "stdout")
    print(
        f"sayso: a spoken sample, as if you said it now ({_models(engine)} on {engine.device}):",
        file=sys.stderr,
    )
    with unwinding():
        replay(settings, engine, detector, typist, audio, OPEN_THROUGHOUT, Pace.REALTIME, stopwatch)
    print(stopwatch.report(engine.transcribe(audio, language_of(settings))), file=sys.stderr)
    return 0


def _models(engine: Engine) -> str:
    draft = draft_of(engine)
    return models_in_words(engine.model.name, draft.name if draft is not None else "")


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)  # as shells count


class Stopwatch:
    """A witness that notes when each word stood."""

    def __init__(self) -> None:
        self._text = StandingText()
        self._final_seconds: list[float] = []

    def __call__(self, event: Event, moment: Moment) -> None:
        """Take an event."""
        if isinstance(event, Committed | UtteranceFinished):
            self._text.take(event.edit, moment.clock_seconds)
        if isinstance(event, UtteranceFinished):
            self._final_seconds.append(moment.clock_seconds - event.speech_end_seconds)

    def report(self, offline: Transcription) -> str:
        """How long words took, against the word times of an offline pass."""
        spoken = [
            SpokenWord(text, word.end_seconds)
            for segment in offline.segments
            for word in segment.words
            for text in plain_words(word.text)
        ]
        found = commit_latencies(self._text.words(plain_words), spoken)
        if not found.seconds:
            return "sayso: no word could be timed"
        p50, p95 = (percentile(found.seconds, share) for share in (0.5, 0.95))
        final = percentile(self._final_seconds, 0.5)
        return (
            f"sayso: a word stood {p50:.2f} s after it was spoken (half of them; 95 %: {p95:.2f} s; "
            f"{len(found.seconds)} of {len(spoken)} words timed), the end of a sentence {final:.2f} s after its "
            "last sound"
        )
