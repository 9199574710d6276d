"""The watch over lockers that tell nobody: real processes, with the names that the test gives them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.daemon.away.fake_proc import USER, FakeProc
from tests.desktop.bus.test_away import Desk

from sayso.away import locker_watch
from sayso.away.look import Lockers
from sayso.away.watch import AwayWatch

LOOK_SECONDS = 0.05


class Bench:
    """A watch without any bus, and the processes that it sees."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk()
        self.proc = FakeProc(folder)
        self.watch = AwayWatch(self.desk, Lockers(folder, USER))

    @contextmanager
    def running(self, name: str, parent: int = 1) -> Iterator[subprocess.Popen[bytes]]:
        """A process of that name; it may be ended before."""
        with subprocess.Popen(["sleep", "60"]) as process:
            self.proc.runs(process.pid, name, parent=parent)
            try:
                yield process
            finally:
                self.end(process)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.terminate()
            process.wait()
            self.proc.ends(process.pid)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        monkeypatch.setenv(name, "unix:path=/nowhere")
    monkeypatch.setattr(locker_watch, "LOOK_SECONDS", LOOK_SECONDS)
    bench = Bench(tmp_path)
    bench.watch.start()
    yield bench
    bench.watch.stop()
    assert bench.desk.rest == []


def test_who_is_listened_to_is_away_from_the_lockers_beginning_to_its_end(bench: Bench) -> None:
    bench.watch.attend(True)
    with bench.running("i3lock"):
        assert bench.desk.next == "left"
        bench.watch.attend(False)
        assert bench.desk.is_quiet_for(4 * LOOK_SECONDS)
    assert bench.desk.next == "back"


def test_a_locker_is_the_end_of_nothing_while_nobody_is_listened_to(bench: Bench) -> None:
    with bench.running("i3lock"):
        assert bench.desk.is_quiet_for(4 * LOOK_SECONDS)


def test_the_last_of_several_lockers_unlocks_the_screen(bench: Bench) -> None:
    bench.watch.attend(True)
    with bench.running("swaylock") as parent, bench.running("swaylock", parent.pid):
        assert bench.desk.next == "left"
        bench.end(parent)  # as one does that goes on in the background
        assert bench.desk.is_quiet_for(4 * LOOK_SECONDS)
    assert bench.desk.next == "back"


def test_one_that_somebody_else_saw_is_told_though_it_has_gone_by_then(bench: Bench) -> None:
    bench.watch.saw_locker()
    assert (bench.desk.next, bench.desk.next) == ("left", "back")
    with bench.running("slock"):
        bench.watch.saw_locker()
        assert bench.desk.next == "left"
        bench.watch.saw_locker()
        assert bench.desk.is_quiet_for(4 * LOOK_SECONDS)
    assert bench.desk.next == "back"


def test_where_the_kernel_gives_no_file_for_an_end_it_is_looked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "pidfd_open", refuse)
    bench.watch.attend(True)
    with bench.running("hyprlock"):
        assert bench.desk.next == "left"
        assert bench.desk.is_quiet_for(4 * LOOK_SECONDS)
    assert bench.desk.next == "back"


def test_a_watch_that_ends_behind_a_locker_leaves_no_file_open(bench: Bench) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    bench.watch.attend(True)
    with bench.running("waylock"):
        assert bench.desk.next == "left"
        bench.watch.stop()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
