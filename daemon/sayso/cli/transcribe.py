"""`sayso transcribe`: recordings → text, offline."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from sayso.cli.options import add_settings_options, settings_from
from sayso.engines import Engine, Transcription
from sayso.errors import AudioFileError
from sayso.loading import engine_from, language_of
from sayso.recording import read_recording


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser("transcribe", help="transcribe recordings, offline", allow_abbrev=False)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="audio in any common format")
    parser.add_argument("--format", choices=("txt", "json"), default="txt", help="default: txt")
    add_settings_options(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Transcribe each file; a file that cannot be read does not keep the others from it."""
    settings = settings_from(options)
    failed = False
    engine: Engine | None = None
    for path in options.files:
        try:
            audio = read_recording(path)
        except AudioFileError as error:
            print(f"sayso: {error}", file=sys.stderr)
            failed = True
            continue
        engine = engine or engine_from(settings, live=False)
        transcription = engine.transcribe(audio, language_of(settings))
        if options.format == "json":
            print(json.dumps(as_json(path, transcription, engine), ensure_ascii=False), flush=True)
        else:
            print(transcription.text, flush=True)
    return 1 if failed else 0


def as_json(path: Path, transcription: Transcription, engine: Engine) -> dict[str, Any]:
    """The object that `--format json` prints for a file; times in seconds."""
    return {
        "file": os.fsencode(path).decode(errors="replace"),
        "text": transcription.text,
        "language": transcription.language,
        "model": engine.model.name,
        "engine": engine.name,
        "device": engine.device,
        "segments": [
            {
                "start": round(segment.start_seconds, 3),
                "end": round(segment.end_seconds, 3),
                "text": segment.text,
                "words": [
                    {
                        "word": word.text.strip(),
                        "start": round(word.start_seconds, 3),
                        "end": round(word.end_seconds, 3),
                        "confidence": round(word.confidence, 3),
                    }
                    for word in segment.words
                ],
            }
            for segment in transcription.segments
        ],
    }
