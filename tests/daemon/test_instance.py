"""One service for each person."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sayso.errors import AlreadyRunning, StorageError
from sayso.instance import InstanceLock

HOLD = """
import sys
from pathlib import Path
from sayso.instance import InstanceLock
with InstanceLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_says_who_runs_until_the_first_has_gone(tmp_path: Path) -> None:
    file = tmp_path / "run" / "lock"
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdin is not None
    assert first.stdout is not None
    with first:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning, match=f"process {first.pid} .*python.*sayso status.*kill {first.pid}"):
            InstanceLock(file).__enter__()
        first.kill()
    with InstanceLock(file):
        assert file.read_text() == f"{os.getpid()}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_lock_that_cannot_be_kept_is_an_error_that_names_its_place(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("not a folder")
    with pytest.raises(StorageError, match="run/lock"):
        InstanceLock(tmp_path / "run" / "lock").__enter__()
