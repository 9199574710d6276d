"""The makers' tools may say anything, or nothing, ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from sayso.devices import probe as looking
from sayso.devices.advice import Build, why_not_used
from sayso.devices.probe import probe
from sayso.devices.usage import usage

DISPLAY, MISMATCH = "0x030000", "Failed to initialize NVML: Driver/library version mismatch"


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of tools that come before the real ones, on a machine with a card of NVIDIA's."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    card = tmp_path / "pci" / "0000:01:00.0"
    card.mkdir(parents=True)
    (card / "vendor").write_text("0x10de\n")
    (card / "class").write_text(f"{DISPLAY}\n")
    monkeypatch.setattr(looking.has_nvidia, "__defaults__", (tmp_path / "pci",))
    monkeypatch.setattr(looking, "_hanging", set())
    return tmp_path


def tool(folder: Path, script: str, name: str = "nvidia-smi") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    "script",
    [
        r"printf '0, NVIDIA GeForce GTX 1650 \256, 00000000:01:00.0, 595.71.05, 4096, 7.5\n'",
        "head -c 300000 /dev/urandom",
        "yes , | head -c 300000",
        r"printf '\"'; yes x | head -c 300000",
        "printf '0, x, y, 1.2, %05000d, 7.5' 1",
        "printf '%05000d MiB, 5 %%, 0x%05000d' 1 1",
        "exit 9",
    ],
)
def test_whatever_a_tool_says_nothing_fails(tools: Path, script: str) -> None:
    for name in ("nvidia-smi", "vulkaninfo", "rocminfo", "rocm-smi"):
        tool(tools, script, name)
    probe(vulkan_too=True)
    usage()


def test_a_driver_that_does_not_answer_is_told_in_its_own_words(tools: Path) -> None:
    tool(tools, f"echo '{MISMATCH}'; exit 18")
    machine = probe()
    assert machine.gpus == ()
    assert machine.complaint == MISMATCH
    (advice,) = why_not_used(machine, Build.CUDA, has_cublas=True)
    assert MISMATCH in str(advice)
    assert "Restart the machine" in advice.remedy


def test_without_a_card_the_tool_may_complain_as_it_likes(tools: Path, tmp_path: Path) -> None:
    (tmp_path / "pci" / "0000:01:00.0" / "vendor").write_text("0x8086\n")
    tool(tools, f"echo '{MISMATCH}'; exit 18")
    assert probe().complaint == ""


def test_a_tool_that_hangs_is_waited_for_once_and_ended_with_all_that_it_started(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "TOOL_SECONDS", 0.5)
    alive = tools / "alive"  # whose other end is closed when all of them are gone
    os.mkfifo(alive)
    end = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
    tool(tools, f"exec 3> {alive}; sleep 98765 & wait")
    began = time.monotonic()
    machine = probe()
    assert machine.complaint == "does not answer within 0.5 s"
    probe()
    usage()
    assert time.monotonic() - began < 5
    os.set_blocking(end, True)
    assert os.read(end, 1) == b""
    os.close(end)


def test_an_override_that_is_set_already_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSA_OVERRIDE_GFX_VERSION", "10.3.0")
    assert probe().hsa_override == "10.3.0"
