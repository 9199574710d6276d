"""Which processes have locked a user's screen, and which of all must be looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.daemon.away.fake_proc import NOBODY, OTHER_USER, ROOT, USER, FakeProc

from sayso.away.lockers import ALL_SECONDS, LOCKERS, YOUNG_SECONDS, Seen, due, is_locker
from sayso.away.look import Lockers

I3LOCK = 4321


class Bench:
    """A look at processes at a time that is set."""

    def __init__(self, folder: Path) -> None:
        self.now = 1000.0
        self.proc = FakeProc(folder)
        self.lockers = Lockers(folder, USER, lambda: self.now)

    def look(self, seconds_later: float = 0.0) -> frozenset[int]:
        self.now += seconds_later
        return self.lockers.look()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize("name", LOCKERS)
def test_every_locker_is_known_by_its_process(bench: Bench, name: str) -> None:
    bench.proc.runs(I3LOCK, name)
    assert bench.look() == {I3LOCK}


def test_a_locker_that_nixos_wraps_is_known_by_what_the_kernel_keeps_of_its_name() -> None:
    assert is_locker(".swaylock-wrapped"[:15])
    assert is_locker(".i3lock-wrapped")


@pytest.mark.parametrize(
    "name", ["sway", "i3", "Hyprland", "hypridle", "swayidle", "xss-lock", "light-locker", "lock", "bash", "x"]
)
def test_what_runs_while_nothing_is_locked_is_no_locker(bench: Bench, name: str) -> None:
    bench.proc.runs(I3LOCK, name)
    assert bench.look() == set()


def test_another_users_locker_locks_another_screen(bench: Bench) -> None:
    bench.proc.runs(10, "bash", user=OTHER_USER)
    bench.proc.runs(I3LOCK, "swaylock", user=OTHER_USER, parent=10)
    assert bench.look() == set()


def test_a_locker_that_became_nobodys_counts_by_who_started_it_or_by_its_control_group(bench: Bench) -> None:
    bench.proc.runs(10, "xss-lock")
    bench.proc.runs(11, "slock", user=NOBODY, parent=10)
    bench.proc.runs(12, "slock", user=NOBODY, groups=f"0::/user.slice/user-{USER}.slice/session-2.scope")
    bench.proc.runs(13, "physlock", user=ROOT, groups=f"0::/user.slice/user-{USER}1.slice/session-3.scope")
    assert bench.look() == {11, 12}


@pytest.mark.parametrize("state", ["Z (zombie)", "X (dead)"])
def test_a_locker_that_has_ended_and_that_nobody_waits_for_locks_nothing(bench: Bench, state: str) -> None:
    bench.proc.runs(I3LOCK, "i3lock", state=state)
    assert bench.look() == set()


def test_a_locker_counts_for_as_long_as_it_runs(bench: Bench) -> None:
    bench.proc.runs(I3LOCK, "i3lock")
    for seconds in (0, 1, 2 * YOUNG_SECONDS, 0.1):
        assert bench.look(seconds) == {I3LOCK}
    bench.proc.ends(I3LOCK)
    assert bench.look() == set()


def test_a_new_process_is_looked_at_again_because_it_may_become_another_program(bench: Bench) -> None:
    bench.look()
    bench.proc.runs(I3LOCK, "sh")
    assert bench.look(0.1) == set()
    bench.proc.runs(I3LOCK, "i3lock")
    assert bench.look(0.1) == {I3LOCK}


def test_a_process_that_becomes_a_locker_late_is_found_in_the_end(bench: Bench) -> None:
    bench.proc.runs(I3LOCK, "sh")
    bench.look()
    bench.look(2 * YOUNG_SECONDS)
    bench.proc.runs(I3LOCK, "i3lock")
    assert bench.look(ALL_SECONDS) == {I3LOCK}


def test_old_processes_are_left_alone_for_a_while() -> None:
    present = frozenset({1, 2, 3})
    seen, pids = due(Seen(), present, 100.0)
    assert pids == present
    seen, pids = due(seen, present, 100.0 + 2 * YOUNG_SECONDS)
    assert pids == present  # all are looked at once in a while
    seen, pids = due(seen, present | {4}, seen.all_at + ALL_SECONDS / 2)
    assert pids == {4}


def test_a_number_that_comes_again_is_a_new_process() -> None:
    seen, _ = due(Seen({7: 0.0}, 99.0), frozenset(), 100.0)
    assert due(seen, frozenset({7}), 101.0)[1] == {7}


def test_nothing_is_locked_where_the_kernel_tells_of_no_process(tmp_path: Path) -> None:
    assert Lockers(tmp_path / "nowhere", USER).look() == set()
