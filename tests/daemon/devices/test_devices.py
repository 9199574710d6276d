"""What is made of the tools' output: each card once, by its real instruction set, with what it needs."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.devices import published

from sayso.cards import Cards
from sayso.config import EngineSettings, Settings
from sayso.devices import Cpu, Gpu, Maker, amd, cpu, nvidia, runtime, vulkan
from sayso.devices.advice import Advice, Build, why_not_used
from sayso.devices.merging import merged
from sayso.devices.probe import Machine, probe
from sayso.devices.runtime import ctranslate2_build
from sayso.events import Event, Problem, ProblemCleared, ProblemName

GIB = 1 << 30


@pytest.mark.parametrize(
    ("text", "name", "gfx", "bus", "is_shared", "needs"),
    [
        (published.ROCMINFO_RX_7700_XT, "AMD Radeon RX 7700 XT", "gfx1101", "0000:03:00.0", False, None),
        (published.ROCMINFO_RX_6600_XT, "AMD Radeon RX 6600 XT", "gfx1032", "0000:0c:00.0", False, "10.3.0"),
        (published.ROCMINFO_780M, "AMD Radeon Graphics", "gfx1103", "0000:c1:00.0", True, "11.0.0"),
        (published.ROCMINFO_5600G, "", "gfx90c", "0000:30:00.0", False, None),
    ],
)
def test_a_card_is_found_among_the_agents_with_what_it_needs_to_work(
    text: str, name: str, gfx: str, bus: str, is_shared: bool, needs: str | None
) -> None:
    (gpu,) = amd.rocminfo_gpus(text)
    assert (gpu.maker, gpu.name, gpu.gfx, gpu.bus, gpu.is_shared) == (Maker.AMD, name, gfx, bus, is_shared)
    assert amd.override_for(gpu.gfx) == needs


def test_the_memory_of_a_card_is_that_of_its_first_pool() -> None:
    (gpu,) = amd.rocminfo_gpus(published.ROCMINFO_RX_7700_XT)
    assert gpu.memory_bytes == 12_566_528 * 1024


@pytest.mark.parametrize(
    ("gfx", "usable"), [("gfx1101", True), ("gfx1032", True), ("gfx90c", False), ("gfx1010", False), ("", False)]
)
def test_a_card_is_usable_where_the_library_is_built_for_it_or_for_its_like(gfx: str, usable: bool) -> None:
    assert amd.is_usable(gfx) is usable


@pytest.mark.parametrize(
    ("version", "name"),
    [(90_010, "gfx90a"), (90_012, "gfx90c"), (100_302, "gfx1032"), (110_001, "gfx1101"), (120_001, "gfx1201")],
)
def test_the_kernels_number_of_an_instruction_set_has_a_name(version: int, name: str) -> None:
    assert amd.gfx_name(version) == name


def test_the_kernel_knows_a_card_without_any_tool() -> None:
    nodes = {0: {"cpu_cores_count": 64, "gfx_target_version": 0}, 2: amd.properties(published.KFD_MI210)}
    assert amd.kernel_gpus(nodes, {2: 64 * GIB}) == [
        Gpu(Maker.AMD, "", 0, 64 * GIB, gfx="gfx90a", bus="0000:63:00.0")
    ]


def test_rocm_smi_names_a_card_by_its_family() -> None:
    (gpu,) = amd.rocm_smi_gpus(published.ROCM_SMI_RX_6700_XT)
    assert (gpu.gfx, gpu.bus, gpu.memory_bytes) == ("gfx1031", "0000:07:00.0", 12_868_124_672)
    assert amd.override_for(gpu.gfx) == "10.3.0"


def test_a_tool_gives_the_kernels_card_its_name_but_not_another_instruction_set() -> None:
    kernel = [Gpu(Maker.AMD, "", 0, gfx="gfx1032", bus="0000:0c:00.0")]
    (overridden,) = amd.rocminfo_gpus(published.ROCMINFO_RX_6600_XT.replace("gfx1032", "gfx1030"))
    (gpu,) = merged(kernel, [overridden])
    assert (gpu.name, gpu.gfx) == ("AMD Radeon RX 6600 XT", "gfx1032")


@pytest.mark.parametrize(
    ("own", "borrowed", "is_shared", "memory"),
    [
        (8_573_157_376, 16_377_958_400, False, 8_573_157_376),
        (536_870_912, 16_377_958_400, True, 16_377_958_400),
        (None, 16_377_958_400, False, None),
    ],
)
def test_a_card_that_borrows_most_of_its_memory_has_none_of_its_own(
    own: int | None, borrowed: int, is_shared: bool, memory: int | None
) -> None:
    gpu = amd.with_memory(Gpu(Maker.AMD, "", 0), own, borrowed)
    assert (gpu.is_shared, gpu.memory_bytes) == (is_shared, memory)


def test_an_nvidia_card_with_a_driver_that_is_too_old_is_told_from_one_that_will_do() -> None:
    (gpu,) = nvidia.gpus_in_log(published.NVIDIA_GTX_1650)
    assert gpu == Gpu(Maker.NVIDIA, "NVIDIA GeForce GTX 1650", 0, driver="515.65.01", bus="0000:01:00.0")
    assert nvidia.driver_is_too_old(gpu.driver)
    assert not nvidia.driver_is_too_old("595.71.05")
    assert not nvidia.driver_is_too_old("")


def test_vulkans_software_renderer_is_no_card() -> None:
    found = vulkan.devices(published.VULKAN_RENOIR_AND_GTX_1650_TI)
    assert [(device.is_software, device.is_integrated) for device in found] == [
        (False, True),
        (False, False),
        (True, False),
    ]
    assert found[1].name == "NVIDIA GeForce GTX 1650 Ti"


@pytest.mark.parametrize("text", ["", "\n", "no GPU here", "ERROR: [Loader Message] Code 0 : x"])
def test_tools_that_say_nothing_useful_find_nothing(text: str) -> None:
    assert not amd.rocminfo_gpus(text)
    assert not amd.rocm_smi_gpus(text)
    assert not nvidia.gpus(text)
    assert not nvidia.gpus_in_log(text)
    assert not vulkan.devices(text)


def test_this_machine_is_looked_at_without_complaint() -> None:
    found = probe()
    assert found.cpu.cores == len(os.sched_getaffinity(0))
    cpuinfo = Path("/proc/cpuinfo").read_text()
    assert found.cpu == replace(cpu.processor(cpuinfo, found.cpu.cores))
    assert found.cpu.flags


# ── why a card is not used ────────────────────────────────────────────────────────────────────────

NO_FLAGS: frozenset[str] = frozenset()


def machine(*gpus: Gpu, unreadable: tuple[Path, ...] = ()) -> Machine:
    return Machine(Cpu("", 2, NO_FLAGS), gpus, (), unreadable)


def advice_for(gpu: Gpu, build: Build, *, has_cublas: bool = True, unreadable: tuple[Path, ...] = ()) -> str:
    (advice,) = why_not_used(machine(gpu, unreadable=unreadable), build, has_cublas)
    return str(advice)


def test_an_amd_card_is_told_how_the_build_for_it_is_installed() -> None:
    (gpu,) = amd.rocminfo_gpus(published.ROCMINFO_RX_7700_XT)
    told = advice_for(gpu, Build.CUDA)
    assert told.startswith(
        "AMD Radeon RX 7700 XT (gfx1101) is not used: CTranslate2 from the package index is built"
    )
    assert "rocm-python-wheels-Linux.zip" in told
    assert f"cp{sys.version_info.major}{sys.version_info.minor}" in told


def test_with_the_right_build_the_next_thing_that_is_missing_is_told() -> None:
    (gpu,) = amd.rocminfo_gpus(published.ROCMINFO_RX_6600_XT)
    assert "usermod -aG video,render" in advice_for(gpu, Build.ROCM, unreadable=(Path("/dev/kfd"),))
    assert "Set HSA_OVERRIDE_GFX_VERSION=10.3.0" in advice_for(gpu, Build.ROCM)
    done = replace(machine(gpu), hsa_override="10.3.0")
    assert "See what rocminfo says" in str(why_not_used(done, Build.ROCM, has_cublas=True)[0])
    (native,) = amd.rocminfo_gpus(published.ROCMINFO_RX_7700_XT)
    assert "rocminfo" in advice_for(native, Build.ROCM)


def test_a_card_that_nothing_is_built_for_is_not_promised_anything() -> None:
    (gpu,) = amd.rocminfo_gpus(published.ROCMINFO_5600G)
    assert "an AMD card (gfx90c) is not used: CTranslate2 is built for gfx1030, gfx1100" in advice_for(
        gpu, Build.ROCM
    )


def test_an_nvidia_card_is_told_what_it_lacks() -> None:
    (gpu,) = nvidia.gpus_in_log(published.NVIDIA_GTX_1650)
    assert "its driver 515.65.01 is older than 525.60, which CUDA 12 needs. Update" in advice_for(gpu, Build.CUDA)
    newer = replace(gpu, driver="595.71.05")
    assert "pip install 'sayso[cuda]'" in advice_for(newer, Build.CUDA, has_cublas=False)
    assert "knows no CUDA" in advice_for(newer, Build.ROCM)
    assert "nvidia-smi" in advice_for(newer, Build.CUDA)
    assert "too old" in advice_for(replace(newer, compute_capability=(5, 2)), Build.CUDA)


def test_a_machine_without_a_card_is_told_nothing() -> None:
    assert why_not_used(machine(), Build.CUDA, has_cublas=False) == []


def test_the_ctranslate2_of_the_package_index_is_built_for_cuda() -> None:
    assert ctranslate2_build() in (Build.CUDA, Build.CPU)  # CPU alone on ARM
    assert (ctranslate2_build() is Build.CUDA) is (platform.machine() == "x86_64")


# ── telling ───────────────────────────────────────────────────────────────────────────────────────


class Chosen:
    """An engine as far as cards care."""

    def __init__(self, device: str, name: str = "ctranslate2") -> None:
        self.device, self.name = device, name


@pytest.fixture
def wanted(default_settings: Settings) -> EngineSettings:
    return default_settings.engine


UNUSED = Advice("A card", "something is missing", "Do this")


@pytest.mark.parametrize(("name", "chosen"), [("ctranslate2", "ctranslate2"), ("auto", "whispercpp")])
def test_a_card_that_could_be_used_is_a_problem_until_it_is_used_or_not_wanted(
    wanted: EngineSettings, name: str, chosen: str
) -> None:
    told: list[Event] = []
    cards = Cards(told.append, lambda: [UNUSED, Advice("Another", "hopeless", "")])
    by_name = replace(wanted, name="whispercpp")
    for settings, engine in ((wanted, Chosen("cuda")), (by_name, Chosen("cpu", "whispercpp"))):
        assert cards.consider(settings, engine) is None  # type: ignore[arg-type]
    assert told == []
    looking = cards.consider(replace(wanted, name=name), Chosen("cpu", chosen))  # type: ignore[arg-type]
    assert looking is not None
    looking.join()
    (problem,) = told
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.CARD_UNUSED
    assert problem.message.startswith("A card is not used: something is missing. Do this. To use the CPU without")
    assert "Another" not in problem.message
    assert cards.consider(replace(wanted, device="cpu"), Chosen("cpu")) is None  # type: ignore[arg-type]
    assert told[1:] == [ProblemCleared(ProblemName.CARD_UNUSED)]


def test_where_nothing_is_missing_nothing_is_told(wanted: EngineSettings) -> None:
    told: list[Event] = []
    looking = Cards(told.append, list).consider(wanted, Chosen("cpu"))  # type: ignore[arg-type]
    assert looking is not None
    looking.join()
    assert told == []


def test_the_build_for_rocm_is_loaded_with_the_allocator_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "ctranslate2"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "libctranslate2.so.4").write_bytes(b"\x7fELF libhipblas.so libamdhip64.so.7")
    spec = importlib.util.spec_from_file_location(
        "ctranslate2", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    monkeypatch.setattr(runtime, "find_spec", lambda name: spec)
    environment: dict[str, str] = {}
    runtime.prepare_rocm(environment, tmp_path / "no-such-device")
    assert environment == {}
    runtime.prepare_rocm(environment, package)
    assert environment == {"CT2_CUDA_ALLOCATOR": "cub_caching"}
    runtime.prepare_rocm(environment := {"CT2_CUDA_ALLOCATOR": "cuda_malloc_async"}, package)
    assert environment == {"CT2_CUDA_ALLOCATOR": "cuda_malloc_async"}, "whoever set it knows why"
