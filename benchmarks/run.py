"""Print the figures of `benchmarks/README.md`: python benchmarks/run.py [--model M…] [--clips FOLDER…] …"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

import targets
from baselines import Offline, measure_after_silence, measure_offline
from figures import Figures, Way, cells, table
from isolation import Neighbours, alone
from live import measure_hands_free, measure_held, measure_let_go
from recordings import PAUSE_SECONDS, TONE_DBFS, Recording, clips_in, joined
from rival import TUNINGS, measure_rival, missing
from scoring import words_of
from weights import Weights

from sayso.errors import SaysoError
from sayso.latency import SpokenWord

DATA = Path(os.environ.get("SAYSO_BENCH_DATA", "../shared/data"))
PARTS = ("live", "hold", "release", "offline", "silence", "rival")


def main() -> int:
    """Measure every way with each model on one recording."""
    options = _options()
    folders = [folder for folder in options.clips if (folder / "transcripts.jsonl").is_file()]
    if not folders:
        print("no recordings: name folders with a transcripts.jsonl ({file, text} a line): --clips FOLDER…")
        return 1
    try:
        return _measure(options, folders)
    except SaysoError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    default = [DATA / name for name in ("speech", "general")]
    parser.add_argument("--clips", type=Path, nargs="+", default=default, help="folders with transcripts.jsonl")
    parser.add_argument("--model", nargs="+", default=["tiny.en", "base"])
    parser.add_argument("--limit", type=int, help="only the first so many clips of each folder")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="which ways; default: all")
    parser.add_argument("--pause", type=float, default=PAUSE_SECONDS, metavar="SECONDS", help="between two clips")
    parser.add_argument(
        "--tone-dbfs", type=float, default=TONE_DBFS, help="level of the pauses' room tone; -inf is digital zero"
    )
    parser.add_argument(
        "--set", type=_setting, nargs="+", default=[], metavar="KEY=VALUE", help="other settings for sayso's ways"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the raw figures")
    return parser.parse_args()


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is no KEY=VALUE, such as streaming.rewrite=true")
    return key, value


def _measure(options: argparse.Namespace, folders: Sequence[Path]) -> int:
    clips = [clip for folder in folders for clip in clips_in(folder, options.limit)]
    recording = joined(clips, options.pause, options.tone_dbfs)
    words = sum(len(words_of(part.reference)) for part in recording.parts)
    about = {
        "date": str(date.today()),
        "machine": f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "python": f"Python {platform.python_version()}",
        "engine": f"CTranslate2 {version('ctranslate2')}, faster-whisper {version('faster-whisper')}, int8",
        "recording": f"{len(clips)} clips, {words} words, {recording.seconds / 60:.1f} min",
        "pauses": f"pauses of {options.pause:g} s at {options.tone_dbfs:g} dBFS",
        **{key: f"{key}: {value}" for key, value in options.set},
    }
    print(" · ".join(about.values()), end="\n\n", flush=True)
    rows: list[Figures] = []
    neighbours = Neighbours()
    for line in table(cells(row) for row in _each(rows, options, recording)):
        print(line, flush=True)
    about["neighbours"] = f"others took {neighbours.percent():.0f} % of the machine meanwhile"
    print(f"\n{about['neighbours']}")
    for reason in dict.fromkeys(missing(way) for way in TUNINGS if "rival" in options.only):
        if reason:
            print(f"\n{reason}")
    verdicts = [
        verdict
        for model in options.model
        for verdict in targets.verdicts(model, {row.way: row for row in rows if row.model == model})
    ]
    print("", *table([targets.cells(verdict) for verdict in verdicts]), sep="\n")
    if options.json:
        raw = {**about, "rows": [asdict(row) for row in rows], "targets": [asdict(v) for v in verdicts]}
        options.json.write_text(json.dumps(raw, indent=1) + "\n", encoding="utf-8")
    return 0


def _each(rows: list[Figures], options: argparse.Namespace, recording: Recording) -> Iterator[Figures]:
    """Measure, and keep each row: the whole takes an hour and more, and is seen as it comes."""
    for model in options.model:
        for row in _of_model(Weights(model, others=tuple(options.set)), recording, options.only):
            rows.append(row)
            yield row


def _of_model(weights: Weights, recording: Recording, parts: Sequence[str]) -> Iterator[Figures]:
    """Measure the chosen ways, each in a process of its own; all of them are timed by the same offline pass."""
    offline: Offline | None = None
    spoken: tuple[SpokenWord, ...] = ()
    if set(parts) & {"live", "offline", "silence", "rival"}:
        _say(weights, Way.OFFLINE)
        offline = alone(measure_offline, weights, recording)
        spoken = offline.spoken
    if "live" in parts:
        _say(weights, Way.LIVE)
        yield alone(measure_hands_free, weights, recording, spoken)
    if "hold" in parts:
        _say(weights, Way.HOLD)
        yield alone(measure_held, weights, recording)
    if "release" in parts:
        _say(weights, Way.RELEASE)
        yield alone(measure_let_go, weights, recording)
    if offline:
        yield offline.figures
    if "silence" in parts:
        _say(weights, Way.SILENCE)
        yield alone(measure_after_silence, weights, recording, spoken)
    for way in TUNINGS if "rival" in parts else ():
        if missing(way) is None:
            _say(weights, way)
            yield alone(measure_rival, weights, recording, spoken, way)


def _say(weights: Weights, way: Way) -> None:
    print(f"measuring {weights.model}: {way}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
