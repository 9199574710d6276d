"""`sayso replay`: the live flow fed from a recording."""

from __future__ import annotations

import argparse
import json
import resource
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from sayso import paths
from sayso.audio import samples
from sayso.cli.options import add_settings_options, settings_from
from sayso.config import Settings
from sayso.engines import Engine
from sayso.engines.drafted import draft_of
from sayso.events import (
    Committed,
    Edit,
    Event,
    HypothesisChanged,
    PaceChanged,
    Problem,
    StateChanged,
    UtteranceCutShort,
    UtteranceFailed,
    UtteranceFinished,
    WindowFailed,
)
from sayso.instance import InstanceLock
from sayso.journal.consent import Consent
from sayso.journal.opening import journal_from
from sayso.loading import engine_from
from sayso.recording import read_recording
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT, hold_around_speech
from sayso.replay.witness import Moment, ReplayResult
from sayso.typist import Typist
from sayso.typist.recording import RecordingTypist
from sayso.typist.stdout import StdoutTypist
from sayso.vad import make_detector


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser("replay", help="the live flow fed from a recording", allow_abbrev=False)
    parser.add_argument("file", type=Path, metavar="FILE", help="audio in any common format")
    parser.add_argument(
        "--pace",
        type=str,
        choices=[pace.value for pace in Pace],
        default=Pace.CLOCK.value,
        help="clock: virtual time that counts computing (default); realtime: real time; fast: ignore computing",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line for every event")
    parser.add_argument(
        "--hold",
        type=_milliseconds,
        metavar="MS",
        help="hold-to-talk: the key is down around each utterance and let go MS after its last voiced frame",
    )
    parser.add_argument(
        "--journal", action="store_true", help="keep it as if it had been dictated; not while the service runs"
    )
    parser.add_argument("--draft-model", metavar="M", help="model that drafts, or none (engine.draft_model)")
    add_settings_options(parser)
    parser.set_defaults(execute=execute)


def _milliseconds(text: str) -> int:
    if not text.isdecimal() or int(text) > 60_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of milliseconds from 0 to 60000")
    return int(text)


def execute(options: argparse.Namespace) -> int:
    """Replay one recording."""
    with InstanceLock() if options.journal else nullcontext():  # one process numbers utterances
        return _execute(options)


def _execute(options: argparse.Namespace) -> int:
    settings = settings_from(options)
    audio = read_recording(options.file)
    engine = engine_from(settings)
    detector = make_detector()
    strokes = (
        OPEN_THROUGHOUT
        if options.hold is None
        else hold_around_speech(audio, detector, settings, release_after=samples(options.hold / 1000))
    )
    typist: Typist = RecordingTypist() if options.json else StdoutTypist()
    ledger = Ledger()
    failed = False

    def witness(event: Event, moment: Moment) -> None:
        nonlocal failed
        if options.json:
            print_event(ledger.entered(event), moment)
        tell(event)
        failed = failed or isinstance(event, UtteranceFailed | WindowFailed)

    journal = journal_from(settings, tell, lambda: _learns(settings)) if options.journal else None
    result = replay(settings, engine, detector, typist, audio, strokes, Pace(options.pace), witness, journal)
    typist.close()
    if options.json:
        print(json.dumps(summary(result, engine)), flush=True)
    return 1 if failed else 0


def tell(event: Event) -> None:
    """Say what is in the journal's way."""
    if isinstance(event, Problem):
        print(f"sayso: {event.message}", file=sys.stderr)


def _learns(settings: Settings) -> bool:
    return Consent(paths.learning_file(), settings.learning).learns


class Ledger:
    """What stands of each utterance, so that what is taken back of it later is told as an edit, too."""

    def __init__(self) -> None:
        self._standing: dict[int, str] = {}

    def entered(self, event: Event) -> Event:
        """The event; where text that stood was taken back, as a commit that deletes it."""
        match event:
            case Committed(utterance, edit) | UtteranceFinished(utterance, edit):
                stood = self._standing.get(utterance, "")
                self._standing[utterance] = stood[: len(stood) - edit.delete] + edit.insert
            case UtteranceCutShort(utterance, standing):
                gone = len(self._standing.get(utterance, "")) - len(standing)
                self._standing[utterance] = standing
                if gone > 0:
                    return Committed(utterance, Edit(gone, ""))
            case _:
                pass
        return event


def print_event(event: Event, moment: Moment) -> None:
    """Print an event as one JSON object, if it is one of those that a replay tells."""
    row = as_json(event)
    if row is not None:
        kind, rest = row
        head: dict[str, Any] = {
            "event": kind,
            **({"utterance": rest.pop("utterance")} if "utterance" in rest else {}),
            "clock": round(moment.clock_seconds, 3),
            "audio": round(moment.audio_seconds, 3),
        }
        print(json.dumps({**head, **rest}, ensure_ascii=False), flush=True)


def as_json(event: Event) -> tuple[str, dict[str, Any]] | None:
    """The kind of an event and its fields; None for events that a replay does not tell."""
    match event:
        case HypothesisChanged(utterance, stable, unstable):
            text = {"text": stable + unstable, "stable": stable, "unstable": unstable}
            return "hypothesis", {"utterance": utterance, **text}
        case Committed(utterance, edit):
            return "commit", {"utterance": utterance, "text": edit.insert, **_typed(edit)}
        case UtteranceFinished(utterance, edit, text, speech_end_seconds, _):
            end = {"speech_end": round(speech_end_seconds, 3)}
            return "final", {"utterance": utterance, "text": text, **_typed(edit), **end}
        case StateChanged(state):
            return "state", {"state": state.value}
        case PaceChanged(rung):
            return "state", {"pace": rung.value}
        case Problem(name, message):
            return "problem", {"name": name.value, "message": message}
        case _:
            return None


def _typed(edit: Edit) -> dict[str, Any]:
    return {"delete": edit.delete, "insert": edit.insert}


def summary(result: ReplayResult, engine: Engine) -> dict[str, Any]:
    """The last line of a replay."""
    draft = draft_of(engine)
    return {
        "event": "summary",
        "contradicted": result.contradicted,
        "cpu_seconds": round(result.cpu_seconds, 3),
        "audio_seconds": round(result.audio_seconds, 3),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "decodes": result.decodes,
        "model": engine.model.name,
        "draft_model": draft.name if draft is not None else None,
        "engine": engine.name,
        "device": engine.device,
    }
