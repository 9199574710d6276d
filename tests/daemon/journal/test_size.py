"""A journal of years is as quick to look into as one of a day."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.daemon.journal.keeping import noise, said

from sayso.journal import Begun, Line, Outcome, Spooled
from sayso.journal import reading as read
from sayso.journal.database import Database
from sayso.journal.forgetting import forget
from sayso.journal.keys import find_key
from sayso.journal.numbers import next_number
from sayso.journal.sealing import Seal, new_key
from sayso.journal.writing import _row, add

MANY = 100_000
MOST_SECONDS = 0.1


def fill(db: Database, count: int) -> None:
    """As many utterances as `add` makes, without their audio, and in one transaction."""
    text = "the quick brown fox jumps over the lazy dog and then some other words that are said today by me"
    template, silent = said(1, text), np.zeros(0, np.int16)
    with db.transaction() as connection:
        for number in range(1, count + 1):
            key, begun = new_key(), Begun(number, 1e9 + number, f"app{number % 20}", "tiny.en", "ctranslate2")
            spooled = Spooled(begun, silent, template, text)
            sealed_key = db.seal.close(key, f"utterance {number} key")
            row = _row(db, spooled, Outcome.DELIVERED, Seal(key), sealed_key)
            connection.execute(f"INSERT INTO utterance VALUES ({', '.join('?' * len(row))}, 0)", row)
    db.empty_log()


@pytest.mark.alone
@pytest.mark.soak
def test_history_and_forgetting_one_of_100_000_take_less_than_100_ms_beyond_starting(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"}
    homes = {name: tmp_path / name for name in ("empty", "full")}
    folder = homes["full"] / "sayso" / "journal"
    with closing(Database(folder, find_key(folder, "file"), write=True)) as db:
        fill(db, MANY)
        add(db, Spooled(Begun(MANY + 1, 2e9), noise(), None, "the last"), Outcome.DELIVERED)
        for number in range(1, MANY + 1):
            db.audio_path(number).touch()

    def took(home: str, *command: str) -> float:
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "sayso", *command],
            env={**env, "XDG_STATE_HOME": str(homes[home])},
            check=False,
            capture_output=True,
        )
        return time.perf_counter() - began

    commands = (
        lambda n: ("history", "--limit", "20"),
        lambda n: ("forget", "--utterance", str(n), "--yes"),
    )
    for command in commands:
        pairs = [(took("empty", *command(n)), took("full", *command(n))) for n in range(50_000, 50_007)]
        empty, full = (statistics.median(pair[which] for pair in pairs) for which in (0, 1))
        figure(f"{MANY:,} utterances: {command(0)[0]} {full:.3f} s, of an empty journal {empty:.3f} s")
        beyond = statistics.median(full - empty for empty, full in pairs)
        assert beyond < MOST_SECONDS, command(0)[0]
    began = time.perf_counter()
    assert next_number(homes["full"] / "sayso") == MANY + 2
    beyond = time.perf_counter() - began
    figure(f"{MANY:,} utterances: a start takes {beyond * 1_000:.1f} ms longer")
    assert beyond < MOST_SECONDS


def test_what_a_list_and_forgetting_cost_does_not_grow_with_the_journal(tmp_path: Path) -> None:
    """The work alone, on a tenth of it: steps of SQLite, which no busy machine makes more."""
    steps: dict[int, tuple[int, int]] = {}
    for count in (1_000, 10_000):
        folder = tmp_path / str(count)
        with closing(Database(folder, find_key(folder, "file"), write=True)) as db:
            fill(db, count)
            counted = [0]

            def tick(counted: list[int] = counted) -> int:
                counted[0] += 1
                return 0

            db.connection.set_progress_handler(tick, 1)
            found = list(read.lines(db, 20))
            listed, counted[0] = counted[0], 0
            assert all(isinstance(line, Line) for line in found)
            forget(db, [count // 2], tmp_path / "spool")
            steps[count] = (listed, counted[0])
            db.connection.set_progress_handler(None, 0)
    assert steps[10_000][0] <= 1.1 * steps[1_000][0]
    assert steps[10_000][1] <= 1.1 * steps[1_000][1]


def test_the_next_number_is_known_without_a_key_and_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    with closing(Database(folder, find_key(folder, "file"), write=True)) as db:
        fill(db, 1_000)
        forget(db, [1_000], tmp_path / "spool")
    assert next_number(tmp_path) == 1_001
