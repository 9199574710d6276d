"""A disk that is full, slow, away or not to be written: it is told, dictation goes on, nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from tests.daemon.journal.spooling import (
    PIECE,
    TEXT,
    Net,
    begun,
    hand_over,
    spoken,
    tone,
    until_on_disk,
)

from sayso.audio import Pcm
from sayso.events import (
    Problem,
    ProblemCleared,
    ProblemName,
    UtteranceDelivered,
    UtteranceFailed,
)
from sayso.journal import Outcome, thread
from sayso.journal.spool import Disk, read_spool


def test_a_folder_that_cannot_be_written_is_told_once_and_dictation_goes_on(tmp_path: Path) -> None:
    blocker = tmp_path / "state"
    blocker.write_text("a file where a folder should be")
    net = Net(tmp_path / "state")
    net.take(*spoken(1), UtteranceDelivered(1), *spoken(2), UtteranceFailed(2, TEXT))  # type: ignore[arg-type]
    assert net.told.problems == [ProblemName.STORAGE_FAILED]
    assert "dictation goes on" in net.told.messages[0]
    assert "XDG_STATE_HOME" in net.told.messages[0]
    assert f"because {blocker} is no folder" in net.told.messages[0]
    assert "Free" not in net.told.messages[0]


def test_when_the_folder_can_be_written_again_the_problem_is_over_and_no_audio_is_missing(tmp_path: Path) -> None:
    blocker = tmp_path / "spool"
    net = Net(tmp_path)
    net.key  # noqa: B018  # it was there before
    blocker.write_text("")
    with net.running() as journal:
        hand_over(journal, begun(1), (1, tone(PIECE)))
        net.told.wait(1)
        assert f"because {blocker} is no folder" in net.told.messages[0]
        blocker.unlink()
        journal.hear(1, tone(PIECE))
    assert [type(event) for event in net.told.events] == [Problem, ProblemCleared]
    spooled = read_spool(net.spooled[0], net.key.private)
    assert spooled is not None
    assert np.array_equal(spooled.audio, np.concatenate((tone(PIECE), tone(PIECE))))


FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from tests.daemon.journal.spooling import *
net = Net(Path(sys.argv[1]))
net.key
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
with net.running() as journal:
    journal.begin(begun(1))
    for _ in range(5):
        journal.hear(1, tone(PIECE))
    net.told.wait(1)
    if sys.argv[2] == "room":
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        net.told.wait(2)
print(*(event.name for event in net.told.events))
"""


@pytest.mark.parametrize(
    ("room", "pieces", "told"),
    [("none", 2, [ProblemName.STORAGE_FAILED]), ("room", 5, [ProblemName.STORAGE_FAILED] * 2)],
)
def test_a_disk_that_fills_up_is_told_once_and_what_did_not_fit_is_written_when_there_is_room(
    net: Net, room: str, pieces: int, told: list[ProblemName]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, str(net.state), room],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.split() == told
    spooled = read_spool(net.spooled[0], net.key.private)
    assert spooled is not None
    assert len(spooled.audio) == pieces * PIECE


class SlowDisk(Disk):
    """A disk on which everything takes until the test says so."""

    def __init__(self, *, writes: bool) -> None:
        self.goes_on = threading.Event()
        self.waited = threading.Event()
        self._writes = writes

    def write(self, fd: int, data: memoryview) -> int:
        if self._writes:
            self.waited.set()
            assert self.goes_on.wait(10)
        return super().write(fd, data)

    def sync(self, fd: int) -> None:
        self.waited.set()
        assert self.goes_on.wait(10)
        super().sync(fd)


def test_a_disk_that_is_slow_to_sync_holds_up_no_writing(tmp_path: Path) -> None:
    disk = SlowDisk(writes=False)
    net = Net(tmp_path, disk=disk)
    with net.running() as journal:
        net.key  # noqa: B018  # see above
        hand_over(journal, begun(1), (1, tone(PIECE)))
        assert disk.waited.wait(10)
        journal.hear(1, tone(PIECE))
        until_on_disk(net, 1, 2 * PIECE)
        disk.goes_on.set()


def test_a_disk_that_hangs_holds_up_nobody_and_costs_no_more_memory_than_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "MEMORY_BYTES", 10 * 2 * PIECE)
    disk = SlowDisk(writes=True)
    net = Net(tmp_path, disk=disk)
    with net.running() as journal:
        net.key  # noqa: B018  # see above
        hand_over(journal, begun(1), (1, tone(PIECE)))
        assert disk.waited.wait(10)
        began = time.monotonic()
        for _ in range(100):
            journal.hear(1, tone(PIECE))
        assert time.monotonic() - began < 1.0
        hand_over(journal, begun(2), UtteranceFailed(1))
        disk.goes_on.set()
        net.told.wait(1)
        hand_over(journal, (2, tone(PIECE)))  # there is room again
    first, second = (read_spool(path, net.key.private) for path in net.spooled)
    assert first is not None
    assert second is not None
    assert (len(first.audio), len(second.audio)) == (10 * PIECE, PIECE)


def test_nothing_that_one_utterance_brings_ends_the_journal(net: Net, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(np.ndarray):  # type: ignore[type-arg]
        def tobytes(self, order: object = "C") -> bytes:
            raise ValueError("secret words")

    broken: Pcm = tone(100).view(Broken)
    net.take(begun(1), (1, broken), *spoken(2), UtteranceFailed(2, "heard"))  # type: ignore[arg-type]
    assert net.kept == {2: (Outcome.UNDELIVERED, "heard", 2 * PIECE)}
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
