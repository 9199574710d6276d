"""The indicator lives beside the service: it ends with it, and may end without it."""

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
from sayso.indicator.process import IndicatorProcess, is_wanted


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


def process_of(loop: Loop, program: str) -> IndicatorProcess:
    one = IndicatorProcess(None, loop, loop.said.append)
    one._command = [sys.executable, "-c", program]
    return one


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


UNTIL_INPUT_ENDS = "import sys; sys.stdin.read()"


def test_it_ends_when_the_service_does(default_settings: Settings) -> None:
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


def test_one_that_crashes_at_once_is_not_started_again(default_settings: Settings) -> None:
    loop = Loop()
    one = process_of(loop, "raise SystemExit(1)")
    one.start(default_settings.indicator)
    loop.wait_for_end()
    assert loop.read_later == []


@pytest.mark.parametrize(("status", "again"), [(1, True), (0, False)])
def test_one_that_crashes_later_is_and_one_that_was_told_to_go_is_not(
    default_settings: Settings, monkeypatch: pytest.MonkeyPatch, status: int, again: bool
) -> None:
    monkeypatch.setattr(process, "AGAIN_SECONDS", 0.0)
    loop = Loop()
    one = process_of(loop, f"raise SystemExit({status})")
    one.start(default_settings.indicator)
    one._command = [sys.executable, "-c", UNTIL_INPUT_ENDS]
    loop.wait_for_end()
    assert bool(loop.read_later) is again
    one.stop()
    if again:
        loop.wait_for_end()


def test_where_nothing_is_to_be_seen_or_heard_there_is_no_process(default_settings: Settings) -> None:
    none = replace(
        default_settings.indicator, overlay="never", tray=False, notifications=False, announce=False, sounds=False
    )
    assert not is_wanted(none)
    loop = Loop()
    process_of(loop, UNTIL_INPUT_ENDS).start(none)
    assert loop.read_later == []
    assert is_wanted(replace(none, sounds=True))


def test_a_python_that_is_gone_is_told_and_nothing_worse(default_settings: Settings) -> None:
    loop = Loop()
    one = process_of(loop, "")
    one._command = ["/nowhere/python"]
    one.start(default_settings.indicator)
    assert "no overlay" in loop.said[0]
