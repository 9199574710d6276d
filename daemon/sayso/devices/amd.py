"""AMD cards: what the kernel and ROCm's tools say of them, and what has to be set for them to work."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from sayso.devices import Gpu, Maker

KIB: Final = 1024
SHARED_RATIO: Final = 8  # a Raphael APU: 0.5 GB of its own, 16 GB to borrow; an RX 6600: 8.6 and 16.4

CTRANSLATE2_GFX: Final = (
    "gfx1030", "gfx1100", "gfx1101", "gfx1102", "gfx1150", "gfx1151", "gfx1200", "gfx1201",
)  # fmt: skip
"""What the ROCm wheels of CTranslate2 are built for (`prepare_build_environment_linux_rocm.sh`, v4.8.1)."""

OVERRIDES: Final = {
    **dict.fromkeys(("gfx1031", "gfx1032", "gfx1033", "gfx1034", "gfx1035", "gfx1036"), "10.3.0"),
    "gfx1103": "11.0.0",
}
"""HSA_OVERRIDE_GFX_VERSION for cards that no library is built for, but whose instruction set is that of one that
is (ROCm issues #1698 and #2353, ollama's `docs/gpu.md`)."""


def override_for(gfx: str, built_for: tuple[str, ...] = CTRANSLATE2_GFX) -> str | None:
    """The HSA_OVERRIDE_GFX_VERSION that a card needs; None where it needs none, or none helps."""
    if gfx in built_for:
        return None
    return OVERRIDES.get(gfx)


def is_usable(gfx: str, built_for: tuple[str, ...] = CTRANSLATE2_GFX) -> bool:
    """Whether the library runs on a card, with the override if it needs one."""
    return gfx in built_for or gfx in OVERRIDES


def gfx_name(target_version: int) -> str:
    """The kernel's number for an instruction set → its name: 110001 → gfx1101, 90010 → gfx90a."""
    major, minor, step = target_version // 10_000, target_version // 100 % 100, target_version % 100
    return f"gfx{major}{minor:x}{step:x}"


def properties(text: str) -> dict[str, int]:
    """A `properties` file of the kernel's topology (`/sys/class/kfd/kfd/topology/nodes/N/properties`)."""
    found = {}
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if value.strip().isdecimal():
            found[key] = int(value)
    return found


def bus_of(facts: Mapping[str, int]) -> str:
    """The PCI address of a node: 25344 in domain 0 → `0000:63:00.0`."""
    at = facts.get("location_id", 0)
    return f"{facts.get('domain', 0):04x}:{at >> 8 & 0xFF:02x}:{at >> 3 & 0x1F:02x}.{at & 7}"


def kernel_gpus(nodes: Mapping[int, Mapping[str, int]], memory: Mapping[int, int]) -> list[Gpu]:
    """The cards that the kernel's compute driver knows.

    Args:
        nodes: number → its properties; nodes without a GPU are left out.
        memory: number → bytes of memory of its own, where another file tells.

    """
    found: list[Gpu] = []
    for number, facts in sorted(nodes.items()):
        if facts.get("gfx_target_version", 0) and facts.get("simd_count", 0):
            gfx = gfx_name(facts["gfx_target_version"])
            found.append(Gpu(Maker.AMD, "", len(found), memory.get(number), gfx=gfx, bus=bus_of(facts)))
    return found


def rocminfo_gpus(text: str) -> list[Gpu]:
    """The cards in what `rocminfo` prints."""
    return [_gpu(agent, index) for index, agent in enumerate(_gpu_agents(text))]


def rocm_smi_gpus(text: str) -> list[Gpu]:
    """The cards in what `rocm-smi --showallinfo --json` prints; the names of its keys changed over the years."""
    found: list[Gpu] = []
    try:
        cards = sorted(json.loads(text).items())
    except (ValueError, AttributeError):
        return []  # it prints warnings in place of the object where it finds nothing
    for card, raw in cards:
        if not card.startswith("card"):
            continue
        facts = {key.lower(): str(value) for key, value in raw.items()}
        total = facts.get("vram total memory (b)", "")
        found.append(
            Gpu(
                Maker.AMD,
                facts.get("card series", ""),
                len(found),
                int(total) if total.isdecimal() else None,
                gfx=facts.get("gfx version", ""),
                bus=facts.get("pci bus", "").lower(),
            )
        )
    return found


def _gpu_agents(text: str) -> Iterator[dict[str, str]]:
    agent: dict[str, str] = {}
    pool_seen = False
    for line in [*text.splitlines(), "Agent"]:
        if line.startswith("Agent"):
            if agent.get("Device Type") == "GPU":
                yield agent
            agent, pool_seen = {}, False
            continue
        key, _, value = (part.strip() for part in line.partition(":"))
        indent = len(line) - len(line.lstrip())
        if indent == 2 and key not in agent:  # deeper ones are of caches, pools and instruction sets
            agent[key] = value
        elif key == "Size" and not pool_seen:
            agent["Memory"], pool_seen = value, True


def _gpu(agent: Mapping[str, str], index: int) -> Gpu:
    size = agent.get("Memory", "").partition("(")[0].strip()
    bdf = agent.get("BDFID", "")
    return Gpu(
        Maker.AMD,
        agent.get("Marketing Name", ""),
        index,
        int(size) * KIB if size.isdecimal() else None,
        is_shared=agent.get("Memory Properties") == "APU",
        gfx=agent.get("Name", ""),
        bus=bus_of({"location_id": int(bdf)}) if bdf.isdecimal() else "",
    )


def with_memory(gpu: Gpu, own_bytes: int | None, borrowed_bytes: int | None) -> Gpu:
    """The card with what its driver says of its memory.

    An integrated one has a window of its own that is small against what it may borrow; ROCm counts both together.

    Args:
        gpu: the card.
        own_bytes: `mem_info_vram_total`.
        borrowed_bytes: `mem_info_gtt_total`.

    """
    if own_bytes is None:
        return gpu
    is_shared = borrowed_bytes is not None and borrowed_bytes >= SHARED_RATIO * own_bytes
    return replace(
        gpu, memory_bytes=borrowed_bytes if is_shared else own_bytes, is_shared=gpu.is_shared or is_shared
    )
