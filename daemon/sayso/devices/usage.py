"""What cards say of themselves while they work: memory that is taken, share of time at work, heat."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sayso.devices.nvidia import rows
from sayso.devices.probe import DRM, number_in, output_of

QUERY: Final = ("memory.used", "utilization.gpu", "clocks_event_reasons.active")
OLDER_QUERY: Final = ("memory.used", "utilization.gpu", "clocks_throttle_reasons.active")  # before driver 535
MOST_HEX: Final = 18  # `0x0000000000000004`
THERMAL_BITS: Final = 0x20 | 0x40
"""`nvmlClocksEventReasonSwThermalSlowdown` and `…HwThermalSlowdown` of nvml.h."""


@dataclass(frozen=True, slots=True)
class CardUsage:
    """One card, at one moment.

    Attributes:
        memory_mb: of its memory that is taken, by anybody, in MB of 2^20 bytes; None where it does not say.
        busy_percent: of its time it was at work a moment ago; None where it does not say.
        is_slowed: whether it has slowed down for heat; None where it does not say.

    """

    memory_mb: float | None
    busy_percent: float | None
    is_slowed: bool | None


def usage() -> list[CardUsage]:
    """Ask every card; the same cards come in the same order each time."""
    return [*_nvidia(), *_amd()]


def in_nvidia_table(text: str) -> list[CardUsage]:
    """What `nvidia-smi --query-gpu=… --format=csv,noheader` prints for `QUERY`, a line a card."""
    table = [row for row in rows(text) if len(row) == len(QUERY)]
    return [CardUsage(_float(memory), _float(busy), _is_thermal(reasons)) for memory, busy, reasons in table]


def _nvidia() -> list[CardUsage]:
    for query in (QUERY, OLDER_QUERY):
        text = output_of("nvidia-smi", f"--query-gpu={','.join(query)}", "--format=csv,noheader")
        if text:
            return in_nvidia_table(text)
    return []


def _amd() -> list[CardUsage]:
    devices = [path for path in sorted(DRM.glob("card[0-9]*/device")) if (path / "mem_info_vram_used").exists()]
    return [_of_amdgpu(device) for device in devices]


def _of_amdgpu(device: Path) -> CardUsage:
    """From the files of the kernel's driver (docs.kernel.org, "amdgpu", GPU usage and memory)."""
    # A processor with graphics has little memory of its own, and lends the rest (GTT).
    taken = [number_in(device / name) for name in ("mem_info_vram_used", "mem_info_gtt_used")]
    known = [value for value in taken if value is not None]
    busy = number_in(device / "gpu_busy_percent")
    return CardUsage(sum(known) / (1 << 20) if known else None, None if busy is None else float(busy), None)


def _float(text: str) -> float | None:
    """`214 MiB` → 214.0."""
    try:
        return float(text.partition(" ")[0])
    except ValueError:  # [N/A], [Not Supported]
        return None


def _is_thermal(reasons: str) -> bool | None:
    try:
        return bool(int(reasons[:MOST_HEX], 16) & THERMAL_BITS)
    except ValueError:
        return None
