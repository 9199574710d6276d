"""Who calls: the process behind a name on the bus, as far as it was started for this one call. Bus thread only."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dbus_fast import Message
from dbus_fast.aio import MessageBus

from sayso.bus.address import THE_BUS
from sayso.bus.order import Birth, Lineage

CALLER: ContextVar[Callable[[], Awaitable[Lineage]]] = ContextVar("CALLER")
"""Finds from whom the call stems that is dealt with: dbus-fast 5.2 tells no method, but its task has this."""

YOUNG_SECONDS: Final = 5.0  # beside four busy processes on two cores a hundred commands called within 2.6 s
MOST_KNOWN: Final = 256  # callers that may have more to say; a name is never given twice on a bus
GENERATIONS: Final = 8  # of a command in a script that a shell runs, there are three
TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """A process, and who started it."""

    birth: Birth
    parent: int


class Callers:
    """The processes behind the names on one bus.

    Args:
        bus: to ask.
        proc: where the kernel tells of processes.

    """

    def __init__(self, bus: MessageBus, proc: Path = PROC) -> None:
        self._bus = bus
        self._proc = proc
        self._sees_us_as: int | None = None
        self._known: deque[str] = deque(maxlen=MOST_KNOWN)

    async def lineage(self, name: str | None) -> Lineage:
        """From whom a call stems; waits until the bus has answered, a fraction of a millisecond.

        Nobody where the caller was asked for before: one that has more than one thing to say was not started for
        this one. Nobody where the process is older than YOUNG_SECONDS, or has ended already; and where the bus
        counts processes apart from us (a container), for its numbers are those of other processes here.

        Args:
            name: the caller's unique name.

        Raises:
            DBusFastError, OSError, EOFError: the bus went away.

        """
        if name is None or name in self._known:
            return ()
        self._known.append(name)
        if self._sees_us_as is None and self._bus.unique_name is not None:
            self._sees_us_as = await self._pid(self._bus.unique_name)
        if self._sees_us_as != os.getpid():
            return ()
        pid = await self._pid(name)
        return () if pid is None else lineage_of(pid, self._proc)

    async def _pid(self, name: str) -> int | None:
        question = Message(
            THE_BUS, "/org/freedesktop/DBus", THE_BUS, "GetConnectionUnixProcessID", signature="s", body=[name]
        )
        answer = await self._bus.call(question)
        return None if answer is None or answer.error_name else int(answer.body[0])


def lineage_of(pid: int, proc: Path = PROC) -> Lineage:
    """A process and those that it stems from, the eldest first, as far as they are young."""
    born_after = (time.clock_gettime(time.CLOCK_BOOTTIME) - YOUNG_SECONDS) * TICKS_PER_SECOND
    found: list[Birth] = []
    while len(found) < GENERATIONS:
        facts = facts_of(pid, proc)
        if facts is None or facts.birth.ticks < born_after:
            break
        found.append(facts.birth)
        pid = facts.parent
    return tuple(reversed(found))


def facts_of(pid: int, proc: Path = PROC) -> ProcessFacts | None:
    """What /proc/PID/stat tells (proc_pid_stat(5)), or nothing where there is no such process."""
    try:
        told = (proc / str(pid) / "stat").read_bytes()
        # The fields after the name, which may hold brackets and blanks: the third of all is the first of them.
        fields = told.rpartition(b")")[2].split()
        return ProcessFacts(Birth(ticks=int(fields[22 - 3]), pid=pid), parent=int(fields[4 - 3]))
    except (OSError, ValueError, IndexError):
        return None
