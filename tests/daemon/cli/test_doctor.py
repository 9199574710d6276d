"""`sayso doctor`: a light in words for every part, and the worst of them as exit status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run

from sayso.config import Settings
from sayso.doctor import Finding, Light, registry


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


def test_every_check_that_is_registered_exists() -> None:
    for names in registry.CHECKS.values():
        for name in names:
            assert callable(registry._check(name))
