"""Why a graphics card is not used, and what to do about it: functions of what was found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sayso.devices import Gpu, Maker, amd, nvidia
from sayso.devices.probe import Machine

ROCM_RELEASE = "4.8.1"
ROCM_WHEELS = (
    f"https://github.com/OpenNMT/CTranslate2/releases/download/v{ROCM_RELEASE}/rocm-python-wheels-Linux.zip"
)


class Build(StrEnum):
    """What an engine's library was built for."""

    CPU = "cpu"
    CUDA = "cuda"
    ROCM = "rocm"


@dataclass(frozen=True, slots=True)
class Advice:
    """One card that could do more.

    Attributes:
        card: its name.
        why: it is not used.
        remedy: what to do; empty where nothing helps.

    """

    card: str
    why: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.card} is not used: {self.why}" + (f". {self.remedy}" if self.remedy else "")


def why_not_used(machine: Machine, build: Build, has_cublas: bool) -> list[Advice]:
    """What keeps CTranslate2 from each card of a machine on which it runs on the CPU.

    Args:
        machine: what was found.
        build: what CTranslate2 was built for.
        has_cublas: whether NVIDIA's library can be loaded.

    """
    found = [advice for gpu in machine.gpus for advice in _of(gpu, machine, build, has_cublas)]
    if machine.complaint:
        found.append(
            Advice(
                "the NVIDIA card",
                f"nvidia-smi says: {machine.complaint}",
                "Restart the machine; if it stays so, install the driver again",
            )
        )
    return found


def rocm_commands(python: tuple[int, int] = sys.version_info[:2]) -> str:
    """How CTranslate2's build for ROCm is installed."""
    wheel = "ctranslate2-*-cp{0}{1}-cp{0}{1}-*".format(*python)
    return (
        f"curl -LO {ROCM_WHEELS} && unzip -j rocm-python-wheels-Linux.zip 'temp-linux/{wheel}' && "
        f"pip install --force-reinstall --no-deps {wheel}.whl"
    )


TORCH_ROCM_COMMAND = "pip install --force-reinstall torch --index-url https://download.pytorch.org/whl/rocm7.2"
"""The trainer's torch for the same ROCm as CTranslate2's wheels."""


def is_torch_for_rocm(version: str) -> bool:
    """Whether a torch of this version was built for ROCm: such a build says so in it (`2.13.0+rocm7.2`)."""
    return "rocm" in version


def _of(gpu: Gpu, machine: Machine, build: Build, has_cublas: bool) -> Iterator[Advice]:
    match gpu.maker:
        case Maker.NVIDIA:
            yield from _nvidia(gpu, build, has_cublas)
        case Maker.AMD:
            yield _amd(gpu, machine, build)
        case _:
            pass


def _nvidia(gpu: Gpu, build: Build, has_cublas: bool) -> Iterator[Advice]:
    name = gpu.name or "an NVIDIA card"
    if nvidia.driver_is_too_old(gpu.driver):
        least = ".".join(str(part) for part in nvidia.LEAST_DRIVER)
        yield Advice(
            name, f"its driver {gpu.driver} is older than {least}, which CUDA 12 needs", "Update the driver"
        )
    elif gpu.compute_capability is not None and gpu.compute_capability < nvidia.LEAST_CAPABILITY:
        yield Advice(name, "it is too old for CTranslate2, which wants compute capability 6.1", "")
    elif build is not Build.CUDA:
        remedy = "Install the one from the package index: pip install --force-reinstall --no-deps ctranslate2"
        yield Advice(name, "this build of CTranslate2 knows no CUDA", remedy)
    elif not has_cublas:
        yield Advice(name, "the library cuBLAS 12 is missing", "Run: pip install 'sayso[cuda]'")
    else:
        yield Advice(name, "CTranslate2 sees no CUDA device", "See what nvidia-smi says")


def _amd(gpu: Gpu, machine: Machine, build: Build) -> Advice:
    name = f"{gpu.name or 'an AMD card'} ({gpu.gfx})"
    if not amd.is_usable(gpu.gfx):
        return Advice(
            name,
            f"CTranslate2 is built for {', '.join(amd.CTRANSLATE2_GFX)} only",
            "whisper.cpp may, by Vulkan (README, Engines)",
        )
    if build is not Build.ROCM:
        return Advice(
            name,
            "CTranslate2 from the package index is built for CUDA",
            f"Install its build for ROCm: {rocm_commands()}",
        )
    if machine.unreadable:
        which = ", ".join(str(path) for path in machine.unreadable)
        return Advice(
            name, f"{which} may not be opened", 'Run: sudo usermod -aG video,render "$USER", then log in again'
        )
    override = amd.override_for(gpu.gfx)
    if override is not None and machine.hsa_override != override:
        return Advice(
            name, "ROCm has no code for it, but for one like it", f"Set HSA_OVERRIDE_GFX_VERSION={override}"
        )
    return Advice(name, "CTranslate2 sees no device", "See what rocminfo says; CTranslate2 needs ROCm 7.2")
