"""A client that calls ten thousand times a second."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.desktop.bus.flood import ROOT, flood
from tests.desktop.bus.private_bus import CALL_SECONDS, PrivateBus
from tests.desktop.rig.waiting import until

pytestmark = pytest.mark.alone

DBUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
SAYSO = ("org.sayso.Dictation1", "/org/sayso/Dictation1", "org.sayso.Dictation1")
RATE = 10_000  # calls a second
FLOODING = RATE / 4  # what a flood reaches at least where both cores have other work as well
MEMORY_MB = 20
ANSWER_SECONDS = 2.0  # for another client, on a machine that others use too


@dataclass
class Busy:
    """The service in a process of its own, working as a recogniser does."""

    process: subprocess.Popen[str]

    @property
    def memory_mb(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self) -> tuple[list[float], float]:
        """How long its steps took, in seconds, and the CPU seconds of its bus thread."""
        told = json.loads(self.process.communicate(timeout=CALL_SECONDS)[0])
        return [seconds for _, seconds in told["steps"]], told["bus_cpu_seconds"]


@pytest.fixture
def busy(bus: PrivateBus) -> Iterator[Busy]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.desktop.bus.busy_service"],
        cwd=ROOT,
        env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus.address, "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield Busy(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(CALL_SECONDS)


@pytest.mark.parametrize("seconds", [2, pytest.param(10, marks=pytest.mark.soak)])
@pytest.mark.parametrize("member", ["GetStatus", "Start"])
def test_a_flood_takes_a_small_share_of_the_interpreter_and_others_are_still_answered(
    bus: PrivateBus, busy: Busy, member: str, seconds: int
) -> None:
    before = busy.memory_mb
    told = flood(bus.address, RATE, seconds, member, reply=True)
    grown = busy.memory_mb - before
    steps, bus_cpu_seconds = busy.end()
    figures = f"{told}, bus thread {bus_cpu_seconds:.2f} s of CPU, steps {np.percentile(steps, 95) * 1e3:.1f} ms"
    assert told["rate"] > FLOODING, figures
    assert bus_cpu_seconds < 0.3 * seconds, figures
    assert max(told["answer_p95_ms"], told["answer_after_ms"]) < ANSWER_SECONDS * 1e3, figures
    assert grown < MEMORY_MB, figures


def test_calls_that_want_no_answer_are_turned_away_too(bus: PrivateBus, busy: Busy) -> None:
    told = flood(bus.address, RATE, 1, "Toggle", reply=False)
    _, bus_cpu_seconds = busy.end()
    assert bus_cpu_seconds < 0.5
    assert told["answer_after_ms"] < ANSWER_SECONDS * 1e3


def test_a_flood_never_costs_the_service_its_place_on_the_bus(bus: PrivateBus, busy: Busy) -> None:
    owner = bus.run("busctl", "--user", "call", *DBUS, "GetNameOwner", "s", "org.sayso.Dictation1")
    flood(bus.address, 5 * RATE, 1, "GetStatus", reply=True, pourers=3)
    until(lambda: "idle" in bus.run("busctl", "--user", "call", *SAYSO, "GetStatus"), "an answer")
    assert bus.run("busctl", "--user", "call", *DBUS, "GetNameOwner", "s", "org.sayso.Dictation1") == owner
    busy.end()
