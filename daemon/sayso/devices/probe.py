"""Looking at the machine: files of the kernel first, then tools, each with a time limit, none of them needed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sayso.devices import Cpu, Gpu, VulkanDevice, amd, cpu, nvidia, vulkan
from sayso.devices.merging import merged

TOOL_SECONDS = 5.0
KFD = Path("/sys/class/kfd/kfd/topology/nodes")
DRM = Path("/sys/class/drm")
ROCM_PROGRAMS = "/opt/rocm/bin"  # not on every PATH


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found.

    Attributes:
        cpu: the processor.
        gpus: graphics cards, NVIDIA's first.
        vulkan: what Vulkan sees; empty where nobody asked, or `vulkaninfo` is missing.
        unreadable: device files that are there and may not be opened by this user.

    """

    cpu: Cpu
    gpus: tuple[Gpu, ...]
    vulkan: tuple[VulkanDevice, ...]
    unreadable: tuple[Path, ...]


def probe(*, vulkan_too: bool = False) -> Machine:
    """Look; blocks for as long as the tools take, at most some seconds each.

    Args:
        vulkan_too: ask `vulkaninfo` as well, which takes a while.

    """
    text = _read(Path("/proc/cpuinfo"))
    return Machine(
        cpu=cpu.processor(text, len(os.sched_getaffinity(0))),
        gpus=tuple(_nvidia() + _amd()),
        vulkan=tuple(vulkan.devices(output_of("vulkaninfo", "--summary"))) if vulkan_too else (),
        unreadable=tuple(path for path in _device_files() if not os.access(path, os.R_OK | os.W_OK)),
    )


def _nvidia() -> list[Gpu]:
    for fields in (nvidia.QUERY, nvidia.QUERY[:-1]):
        text = output_of("nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits")
        if text:
            return nvidia.gpus(text)
    return nvidia.gpus_in_log(output_of("nvidia-smi", "-q"))


def _amd() -> list[Gpu]:
    nodes = {
        int(node.name): amd.properties(_read(node / "properties"))
        for node in sorted(KFD.glob("*"))
        if node.name.isdecimal()
    }
    kernel = amd.kernel_gpus(nodes, {})
    tools: list[Gpu] = []
    if kernel:
        tools = amd.rocminfo_gpus(output_of("rocminfo")) or amd.rocm_smi_gpus(
            output_of("rocm-smi", "--showallinfo", "--json")
        )
    return [_with_memory(gpu) for gpu in merged(kernel, tools)]


def _with_memory(gpu: Gpu) -> Gpu:
    """The card with what its driver says of its memory."""
    for device in DRM.glob("card[0-9]*/device"):
        if device.resolve().name == gpu.bus:
            return amd.with_memory(
                gpu, number_in(device / "mem_info_vram_total"), number_in(device / "mem_info_gtt_total")
            )
    return gpu


def _device_files() -> Sequence[Path]:
    return [path for path in (Path("/dev/kfd"), *Path("/dev/dri").glob("renderD*")) if path.exists()]


def output_of(program: str, *arguments: str) -> str:
    """What a tool prints; nothing where it is missing, fails or hangs."""
    found = shutil.which(program) or shutil.which(program, path=ROCM_PROGRAMS)
    if found is None:
        return ""
    # rocminfo would show the overridden card in place of the real one.
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("HSA_OVERRIDE_GFX_VERSION")
    }
    try:
        done = subprocess.run(
            [found, *arguments], capture_output=True, text=True, timeout=TOOL_SECONDS, check=False, env=environment
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def number_in(path: Path) -> int | None:
    """The whole number that a file of the kernel holds; None where there is none."""
    text = _read(path).strip()
    return int(text) if text.isdecimal() else None
