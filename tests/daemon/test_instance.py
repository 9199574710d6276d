"""One service for each person."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sayso import instance
from sayso.errors import AlreadyRunning, StorageError
from sayso.instance import InstanceLock, journal_lock

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
    with pytest.raises(StorageError, match=r"run/lock.*XDG_RUNTIME_DIR"):
        InstanceLock(tmp_path / "run" / "lock").__enter__()


def test_a_file_system_without_locks_is_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StorageError, match=r"journal\.lock: No locks available.*XDG_STATE_HOME"):
        journal_lock().take()


@pytest.mark.parametrize(
    ("command", "who"),
    [
        (" (sayso run)", r"process \d+ \(sayso run\)"),
        (" (firefox)", "another sayso, perhaps on"),
        ("", "another sayso"),
    ],
)
def test_who_has_the_journal_is_said_and_nobody_s_process_is_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, who: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(instance, "command_of", lambda _: command)
    with (
        journal_lock(),
        pytest.raises(AlreadyRunning, match=f"{who}.* has the journal in {tmp_path}.*End it"),
    ):
        journal_lock().take()
    journal_lock().take().release()
