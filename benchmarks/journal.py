"""What the journal costs the live flow: python benchmarks/journal.py [--model M] [--limit N] [--rounds N] …

The same recording is dictated with the journal off, on, on a full disk and on a slow one, in turn and by the same
engine, so that whatever else this machine does meets all of them alike. With the journal on everything is kept, as
where sayso learns: sealed pieces while it is spoken, then FLAC and a row.
"""

from __future__ import annotations

import argparse
import errno
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from baselines import measure_offline
from figures import table
from isolation import Neighbours, alone
from live import Dictation, Listener
from recordings import PAUSE_SECONDS, Recording, clips_in, joined
from run import DATA
from scoring import words_of
from weights import Weights

from sayso.errors import SaysoError
from sayso.journal.keys import find_key
from sayso.journal.spool import Disk
from sayso.journal.thread import JournalThread
from sayso.latency import SpokenWord, commit_latencies, percentile
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.typist.recording import RecordingTypist

SLOW_WRITE_SECONDS = 0.05  # a network share on a bad day …
SLOW_SYNC_SECONDS = 2.0  # … or a memory card
LIMIT_PERCENT = 5.0  # by so much the 95th percentile may differ
DRAWS = 2_000  # of the bootstrap


class FullDisk(Disk):
    """No room at all."""

    def write(self, fd: int, data: memoryview) -> int:
        """Refuse."""
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class SlowDisk(Disk):
    """Everything takes its time."""

    def write(self, fd: int, data: memoryview) -> int:
        """Write, late."""
        time.sleep(SLOW_WRITE_SECONDS)
        return super().write(fd, data)

    def sync(self, fd: int) -> None:
        """Sync, much later."""
        time.sleep(SLOW_SYNC_SECONDS)
        super().sync(fd)


DISKS: dict[str, Disk | None] = {
    "off": None,
    "on": Disk(),
    "on a full disk": FullDisk(),
    "on a slow disk": SlowDisk(),
}


def main() -> int:
    """Measure each way in turn, and compare their commit latencies."""
    options = _options()
    folder: Path = options.clips
    if not (folder / "transcripts.jsonl").is_file():
        print("no recordings: name a folder with a transcripts.jsonl ({file, text} a line): --clips FOLDER")
        return 1
    clips = [*clips_in(folder, options.limit)]
    recording = joined(clips, PAUSE_SECONDS)
    try:
        spoken = alone(measure_offline, Weights(options.model), recording).spoken
        dictation = Dictation.with_weights(Weights(options.model))
    except SaysoError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 1
    print(
        f"{options.model} · {len(clips)} clips, {recording.seconds / 60:.1f} min · pace {options.pace}", end="\n\n"
    )
    neighbours = Neighbours()
    latencies: dict[str, list[float]] = {way: [] for way in DISKS}
    _latencies(dictation, recording, spoken, None, Pace.FAST)  # the first decodes are slower than all others
    for turn in range(options.rounds):
        for way in _in_turn(turn):
            print(f"round {turn + 1}: {way}", file=sys.stderr, flush=True)
            latencies[way] += _latencies(dictation, recording, spoken, DISKS[way], Pace(options.pace))
    print(*table(_cells(way, latencies) for way in DISKS), sep="\n")
    print(f"\nothers took {neighbours.percent():.0f} % of the machine meanwhile")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, default=DATA / "speech", help="a folder with transcripts.jsonl")
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--limit", type=int, help="only the first so many clips")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--pace", choices=[Pace.CLOCK.value, Pace.REALTIME.value], default=Pace.CLOCK.value)
    return parser.parse_args()


def _in_turn(turn: int) -> list[str]:
    """All ways; each comes as often first as last."""
    ways, at = list(DISKS), turn % len(DISKS)
    return ways[at:] + ways[:at]


def _latencies(
    dictation: Dictation, recording: Recording, spoken: Sequence[SpokenWord], disk: Disk | None, pace: Pace
) -> tuple[float, ...]:
    listener = Listener()
    dictation.detector.reset()
    with tempfile.TemporaryDirectory() as folder:
        find = partial(find_key, choice="file")
        journal = None
        if disk is not None:
            find(Path(folder) / "journal")
            journal = JournalThread(Path(folder), lambda _: None, find, learns=lambda: True, disk=disk)
        replay(
            dictation.settings,
            dictation.engine,
            dictation.detector,
            RecordingTypist(),
            recording.audio,
            OPEN_THROUGHOUT,
            pace,
            listener,
            journal,
        )
    return commit_latencies(listener.window.words(words_of), spoken).seconds


def _cells(way: str, latencies: dict[str, list[float]]) -> dict[str, str]:
    mine, without = latencies[way], latencies["off"]
    low, high = interval(mine, without)
    off_by = 100 * (percentile(mine, 0.95) / percentile(without, 0.95) - 1)
    return {
        "journal": way,
        "words": str(len(mine)),
        "commit p50": f"{percentile(mine, 0.5):.3f} s",
        "p95": f"{percentile(mine, 0.95):.3f} s",
        "against off": "" if way == "off" else f"{off_by:+.1f} % ({low:+.1f} to {high:+.1f})",
        f"within {LIMIT_PERCENT:g} %": "" if way == "off" else "yes" if abs(off_by) <= LIMIT_PERCENT else "no",
    }


def interval(mine: Sequence[float], others: Sequence[float], seed: int = 1) -> tuple[float, float]:
    """Between which percentages the difference of the 95th percentiles lies in 95 of 100 draws (bootstrap).

    Where both have the same words, which is nearly always, the draws are of words and so of both at once.
    """
    chance = random.Random(seed)
    drawn: list[float] = []
    for _ in range(DRAWS):
        at = chance.choices(range(len(mine)), k=len(mine))
        their = at if len(mine) == len(others) else chance.choices(range(len(others)), k=len(others))
        of_mine, of_others = ([values[n] for n in some] for values, some in ((mine, at), (others, their)))
        drawn.append(100 * (percentile(of_mine, 0.95) / percentile(of_others, 0.95) - 1))
    drawn.sort()
    return drawn[DRAWS // 40], drawn[-DRAWS // 40]


if __name__ == "__main__":
    sys.exit(main())
