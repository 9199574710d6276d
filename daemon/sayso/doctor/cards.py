"""Graphics cards: whether one does the work, and where none does although there is one, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version

from sayso.devices import Maker
from sayso.devices.advice import TORCH_ROCM_COMMAND, Advice, is_torch_for_rocm
from sayso.devices.probe import Machine
from sayso.doctor import Finding, Light

PART = "graphics cards"


def of_cards(machine: Machine, wanted: str, ran_on: str, advice: Sequence[Advice]) -> Iterator[Finding]:
    """What is to be said of the cards of a machine.

    Args:
        machine: what was found.
        wanted: `engine.device` of the settings.
        ran_on: the device on which the engine in use did its work; empty where it failed.
        advice: why CTranslate2 uses none of them; asked only where it does not.

    """
    names = " and ".join(gpu.name or "a card without a name" for gpu in machine.gpus)
    facts: dict[str, float | int | str | bool | None] = {}
    for number, gpu in enumerate(machine.gpus):
        facts |= {
            f"card_{number}": gpu.name,
            f"card_{number}_driver": gpu.driver,
            f"card_{number}_memory_bytes": gpu.memory_bytes,
            f"card_{number}_gfx": gpu.gfx,
        }
    if not machine.gpus and not machine.complaint:
        yield Finding(PART, Light.GREEN, f"none that CTranslate2 knows{_by_vulkan(machine)}")
    elif ran_on not in ("", "cpu"):
        yield Finding(PART, Light.GREEN, f"{names}: the work is done on {ran_on}", facts=facts)
    elif wanted == "cpu":
        yield Finding(PART, Light.GREEN, f"{names}: not used, because engine.device is cpu", facts=facts)
    else:
        for one in advice or [Advice(names, "the engine in use runs on the processor", "")]:
            light = Light.AMBER if one.remedy else Light.GREEN
            yield Finding(PART, light, f"{one.card}: not used: {one.why}", one.remedy, facts)
            facts = {}
    if any(gpu.maker is Maker.AMD for gpu in machine.gpus):
        yield from torch_for_amd(_torch())


def _by_vulkan(machine: Machine) -> str:
    names = [device.name for device in machine.vulkan if not device.is_software]
    if not names:
        return ": the processor does the work"
    return f"; Vulkan sees {' and '.join(names)}, for which whisper.cpp can be built (README, Engines)"


def torch_for_amd(torch: str | None) -> Iterator[Finding]:
    """Whether the trainer can use a card of AMD's, by the version of torch; None where none is installed."""
    if torch is not None and not is_torch_for_rocm(torch):
        yield Finding(
            "trainer",
            Light.AMBER,
            f"torch {torch} was not built for ROCm: training takes the processor",
            f"Run: {TORCH_ROCM_COMMAND}",
        )


def _torch() -> str | None:
    try:
        return version("torch")
    except PackageNotFoundError:
        return None
