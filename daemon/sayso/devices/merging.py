"""Several accounts of the same cards made into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sayso.devices import Gpu


def merged(kernel: Sequence[Gpu], tool: Sequence[Gpu]) -> list[Gpu]:
    """The kernel's cards, with the names and memory that a tool knows; matched by address, then by order.

    The kernel's instruction set stands: a tool may have been told another.
    """
    by_bus = {gpu.bus: gpu for gpu in tool if gpu.bus}
    out = []
    for gpu in kernel:
        other = by_bus.get(gpu.bus) or (tool[gpu.index] if len(tool) == len(kernel) else gpu)
        memory = gpu.memory_bytes if gpu.memory_bytes is not None else other.memory_bytes
        out.append(replace(gpu, name=gpu.name or other.name, memory_bytes=memory, is_shared=other.is_shared))
    return out
