"""Every engine on the same clips: words, speed, and the shortest window in which each is reliable.

    python benchmarks/engines.py --model tiny.en --engines ctranslate2/int8 whispercpp/q8_0 --floors 500 1000 3000

All decode greedily, each clip by itself, so that what differs is the engine, its precision and its window.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from figures import table
from isolation import alone, peak_rss_mb
from rapidfuzz.distance import Levenshtein
from recordings import Clip, clips_in
from scoring import Errors, words_of

from sayso import paths
from sayso.audio import SAMPLE_RATE_HZ, Pcm, seconds
from sayso.engines import EngineOptions, Window, load_engine
from sayso.engines.whisper_engine import WhisperEngine
from sayso.engines.whisper_session import MAX_FRAMES
from sayso.models import ModelStore
from sayso.recording import read_recording
from sayso.surroundings import prepare

LONGEST_SECONDS = 28.0  # a window of Whisper is 30 s; greedily, small models loop on long ones in short windows
SHORT_SECONDS = 5.0  # what a partial decode sees
REPEATS = 5
DEFAULT_ENGINES = (
    "ctranslate2/float32",
    "ctranslate2/int8",
    "whispercpp/f16",
    "whispercpp/q8_0",
    "whispercpp/q5_0",
    "onnx/float32",
    "torch/float32",
)
DEFAULT_FLOORS = (3000,)


@dataclass(frozen=True, slots=True)
class Task:
    """One row: an engine at a precision with windows of at least so many frames."""

    engine: str
    compute_type: str
    model: str
    floor: int
    threads: int
    clips: tuple[Clip, ...]
    longest_seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """What it made of the clips.

    Attributes:
        errors: of all words.
        factor: computing by the clock per second of audio, finals.
        short_seconds: a decode of five seconds takes, in the middle.
        peak_rss_mb: of the process, loading included.

    """

    errors: Errors
    factor: float
    short_seconds: float
    peak_rss_mb: float


def main() -> int:
    """Print a table; returns the exit status."""
    options = _options()
    data = Path(os.environ.get("SAYSO_BENCH_DATA", "../shared/data"))
    folders = options.clips or [data / "speech", data / "general"]
    clips = tuple(clip for folder in folders for clip in clips_in(folder, options.limit))
    rows = []
    for task in _tasks(options, clips):
        print(f"measuring {task.model}: {task.engine}/{task.compute_type}, {task.floor} frames", file=sys.stderr)
        rows.append(_row(task, alone(measure, task)))
    print("\n".join(table(rows)))
    return 0


def measure(task: Task) -> Result:
    """Decode all clips, then five seconds of the first long one several times over."""
    prepare()
    model = ModelStore(paths.models_dir()).resolve(task.model)
    floors = {f"{task.engine}/{task.compute_type}": task.floor}
    model = replace(model, manifest=replace(model.manifest, floors=floors))
    options = EngineOptions(device="cpu", compute_type=task.compute_type, threads=task.threads, beam_size=1)
    engine = load_engine(task.engine, model, options)
    assert isinstance(engine, WhisperEngine)
    errors, spent, heard = Errors(), 0.0, 0.0
    short: Pcm | None = None
    for clip in task.clips:
        audio = read_recording(clip.path)
        if seconds(len(audio)) > task.longest_seconds:
            continue
        began = time.perf_counter()
        decoding = engine.session("en").partial(Window(audio, 0))
        spent += time.perf_counter() - began
        heard += seconds(len(audio))
        spoken = words_of(clip.reference)
        text = words_of("".join(word.text for word in decoding.words))
        errors += Errors(Levenshtein.distance(spoken, text), len(spoken))
        if short is None and seconds(len(audio)) >= SHORT_SECONDS:
            short = audio[: round(SHORT_SECONDS * SAMPLE_RATE_HZ)]
    assert short is not None
    return Result(errors, spent / heard, median(_short(engine, short)), peak_rss_mb())


def _short(engine: WhisperEngine, audio: Pcm) -> Iterator[float]:
    for _ in range(REPEATS):
        session = engine.session("en")
        began = time.perf_counter()
        session.partial(Window(audio, 0))
        yield time.perf_counter() - began


def _tasks(options: argparse.Namespace, clips: tuple[Clip, ...]) -> Iterator[Task]:
    for model in options.model:
        for name in options.engines:
            engine, _, compute_type = name.partition("/")
            for floor in options.floors:
                yield Task(
                    engine, compute_type, model, min(floor, MAX_FRAMES), options.threads, clips, options.longest
                )


def _row(task: Task, result: Result) -> dict[str, str]:
    return {
        "model": task.model,
        "engine": f"{task.engine}/{task.compute_type}",
        "least window": f"{task.floor / 100:g} s",
        "WER": f"{result.errors.percent:.2f} %",
        "real-time factor": f"{result.factor:.3f}",
        "5 s take": f"{result.short_seconds:.3f} s",
        "peak RSS": f"{result.peak_rss_mb:.0f} MB",
    }


def _options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", nargs="+", default=["tiny.en", "base"])
    parser.add_argument("--engines", nargs="+", default=DEFAULT_ENGINES, metavar="ENGINE/PRECISION")
    parser.add_argument("--floors", nargs="+", type=int, default=DEFAULT_FLOORS, metavar="FRAMES")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--clips", type=Path, nargs="+", help="folders with transcripts.jsonl")
    parser.add_argument("--longest", type=float, default=LONGEST_SECONDS, metavar="SECONDS", help="of a clip")
    parser.add_argument("--limit", type=int, help="only the first so many clips of each folder")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
