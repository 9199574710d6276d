"""NVIDIA cards: what `nvidia-smi` says of them, and whether the driver is new enough."""

from __future__ import annotations

import csv
from typing import Final

from sayso.devices import Gpu, Maker

MIB: Final = 1 << 20
QUERY: Final = ("index", "name", "pci.bus_id", "driver_version", "memory.total", "compute_cap")
"""What is asked of each card. Older drivers refuse the whole question for `compute_cap`: then ask without it."""

MOST_DIGITS: Final = 10  # of a number of megabytes
LEAST_DRIVER: Final = (525, 60)
"""Below, no library built for CUDA 12 runs (CUDA 12 release notes, minor version compatibility)."""

LEAST_CAPABILITY: Final = (6, 1)  # for int8; float16 needs 7.0


def gpus(text: str) -> list[Gpu]:
    """The cards in what `nvidia-smi --query-gpu=… --format=csv,noheader,nounits` prints for `QUERY`."""
    return [_gpu(row) for row in rows(text) if len(row) >= len(QUERY) - 1]


def rows(text: str) -> list[list[str]]:
    """A table of values with commas; nothing where it is none."""
    try:
        return list(csv.reader(text.splitlines(), skipinitialspace=True))
    except csv.Error:
        return []


def gpus_in_log(text: str) -> list[Gpu]:
    """The cards in what `nvidia-smi -q` prints; for drivers that know no other way."""
    found: list[dict[str, str]] = []
    driver = ""
    for line in text.splitlines():
        if line.startswith("GPU "):
            found.append({"bus": line.removeprefix("GPU ").strip()})
            continue
        key, colon, value = (part.strip() for part in line.partition(" : "))
        if not colon:
            key, _, value = (part.strip() for part in line.partition(":"))
        if key == "Driver Version":
            driver = value
        elif found and key in ("Product Name", "Total") and key not in found[-1]:
            found[-1][key] = value
    return [
        Gpu(
            Maker.NVIDIA,
            card.get("Product Name", ""),
            index,
            _mebibytes(card.get("Total", "").removesuffix("MiB").strip()),
            driver=driver,
            bus=_bus(card["bus"]),
        )
        for index, card in enumerate(found)
    ]


def driver_is_too_old(driver: str) -> bool:
    """Whether a driver is older than any that CUDA 12 runs on; one that is not known is not."""
    parts = [int(part) for part in driver.split(".")[:2] if part.isdecimal() and len(part) < MOST_DIGITS]
    return len(parts) == 2 and tuple(parts) < LEAST_DRIVER


def _gpu(row: list[str]) -> Gpu:
    index, name, bus, driver, total, *rest = (field.strip() for field in row)
    major, _, minor = (rest[0] if rest else "").partition(".")
    is_version = major.isdecimal() and minor.isdecimal() and len(major + minor) < MOST_DIGITS
    capability = (int(major), int(minor)) if is_version else None
    number = int(index) if index.isdecimal() and len(index) < MOST_DIGITS else 0
    return Gpu(
        Maker.NVIDIA,
        name,
        number,
        _mebibytes(total),
        compute_capability=capability,
        driver=driver,
        bus=_bus(bus),
    )


def _mebibytes(text: str) -> int | None:
    return int(text) * MIB if text.isdecimal() and len(text) < MOST_DIGITS else None  # `[N/A]` on some


def _bus(text: str) -> str:
    """`00000000:01:00.0` → `0000:01:00.0`, as the kernel writes it."""
    domain, _, rest = text.lower().partition(":")
    return f"{domain[-4:]}:{rest}" if rest else text.lower()
