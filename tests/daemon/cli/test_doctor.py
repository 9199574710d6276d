"""`sayso doctor`: a light in words for every part, and the worst of them as exit status."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run

from sayso.config import Settings
from sayso.doctor import Finding, Light, registry

CHECKED = """
import os, sys, time
from sayso.cli import doctor
from sayso.cli.command_line import execute
from sayso.doctor import Finding, Light, registry
from sayso.interruption import at_once

def check(settings):
    tried = 0
    try:
        while True:
            tried += 1
            yield Finding("a", Light[sys.argv[1]], "so" * 40_000, "do this")
            if tried == 2:
                break
    except GeneratorExit:
        os.write(2, f"closed {tried} of 2\\n".encode())
        raise

registry._check = lambda name: check
doctor.keep_stderr = lambda: None
sys.exit(execute(["doctor", "--only", "bus", *sys.argv[2:]]))
"""
"""A doctor of whose findings none fits into a pipe, so that the first is not told before somebody has read it."""


@pytest.fixture(autouse=True)
def _stderr_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of its own has its standard error moved out of ALSA's way; the tests' stays where it is."""
    monkeypatch.setattr("sayso.cli.doctor.keep_stderr", lambda: None)


def test_the_model_in_use_is_proved_whole(sayso: Run) -> None:
    ran = sayso("doctor", "--only", "models")
    assert (ran.status, ran.err) == (0, "")
    assert "works  model: tiny.en: whole" in ran.out
    assert ran.out.endswith("sayso works.\n")


def with_check(monkeypatch: pytest.MonkeyPatch, *found: Finding | Exception) -> None:
    def check(settings: Settings) -> Iterator[Finding]:
        for finding in found:
            if isinstance(finding, Exception):
                raise finding
            yield finding

    monkeypatch.setattr(registry, "_check", lambda name: check)


@pytest.mark.parametrize("light", list(Light))
def test_the_exit_status_is_the_worst_light(sayso: Run, monkeypatch: pytest.MonkeyPatch, light: Light) -> None:
    with_check(monkeypatch, Finding("a", Light.GREEN, "well"), Finding("b", light, "so", "do this"))
    ran = sayso("doctor", "--only", "bus")
    assert ran.status == light.value
    assert "→ do this" in ran.out


def test_for_bug_reports_each_finding_is_an_object(sayso: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with_check(monkeypatch, Finding("a", Light.AMBER, "so so", "do this", {"seconds": 0.5}))
    ran = sayso("doctor", "--json", "--only", "bus")
    machine, finding = ran.rows
    assert {"python", "processor", "cores", "versions"} <= machine.keys()
    assert finding == {
        "part": "a",
        "light": "amber",
        "message": "so so",
        "remedy": "do this",
        "facts": {"seconds": 0.5},
    }


def test_a_check_that_fails_of_itself_keeps_no_other_from_being_made(
    sayso: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_check(monkeypatch, Finding("a", Light.GREEN, "well"), RuntimeError("what somebody said"))
    ran = sayso("doctor", "--only", "bus", "units")
    assert ran.status == Light.AMBER.value
    assert ran.out.count("works  a: well") == 2
    assert "could not be tried: RuntimeError" in ran.out
    assert "somebody" not in ran.out + ran.err


def test_settings_with_a_mistake_are_named_and_the_rest_is_tried(sayso: Run, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("engine:\n  nmae: ctranslate2\n", encoding="utf-8")
    ran = sayso("doctor", "--only", "models", "--config", str(config))
    assert ran.status == Light.RED.value
    assert "engine.nmae" in ran.out
    assert "engine.name" in ran.out
    assert "tiny.en: whole" in ran.out


def test_a_bug_report_does_not_quote_mistaken_settings(sayso: Run, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("audio:\n  device: 7\n  devcie: Kim's headset\n", encoding="utf-8")
    ran = sayso("doctor", "--only", "models", "--json", "--config", str(config))
    assert ran.status == Light.RED.value
    assert ran.rows[1]["part"] == "settings"
    assert "Kim" not in ran.out
    assert str(tmp_path) not in ran.out


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["words", "json"])
@pytest.mark.parametrize("light", list(Light))
def test_a_reader_who_leaves_ends_it_quietly_and_nothing_more_is_tried(light: Light, options: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHECKED, light.name, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as doctor:
        assert doctor.stdout is not None
        assert doctor.stderr is not None
        if options:
            assert doctor.stdout.readline().startswith(b'{"python"')
        assert doctor.stdout.read(1)
        doctor.stdout.close()
        told = doctor.stderr.read()
        assert (doctor.wait(30), told) == (141, b"closed 1 of 2\n")


def test_what_cannot_be_written_for_another_reason_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        doctor = subprocess.run(
            [sys.executable, "-c", CHECKED, "GREEN"], stdout=full, stderr=subprocess.PIPE, timeout=30, check=False
        )
    assert doctor.returncode == 1
    assert b"No space left on device" in doctor.stderr


def test_every_check_that_is_registered_exists() -> None:
    for names in registry.CHECKS.values():
        for name in names:
            assert callable(registry._check(name))
