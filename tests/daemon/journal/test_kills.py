"""Whatever moment a dictation is killed at, no word of it is lost and none comes twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from tests.daemon.journal.killing import LAG_SECONDS, PIECE_SECONDS, SPEED

LIFE_SECONDS = 10.0  # what one may take on a busy machine


def lives(seed: int, count: int) -> list[dict[str, Any]]:
    """What came of so many lives, in a process that may fork."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.daemon.journal.killing", str(seed), str(count)],
        capture_output=True,
        text=True,
        timeout=60 + count * LIFE_SECONDS,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.returncode, done.stderr[-4_000:]) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("seed", "count"), [(7, 50), pytest.param(2_026, 1_000, marks=[pytest.mark.soak, pytest.mark.timeout(3_600)])]
)
def test_of_a_dictation_killed_at_any_moment_no_word_is_lost_and_none_is_there_twice(
    seed: int, count: int
) -> None:
    told = lives(seed, count)
    killed = [life for life in told if life["status"] == -9]
    recovered = [life for life in told if any(row[0] == "recovered" for row in life["rows"])]
    missing = sorted(life["missing_seconds"] for life in told)
    sys.stdout.write(
        f"{len(killed)} of {len(told)} killed, {len(recovered)} with something recovered; at most "
        f"{missing[-1]:.3f} s of voice missing at {SPEED:g} times the speed of speech\n"
    )
    assert len(told) == count
    assert len(killed) > count * 0.5  # the others had ended by then
    assert len(recovered) > count * 0.2
    assert [life for life in told if life["lost"] or life["twice"] or life["both"]] == []
    assert [life for life in told if life["left"] or life["damaged"]] == []
    assert missing[count * 9 // 10] <= 0.5
    # What the machine's slowness costs counts `SPEED` times here: at the speed of speech this is half a second.
    assert missing[-1] <= PIECE_SECONDS + SPEED * LAG_SECONDS
