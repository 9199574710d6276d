"""Looking at the machine: files of the kernel first, then tools, each with a time limit, none of them needed."""

from __future__ import annotations

import os
import shutil
import signal
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
PCI = Path("/sys/bus/pci/devices")
NVIDIA_SMI, NVIDIA_VENDOR, DISPLAY_CLASS = "nvidia-smi", "0x10de", "0x03"
SAID_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found.

    Attributes:
        cpu: the processor.
        gpus: graphics cards, NVIDIA's first.
        vulkan: what Vulkan sees; empty where nobody asked, or `vulkaninfo` is missing.
        unreadable: device files that are there and may not be opened by this user.
        complaint: what NVIDIA's tool says where a card is there and its driver does not answer; else empty.
        hsa_override: HSA_OVERRIDE_GFX_VERSION as it is set; empty where it is not.

    """

    cpu: Cpu
    gpus: tuple[Gpu, ...]
    vulkan: tuple[VulkanDevice, ...]
    unreadable: tuple[Path, ...]
    complaint: str = ""
    hsa_override: str = ""


def probe(*, vulkan_too: bool = False) -> Machine:
    """Look; blocks for as long as the tools take, at most some seconds each.

    Args:
        vulkan_too: ask `vulkaninfo` as well, which takes a while.

    """
    text = _read(Path("/proc/cpuinfo"))
    nvidias, complaint = _nvidia()
    return Machine(
        cpu=cpu.processor(text, len(os.sched_getaffinity(0))),
        gpus=tuple(nvidias + _amd()),
        vulkan=tuple(vulkan.devices(output_of("vulkaninfo", "--summary"))) if vulkan_too else (),
        unreadable=tuple(path for path in _device_files() if not os.access(path, os.R_OK | os.W_OK)),
        complaint=complaint,
        hsa_override=os.environ.get("HSA_OVERRIDE_GFX_VERSION", ""),
    )


def _nvidia() -> tuple[list[Gpu], str]:
    """NVIDIA's cards, and what its tool says where it finds none although there is one."""
    if _found(NVIDIA_SMI) is None:
        return [], ""
    answer = Answer(False, "")
    for fields in (nvidia.QUERY, nvidia.QUERY[:-1]):
        answer = ask(NVIDIA_SMI, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits")
        if gpus := nvidia.gpus(answer.output):
            return gpus, ""
    if answer.is_hanging:
        return [], f"does not answer within {TOOL_SECONDS:g} s" if has_nvidia() else ""
    gpus = nvidia.gpus_in_log(output_of(NVIDIA_SMI, "-q"))
    said = answer.said.strip().partition("\n")[0][:SAID_CHARACTERS]
    return gpus, "" if gpus or not has_nvidia() else said or "finds no card"


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool said.

    Attributes:
        works: it ended as it should.
        said: on standard output and standard error; whatever is no UTF-8 is replaced.
        is_hanging: it did not end in time.

    """

    works: bool
    said: str
    is_hanging: bool = False

    @property
    def output(self) -> str:
        """What it said, if it ended as it should."""
        return self.said if self.works else ""


_hanging: set[str] = set()  # tools that have not answered once: nobody waits for them twice in a process


def output_of(program: str, *arguments: str) -> str:
    """What a tool prints; nothing where it is missing, fails or hangs."""
    return ask(program, *arguments).output


def ask(program: str, *arguments: str) -> Answer:
    """Run a tool, with a time limit."""
    found = _found(program)
    if found is None:
        return Answer(False, "")
    if found in _hanging:
        return Answer(False, "", is_hanging=True)
    # rocminfo would show the overridden card in place of the real one.
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("HSA_OVERRIDE_GFX_VERSION")
    }
    try:
        tool = subprocess.Popen(
            [found, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=environment,
            start_new_session=True,
        )
    except OSError:
        return Answer(False, "")
    with tool:
        try:
            out, err = tool.communicate(timeout=TOOL_SECONDS)
        except subprocess.TimeoutExpired:
            _hanging.add(found)
            return Answer(False, "", is_hanging=True)
        finally:
            if tool.poll() is None:
                os.killpg(tool.pid, signal.SIGKILL)  # and whatever it has started
    return Answer(tool.returncode == 0, out if tool.returncode == 0 else out + err)


def _found(program: str) -> str | None:
    return shutil.which(program) or shutil.which(program, path=ROCM_PROGRAMS)


def has_nvidia(pci: Path = PCI) -> bool:
    """Whether a display of NVIDIA's is plugged in, whatever its driver says."""
    return any(
        _read(device / "vendor").strip() == NVIDIA_VENDOR and _read(device / "class").startswith(DISPLAY_CLASS)
        for device in pci.glob("*")
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def number_in(path: Path) -> int | None:
    """The whole number that a file of the kernel holds; None where there is none."""
    text = _read(path).strip()
    return int(text) if text.isdecimal() else None
