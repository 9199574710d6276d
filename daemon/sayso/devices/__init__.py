"""What this machine can compute with: found without loading an engine, and without needing any tool to be there.

`probe` looks: kernel files first, then what `nvidia-smi`, `rocminfo`, `rocm-smi` and `vulkaninfo` say;
everything else is functions of what it found.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Maker(StrEnum):
    """Who made a graphics card."""

    NVIDIA = "nvidia"
    AMD = "amd"
    INTEL = "intel"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Gpu:
    """One graphics card.

    Attributes:
        maker: of the chip.
        name: as its driver calls it; may be empty.
        index: among the cards of its maker, in the order in which its runtime counts them.
        memory_bytes: of its own; None where it is not known.
        is_shared: whether it has the processor's memory and none of its own.
        gfx: instruction set of an AMD card (`gfx1101`); empty for others.
        compute_capability: of an NVIDIA card, (7, 5); None for others and where it is not known.
        driver: version of its driver; empty where it is not known.
        bus: PCI address, `0000:03:00.0`; empty where it is not known.

    """

    maker: Maker
    name: str
    index: int
    memory_bytes: int | None = None
    is_shared: bool = False
    gfx: str = ""
    compute_capability: tuple[int, int] | None = None
    driver: str = ""
    bus: str = ""


@dataclass(frozen=True, slots=True)
class Cpu:
    """The processor.

    Attributes:
        name: as it calls itself; may be empty.
        cores: that this process may use.
        flags: instruction sets, as Linux spells them.

    """

    name: str
    cores: int
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class VulkanDevice:
    """What Vulkan sees; a software renderer is no device."""

    name: str
    driver: str
    is_software: bool
    is_integrated: bool
