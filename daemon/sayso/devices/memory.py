"""How much memory is free where a model would go."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from sayso.devices.probe import probe
from sayso.devices.usage import usage

MEMINFO: Final = Path("/proc/meminfo")
MIB: Final = 1 << 20


def free_bytes(device: str) -> int:
    """Free memory of a device; of a card the one with the most, or, where it does not say, the processor's."""
    return (_of_cards() if device != "cpu" else None) or of_processor(MEMINFO)


def of_processor(meminfo: Path) -> int:
    """What programs could still take, as Linux estimates it."""
    found = re.search(r"^MemAvailable:\s+(\d+) kB$", meminfo.read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) * 1024 if found else os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _of_cards() -> int | None:
    """The cards of `probe` and of `usage` come in the same order: NVIDIA's, then AMD's."""
    gpus, now = probe().gpus, usage()
    if len(gpus) != len(now):
        return None
    free = [
        gpu.memory_bytes - round(card.memory_mb * MIB)
        for gpu, card in zip(gpus, now, strict=True)
        if gpu.memory_bytes is not None and card.memory_mb is not None
    ]
    return max(free, default=None)
