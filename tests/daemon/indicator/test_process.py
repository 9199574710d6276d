"""The indicator lives beside the service: it ends with it, and comes back where it ended by itself."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from sayso.config import Settings
from sayso.indicator import process
from sayso.indicator.process import AGAIN_AND_AGAIN, IndicatorProcess, is_wanted
from sayso.mainloop import MainLoop


class Loop:
    """A main loop by hand."""

    def __init__(self) -> None:
        self.read_later: list[tuple[int, Callable[[], bool]]] = []
        self.said: list[str] = []

    def read(self, fd: int, do: Callable[[], bool]) -> None:
        self.read_later.append((fd, do))

    def call(self, do: Callable[[], None]) -> None:
        do()

    def wait_for_end(self) -> None:
        """Until the process that is watched has ended."""
        fd, do = self.read_later.pop()
        assert select.select([fd], [], [], 10)[0]
        assert do() is False


class Clock:
    """A clock by hand."""

    seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def process_of(loop: Loop, program: str, clock: Clock | None = None) -> IndicatorProcess:
    one = IndicatorProcess(loop, loop.said.append, clock or Clock())
    one._command = [sys.executable, "-c", program]
    return one


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


UNTIL_INPUT_ENDS = "import sys; sys.stdin.read()"


def test_it_ends_when_the_service_does(default_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LEAVE_SECONDS", 10.0)  # a busy machine may take a second to start it
    loop = Loop()
    one = process_of(loop, UNTIL_INPUT_ENDS)
    one.start(default_settings.indicator)
    running = one._running
    assert running is not None
    one.stop()
    assert running.returncode == 0
    loop.wait_for_end()
    one.stop()  # which does nothing more


def test_one_that_does_not_leave_is_ended(default_settings: Settings) -> None:
    loop = Loop()
    one = process_of(loop, "import threading; threading.Event().wait()")
    one.start(default_settings.indicator)
    running = one._running
    assert running is not None
    began = time.monotonic()
    one.stop()
    assert time.monotonic() - began < 1.5
    assert not is_alive(running.pid)
    loop.wait_for_end()


def crash(one: IndicatorProcess, loop: Loop, clock: Clock, lived: float = 0.0) -> float | None:
    """Have it end, some time after its start; in how many seconds it is started again."""
    clock.seconds += lived
    loop.wait_for_end()
    return one.patience()


def test_one_that_crashes_is_started_again_after_waits_that_grow_up_to_a_minute(
    default_settings: Settings,
) -> None:
    loop, clock = Loop(), Clock()
    one = process_of(loop, "raise SystemExit(1)", clock)
    one.start(default_settings.indicator)
    waits = []
    for _ in range(7):
        wait = crash(one, loop, clock)
        assert wait is not None
        waits.append(wait)
        one.look()
        assert loop.read_later == [], "not before it is time to"
        clock.seconds += wait
        one.look()
    assert waits == [1, 2, 5, 15, 60, 60, 60]
    assert loop.said == [AGAIN_AND_AGAIN]
    loop.wait_for_end()


def test_one_that_has_lived_for_a_minute_is_started_again_at_once_and_may_fail_anew(
    default_settings: Settings,
) -> None:
    loop, clock = Loop(), Clock()
    one = process_of(loop, "raise SystemExit(1)", clock)
    one.start(default_settings.indicator)
    for lived, wait in ((0, 1), (0, 2), (59, 5), (60, 1), (0, 2)):
        assert crash(one, loop, clock, lived) == wait
        clock.seconds += wait
        one.look()
    loop.wait_for_end()


def test_one_that_is_killed_is_started_again(default_settings: Settings) -> None:
    loop = Loop()
    one = process_of(loop, UNTIL_INPUT_ENDS)
    one.start(default_settings.indicator)
    assert one._running is not None
    one._running.kill()
    assert crash(one, loop, Clock()) is not None
    one.stop()


def test_one_that_was_told_to_go_is_not_started_again(default_settings: Settings) -> None:
    loop = Loop()
    one = process_of(loop, "raise SystemExit(0)")
    one.start(default_settings.indicator)
    assert crash(one, loop, Clock()) is None


def test_a_reload_does_not_wait_and_an_end_does_not_come_back(default_settings: Settings) -> None:
    loop, clock = Loop(), Clock()
    one = process_of(loop, "raise SystemExit(1)", clock)
    one.hurry()
    assert one.patience() is None
    one.start(default_settings.indicator)
    assert crash(one, loop, clock) == 1
    one.hurry()
    assert one.patience() == 0
    one.look()
    assert crash(one, loop, clock) == 2
    one.stop()
    assert one.patience() is None
    clock.seconds += 2
    one.look()
    assert loop.read_later == []


def test_the_third_start_in_a_row_says_nothing_that_was_said_before(default_settings: Settings) -> None:
    loop, clock = Loop(), Clock()
    one = process_of(loop, "import sys; raise SystemExit(1 + ('--quiet-start' in sys.argv))", clock)
    one.start(default_settings.indicator)
    statuses = []
    for _ in range(4):
        running = one._running
        assert running is not None
        clock.seconds += crash(one, loop, clock) or 0
        statuses.append(running.returncode)
        one.look()
    assert statuses == [1, 1, 2, 2]
    loop.wait_for_end()


def test_it_is_given_the_settings_that_the_service_has_applied(default_settings: Settings) -> None:
    program = (
        "import json, sys; at = sys.argv.index('--applied'); settings = json.loads(sys.argv[at + 1]); "
        "sys.exit(settings['position'] != 'top-left' or settings['sounds'] is not False)"
    )
    loop = Loop()
    one = process_of(loop, program)
    one.start(replace(default_settings.indicator, position="top-left", sounds=False))
    assert crash(one, loop, Clock()) is None


def test_on_the_main_loop_it_comes_back_by_itself(
    default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "WAITS_SECONDS", (0.01,))
    loop = MainLoop((), lambda _: None)
    one = IndicatorProcess(loop, lambda _: None)
    one._command = [sys.executable, "-c", "raise SystemExit(1)"]
    starts = []

    def after_each() -> None:
        one.look()
        if one._running is not None and one._running not in starts:
            starts.append(one._running)
        if len(starts) == 3:
            one.stop()
            loop.leave()

    with loop:
        one.start(default_settings.indicator)
        loop.run(after_each, one.patience)
        fds = [key.fd for key in loop._selector.get_map().values() if callable(key.data)]
    for fd in fds:  # of the last one, which nobody waits for any more
        os.close(fd)
    assert len(starts) == 3


def test_where_nothing_is_to_be_seen_or_heard_there_is_no_process(default_settings: Settings) -> None:
    none = replace(
        default_settings.indicator, overlay="never", tray=False, notifications=False, announce=False, sounds=False
    )
    assert not is_wanted(none)
    loop = Loop()
    process_of(loop, UNTIL_INPUT_ENDS).start(none)
    assert loop.read_later == []
    assert is_wanted(replace(none, sounds=True))


def test_a_python_that_is_gone_for_a_while_is_told_once_and_tried_again(default_settings: Settings) -> None:
    loop, clock = Loop(), Clock()
    one = process_of(loop, "", clock)
    one._command = ["/nowhere/python"]
    one.start(default_settings.indicator)
    assert one.patience() == 1
    clock.seconds += 1
    one.look()
    assert one.patience() == 2
    assert len(loop.said) == 1
    assert "no overlay" in loop.said[0]


def test_without_descriptors_nothing_is_left_behind(
    default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_pid: int) -> int:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(os, "pidfd_open", refuse)
    loop = Loop()
    one = process_of(loop, UNTIL_INPUT_ENDS)
    one.start(default_settings.indicator)
    assert one._running is None
    assert one.patience() is not None
    assert "Too many open files" in loop.said[0]
