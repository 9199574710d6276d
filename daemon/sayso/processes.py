"""What the kernel says of processes, from /proc. All calls return at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process, after `/proc/PID/stat` (proc_pid_stat(5)).

    Attributes:
        pid: its number.
        name: of its program, at most 15 characters.
        parent: who started it, or took it over.
        terminal: the device number of its controlling terminal; 0 without one.
        foreground: the process group in the foreground there; -1 without one.

    """

    pid: int
    name: str
    parent: int
    terminal: int
    foreground: int


def process(pid: int) -> Process | None:
    """A process; None where there is none."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
        # The name, in brackets, may itself hold brackets and blanks.
        head, _, tail = stat.rpartition(")")
        _state, parent, _group, _session, terminal, foreground = tail.split()[:6]
        return Process(pid, head.partition("(")[2], int(parent), int(terminal), int(foreground))
    except (OSError, ValueError):
        return None


def children(pid: int) -> Iterator[int]:
    """The processes that a process has started, by any of its threads."""
    with contextlib.suppress(OSError):
        for thread in (PROC / str(pid) / "task").iterdir():
            with contextlib.suppress(OSError, ValueError):
                yield from map(int, (thread / "children").read_text().split())


def ancestors_of(pid: int) -> frozenset[int]:
    """The processes that a process was started by, itself included, up to the first that took over orphans."""
    found: set[int] = set()
    while pid > 1 and pid not in found:
        found.add(pid)
        one = process(pid)
        pid = one.parent if one is not None else 0
    return frozenset(found)
