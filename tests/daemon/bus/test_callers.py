"""Who calls, as the bus and the kernel tell it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from pathlib import Path
from typing import cast

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from sayso.bus.callers import TICKS_PER_SECOND, YOUNG_SECONDS, Callers, facts_of, lineage_of
from sayso.bus.order import Birth

NOW = int(time.clock_gettime(time.CLOCK_BOOTTIME) * TICKS_PER_SECOND)
OLD = NOW - int((YOUNG_SECONDS + 60) * TICKS_PER_SECOND)
LATER = NOW + 3600 * TICKS_PER_SECOND  # young however long the test takes
OURS, CALLERS = ":1.5", ":1.9"


class Bus:
    """A bus that knows process numbers."""

    def __init__(self, **pids: int) -> None:
        self.unique_name = OURS
        self.pids = {OURS: os.getpid(), **pids}

    async def call(self, question: Message) -> Message:
        assert question.member == "GetConnectionUnixProcessID"
        pid = self.pids.get(question.body[0])
        if pid is None:
            return Message(
                message_type=MessageType.ERROR,
                reply_serial=1,
                error_name="org.freedesktop.DBus.Error.NameHasNoOwner",
            )
        return Message(message_type=MessageType.METHOD_RETURN, reply_serial=1, signature="u", body=[pid])


def process(proc: Path, pid: int, parent: int, ticks: int, name: str = "sayso") -> None:
    (proc / str(pid)).mkdir()
    zeros = " 0" * 17
    (proc / str(pid) / "stat").write_bytes(f"{pid} ({name}) S {parent}{zeros} {ticks} 1 2 3\n".encode())


def lineage(bus: Bus, name: str | None, proc: Path) -> tuple[Birth, ...]:
    return asyncio.run(Callers(cast("MessageBus", bus), proc).lineage(name))


def test_a_young_process_is_known_with_those_that_it_stems_from_as_far_as_they_are_young(tmp_path: Path) -> None:
    process(tmp_path, 1, 0, OLD, "systemd")
    process(tmp_path, 700, 1, OLD, "sway")
    process(tmp_path, 801, 700, LATER, "sh")
    process(tmp_path, 802, 801, LATER + 3, "sayso) S 1 (")
    bus = Bus(**{CALLERS: 802})
    assert lineage(bus, CALLERS, tmp_path) == (Birth(LATER, 801), Birth(LATER + 3, 802))


def test_nothing_is_known_of_an_old_one_of_one_that_has_ended_and_of_nobody(tmp_path: Path) -> None:
    process(tmp_path, 700, 1, OLD)
    assert lineage(Bus(**{CALLERS: 700}), CALLERS, tmp_path) == ()
    assert lineage(Bus(**{CALLERS: 701}), CALLERS, tmp_path) == ()
    assert lineage(Bus(), CALLERS, tmp_path) == ()
    assert lineage(Bus(), None, tmp_path) == ()


def test_one_that_has_asked_before_was_not_started_for_this(tmp_path: Path) -> None:
    process(tmp_path, 801, 1, LATER)

    async def ask_twice() -> list[tuple[Birth, ...]]:
        callers = Callers(cast("MessageBus", Bus(**{CALLERS: 801})), tmp_path)
        return [await callers.lineage(CALLERS), await callers.lineage(CALLERS)]

    assert asyncio.run(ask_twice()) == [(Birth(LATER, 801),), ()]


def test_where_the_bus_counts_processes_otherwise_than_we_do_nothing_is_known(tmp_path: Path) -> None:
    process(tmp_path, 801, 700, LATER)
    assert lineage(Bus(**{OURS: os.getpid() + 1, CALLERS: 801}), CALLERS, tmp_path) == ()
    assert lineage(Bus(**{OURS: os.getpid(), CALLERS: 801}), CALLERS, tmp_path) == (Birth(LATER, 801),)


def test_the_kernel_tells_of_a_process_that_was_just_started_after_another() -> None:
    command = ["sleep", "60"]
    with subprocess.Popen(command) as first, subprocess.Popen(command) as second:
        try:
            found = [lineage_of(one.pid)[-1] for one in (first, second)]
            facts = facts_of(first.pid)
            assert facts is not None
            assert facts.parent == os.getpid()
        finally:
            first.kill()
            second.kill()
    assert found[0].is_before(found[1])
    assert facts_of(second.pid) is None
