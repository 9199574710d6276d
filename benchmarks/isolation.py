"""Each measurement in a process of its own, so that none inherits the memory or the threads of the one before."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Measured = TypeVar("Measured")


def alone(measure: Callable[Given, Measured], *arguments: Given.args, **named: Given.kwargs) -> Measured:
    """Call a function of a module in a fresh interpreter, and wait for what it returns or raises."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return process.submit(measure, *arguments, **named).result()


class Neighbours:
    """What everybody else does on this machine, from now on: measured computing is only as good as it is idle."""

    def __init__(self) -> None:
        self._began = time.monotonic(), _busy_seconds(), _own_seconds()

    def percent(self) -> float:
        """Share of the machine that others than this process and its children have taken."""
        elapsed, busy, own = (
            now - then
            for now, then in zip((time.monotonic(), _busy_seconds(), _own_seconds()), self._began, strict=True)
        )
        return share_of_others(busy, own, elapsed, os.cpu_count() or 1)


def share_of_others(busy_seconds: float, own_seconds: float, elapsed_seconds: float, cores: int) -> float:
    """What others took of a machine, 0 to 100; all but the elapsed time in CPU-seconds."""
    return min(100.0, max(0.0, 100 * (busy_seconds - own_seconds) / (elapsed_seconds * cores)))


def _busy_seconds() -> float:
    """Of all cores since the machine started, with time stolen by the host (proc(5), the first line of stat)."""
    user, nice, system, _idle, _wait, irq, softirq, stolen = map(
        int, Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + stolen) / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def peak_rss_mb() -> float:
    """Most memory that this process has held since it began, in MB of 2^20 bytes.

    From VmHWM: `getrusage` would also count the process that this one was spawned from.
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")
