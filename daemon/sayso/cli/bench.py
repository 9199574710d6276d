"""`sayso bench`: each model on each engine in each compute type, on this machine, on a spoken sample."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sayso import paths
from sayso.devices.probe import probe
from sayso.engines import require_engine
from sayso.errors import ModelError, SaysoError
from sayso.models import ModelStore, current
from sayso.trials import Outcome, Trial
from sayso.trials.apart import tried
from sayso.trials.kept import KeptTrials
from sayso.trials.picture import draw
from sayso.trials.plan import trials, usable_engines

PICTURE = Path("sayso-bench.png")
MOST_THREADS = 1024  # as engine.threads


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "bench",
        help="how fast which model is on which engine here",
        description="Decodes a spoken sample of 15 s by each, in a process of its own. The figures are as good as "
        "the machine is idle; the words of so short a sample only show what is badly wrong.",
        allow_abbrev=False,
    )
    parser.add_argument("--model", nargs="+", metavar="M", help="default: all in the store")
    parser.add_argument("--engine", nargs="+", metavar="E", help="default: all whose packages are installed")
    parser.add_argument(
        "--compute-type", nargs="+", default=[], metavar="T", help="default: the usual ones of each"
    )
    parser.add_argument("--device", nargs="+", metavar="D", help="default: cpu, and cuda where there is a card")
    parser.add_argument("--threads", type=_count, metavar="N", help="CPU threads; default: as the engine picks")
    parser.add_argument("--json", action="store_true", help="one JSON object a line in place of the table")
    parser.add_argument(
        "--picture", type=_png, default=PICTURE, metavar="FILE", help=f"PNG to write; default: {PICTURE}"
    )
    parser.set_defaults(execute=execute)


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 4 or not 1 <= int(text) <= MOST_THREADS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of threads; give 1 to {MOST_THREADS}")
    return int(text)


def _png(text: str) -> Path:
    if Path(text).suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a picture; give one that ends in .png")
    return Path(text)


def execute(options: argparse.Namespace) -> int:
    """Try all, one after the other; fails if none worked."""
    store, kept = ModelStore(paths.models_dir()), KeptTrials()
    models = {name: current.resolve(store, name) for name in options.model or _in_store(store)}
    for engine in options.engine or ():
        require_engine(engine)
    devices = options.device or (["cpu", "cuda"] if probe().gpus else ["cpu"])
    results: list[tuple[Trial, Outcome]] = []
    for trial in trials(
        list(models), options.engine or usable_engines(), options.compute_type, devices, options.threads
    ):
        print(f"{trial.model}: {trial.engine} {trial.compute_type} on {trial.device} …", file=sys.stderr)
        outcome = tried(trial)
        kept.keep(trial, models[trial.model], outcome)
        results.append((trial, outcome))
        if options.json:
            row = {**asdict(trial), **asdict(outcome), "wer_percent": round(outcome.wer_percent, 2)}
            print(json.dumps(row), flush=True)
    if not options.json:
        _show(results)
    if not any(not outcome.problem for _, outcome in results):
        return 1
    try:
        draw(results, options.picture)
        print(f"picture: {options.picture}", file=sys.stderr)
    except SaysoError as error:
        print(f"sayso: {error}", file=sys.stderr)
        return 1
    return 0


def _in_store(store: ModelStore) -> list[str]:
    names = store.names()
    if not names:
        raise ModelError("there is no model in the store; run: sayso models import tiny.en")
    return names


def _show(results: list[tuple[Trial, Outcome]]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("model")
    table.add_column("engine")
    table.add_column("on")
    for heading in ("real-time factor", "5 s take", "loads in", "memory", "cores", "words wrong"):
        table.add_column(heading, justify="right")
    for trial, outcome in results:
        if not outcome.problem:
            table.add_row(*_row(trial, outcome))
    # A pipe is not 80 columns wide: what reads it wants whole rows.
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(table)
    for trial, outcome in results:
        if outcome.problem:
            print(f"{trial.model} on {trial.engine} {trial.compute_type}, {trial.device}: {outcome.problem}")


def _row(trial: Trial, outcome: Outcome) -> tuple[str, ...]:
    return (
        trial.model,
        f"{trial.engine} {outcome.compute_type}",
        outcome.device,
        f"{outcome.real_time_factor:.3f}",
        f"{outcome.partial_seconds:.2f} s",
        f"{outcome.load_seconds:.1f} s",
        f"{outcome.peak_rss_mb:.0f} MB" + (f" + {outcome.card_mb:.0f} on the card" if outcome.card_mb else ""),
        f"{outcome.cpu_cores:.1f}",
        f"{outcome.errors} of {outcome.words}",
    )
