"""Print the figures of `benchmarks/README.md`: python benchmarks/run.py [--clips FOLDER…] [--model M…]."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import date
from pathlib import Path

from live import Totals, clips_in, measure

from sayso.config import load_settings
from sayso.loading import engine_from
from sayso.vad import make_detector

DATA = Path(os.environ.get("SAYSO_BENCH_DATA", "../shared/data"))


def main() -> int:
    """Measure each model on each folder of clips."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, nargs="+", help="folders with transcripts.jsonl")
    parser.add_argument("--model", nargs="+", default=["tiny.en", "base"])
    parser.add_argument("--limit", type=int, help="only the first so many clips of each folder")
    options = parser.parse_args()
    folders = options.clips or [DATA / name for name in ("speech", "general")]
    folders = [folder for folder in folders if (folder / "transcripts.jsonl").is_file()]
    if not folders:
        print("no recordings: name folders with a transcripts.jsonl ({file, text} a line): --clips FOLDER…")
        return 1
    cores = len(os.sched_getaffinity(0))
    print(f"{date.today()} · {platform.machine()}, {cores} cores · Python {platform.python_version()}")
    for number, (model, folder) in enumerate((m, f) for m in options.model for f in folders):
        settings = load_settings(None, {"engine.model": model})
        engine, detector, totals = engine_from(settings), make_detector(), Totals()
        for clip in clips_in(folder, options.limit):
            measure(clip, settings, engine, detector, totals)
        row = {"model": model, "clips": folder.name, **totals.row()}
        if number == 0:
            print("| " + " | ".join(row) + " |")
            print("|" + "---|" * len(row))
        print("| " + " | ".join(row.values()) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
