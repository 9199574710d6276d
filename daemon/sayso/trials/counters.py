"""What the devices themselves count while an engine decodes: it ran where the counters moved."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sayso.devices.usage import CardUsage, usage

LOOK_EVERY_SECONDS: Final = 0.1
CPUS: Final = Path("/sys/devices/system/cpu")


class Counters:
    """Reads the counters before an engine is loaded, and watches them while it decodes.

    Attributes:
        cpu_cores: kept busy by this process while it was watched, on average.
        card_mb: by which the memory taken on a card has grown, on the card where it grew most; MB of 2^20 bytes.
        card_percent: of its time that card was at work, at most.
        throttled: how often the processor slowed down for heat, and cards that did.

    """

    def __init__(self) -> None:
        self._before = usage()
        self.cpu_cores = 0.0
        self.card_mb: float | None = None
        self.card_percent: float | None = None
        self.throttled = 0

    @contextmanager
    def watching(self, device: str) -> Iterator[None]:
        """Watch for as long as the context lasts; cards only where the engine says that it is on one."""
        heat, spent, began = times_throttled(), time.process_time(), time.monotonic()
        over = threading.Event()
        seen: list[list[CardUsage]] = []

        def look() -> None:
            while True:
                seen.append(usage())
                if over.wait(LOOK_EVERY_SECONDS):
                    return

        watcher = None
        if device != "cpu" and self._before:
            watcher = threading.Thread(target=look, name="sayso-counters", daemon=True)
            watcher.start()
        try:
            yield
        finally:
            self.cpu_cores = (time.process_time() - spent) / (time.monotonic() - began)
            self.throttled = times_throttled() - heat
            over.set()
            if watcher is not None:
                watcher.join()
                self._take(seen)

    def _take(self, seen: list[list[CardUsage]]) -> None:
        self.card_mb, self.card_percent = most_worked(self._before, seen)
        self.throttled += sum(
            any(row[n].is_slowed for row in seen if n < len(row)) for n in range(len(self._before))
        )


def most_worked(before: list[CardUsage], seen: list[list[CardUsage]]) -> tuple[float | None, float | None]:
    """The card whose memory grew most: by how much, and its busiest moment; None for what it does not say."""
    grown: list[tuple[float, float | None]] = []
    for n, was in enumerate(before):
        now = [row[n] for row in seen if n < len(row)]
        memory = [card.memory_mb for card in now if card.memory_mb is not None]
        busy = [card.busy_percent for card in now if card.busy_percent is not None]
        if was.memory_mb is not None and memory:
            grown.append((max(memory) - was.memory_mb, max(busy, default=None)))
    return max(grown, key=lambda card: card[0], default=(None, None))


def times_throttled(cpus: Path = CPUS) -> int:
    """How often cores have slowed down for heat since the machine started (Intel's; others do not count it)."""
    return sum(_count(path) for path in cpus.glob("cpu[0-9]*/thermal_throttle/core_throttle_count"))


def _count(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def peak_rss_mb() -> float:
    """Most memory that this process has held since it began, in MB of 2^20 bytes; NaN where Linux does not say.

    From VmHWM: `getrusage` would also count the process that this one was spawned from.
    """
    try:
        lines = Path(f"/proc/{os.getpid()}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), float("nan"))
