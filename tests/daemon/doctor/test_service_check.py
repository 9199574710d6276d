"""What is said about the session bus and about sayso as a service; real ones are asked below tests/desktop."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sayso.doctor import Finding, Light
from sayso.doctor.bus import Bus, BusFacts, judge_bus
from sayso.doctor.units import Manager, UnitFacts, Written, find_units, judge_units, written
from sayso.installation import UNIT, Facts, Installation, find_facts
from sayso.usermanager import UserManager

STATUS: dict[str, Any] = {"version": "1.2.3", "state": "idle", "engine": "e", "device": "cpu", "problems": {}}
PLACE = Path("/home/me/.config/systemd/user") / UNIT
WELL = UnitFacts(
    Manager.THERE,
    {
        "LoadState": "loaded",
        "ActiveState": "active",
        "SubState": "running",
        "UnitFileState": "enabled",
        "Result": "success",
        "NeedDaemonReload": "no",
    },
    {PLACE: Written.CURRENT},
    is_enabled=True,
)


def told(facts: UnitFacts) -> list[Finding]:
    return list(judge_units(facts))


def only(facts: UnitFacts) -> Finding:
    (finding,) = judge_units(facts)
    return finding


def with_unit(**changes: str) -> UnitFacts:
    return replace(WELL, unit={**WELL.unit, **changes})


# ── the bus ───────────────────────────────────────────────────────────────────────────────────────


def test_a_sayso_of_this_version_is_green() -> None:
    finding = judge_bus(BusFacts(Bus.SAYSO, 7, STATUS), "1.2.3")
    assert (finding.light, finding.message) == (Light.GREEN, "sayso 1.2.3 runs and answers")
    assert finding.facts["running"] is True


def test_a_sayso_of_another_version_is_amber_with_how_to_restart_it() -> None:
    finding = judge_bus(BusFacts(Bus.SAYSO, 7, STATUS), "1.2.4")
    assert finding.light is Light.AMBER
    assert "1.2.3" in finding.message
    assert "1.2.4" in finding.message
    assert "restart sayso" in finding.remedy


def test_the_troubles_of_the_service_are_told_by_name_without_their_messages() -> None:
    status = STATUS | {"problems": {"focus-moved": "the window 'Letter to Kim' lost the focus"}}
    finding = judge_bus(BusFacts(Bus.SAYSO, 7, status), "1.2.3")
    assert finding.light is Light.AMBER
    assert "focus-moved" in finding.message
    assert "Kim" not in repr(finding)


@pytest.mark.parametrize("bus", [Bus.NONE, Bus.REFUSES, Bus.HANGS, Bus.SILENT, Bus.FOREIGN])
def test_what_keeps_everybody_from_the_service_is_red_with_a_remedy(bus: Bus) -> None:
    finding = judge_bus(BusFacts(bus))
    assert finding.light is Light.RED
    assert finding.remedy


def test_whoever_has_the_name_and_is_no_sayso_can_be_ended_by_its_number() -> None:
    assert "`kill 77`" in judge_bus(BusFacts(Bus.FOREIGN, 77)).remedy


def test_a_bus_without_sayso_is_green_with_how_to_start_it() -> None:
    finding = judge_bus(BusFacts(Bus.FREE))
    assert (finding.light, finding.facts["running"]) == (Light.GREEN, False)
    assert "systemctl --user start sayso" in finding.remedy


# ── the unit ──────────────────────────────────────────────────────────────────────────────────────


def test_a_service_that_is_installed_enabled_and_runs_is_green() -> None:
    assert only(WELL).light is Light.GREEN


def test_without_systemd_the_desktop_can_start_it() -> None:
    finding = only(UnitFacts(Manager.NO_SYSTEMD))
    assert finding.light is Light.GREEN
    assert "have your desktop start `sayso run`" in finding.remedy.replace("Have", "have")


def test_a_failed_service_is_red_with_how_to_see_why() -> None:
    finding = only(with_unit(ActiveState="failed", SubState="failed", Result="exit-code"))
    assert finding.light is Light.RED
    assert "exit-code" in finding.message
    assert f"journalctl --user -u {UNIT} -e" in finding.remedy


def test_a_service_that_is_started_again_and_again_is_red() -> None:
    finding = only(with_unit(ActiveState="activating", SubState="auto-restart", Result="signal"))
    assert (finding.light, "again and again (signal)" in finding.message) == (Light.RED, True)


def test_a_service_that_is_starting_is_amber() -> None:
    assert "starting" in only(with_unit(ActiveState="activating", SubState="start")).message


def test_a_service_that_does_not_run_is_amber_with_how_to_start_it() -> None:
    finding = only(with_unit(ActiveState="inactive", SubState="dead"))
    assert (finding.light, finding.remedy) == (Light.AMBER, f"Start it: systemctl --user start {UNIT}")


def test_a_service_that_does_not_start_at_login_is_amber() -> None:
    assert "does not start at login" in only(replace(WELL, is_enabled=False)).message


def test_a_file_that_systemd_has_not_read_since_is_amber() -> None:
    assert "daemon-reload" in only(with_unit(NeedDaemonReload="yes")).remedy


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Written.OUTDATED, "of another version"),
        (Written.BY_HAND, "changed by hand"),
    ],
)
def test_files_that_install_would_write_otherwise_are_amber(standing: Written, words: str) -> None:
    finding = only(replace(WELL, files={PLACE: standing}))
    assert (finding.light, words in finding.message) == (Light.AMBER, True)
    assert "sayso install" in finding.remedy


def test_a_missing_activation_file_is_amber_beside_a_unit_that_is_there() -> None:
    activation = PLACE.with_name("org.sayso.Dictation1.service")
    finding = only(replace(WELL, files={PLACE: Written.CURRENT, activation: Written.MISSING}))
    assert (finding.light, finding.remedy) == (Light.AMBER, "Put it in place: sayso install")


def test_what_is_not_installed_is_amber_once() -> None:
    nothing = UnitFacts(Manager.THERE, {"LoadState": "not-found"}, {PLACE: Written.MISSING})
    finding = only(nothing)
    assert (finding.light, finding.remedy) == (Light.AMBER, "Install it: sayso install")
    assert only(replace(nothing, manager=Manager.AWAY, unit={})).remedy == "Install it: sayso install"


def test_a_unit_of_somebody_elses_package_is_not_asked_to_be_installed() -> None:
    assert only(replace(WELL, files={PLACE: Written.MISSING})).light is Light.GREEN


def test_an_installed_service_whose_manager_is_away_starts_at_the_next_login() -> None:
    finding = only(replace(WELL, manager=Manager.AWAY, unit={}))
    assert (finding.light, "next login" in finding.remedy) == (Light.AMBER, True)


def test_a_manager_that_does_not_answer_is_amber() -> None:
    assert "does not answer" in only(replace(WELL, manager=Manager.HANGS, unit={})).message


def test_a_unit_that_systemd_does_not_see_is_amber() -> None:
    finding = only(with_unit(LoadState="not-found"))
    assert (finding.light, "daemon-reload" in finding.remedy) == (Light.AMBER, True)


def test_the_worst_comes_first_and_brings_the_facts() -> None:
    both = replace(with_unit(ActiveState="failed"), files={PLACE: Written.OUTDATED})
    first, second = told(both)
    assert (first.light, second.light) == (Light.RED, Light.AMBER)
    assert first.facts["ActiveState"] == "failed"
    assert not second.facts


# ── files, and a systemctl that answers as told ───────────────────────────────────────────────────


class Nobody(UserManager):
    """Where systemd is installed and no manager runs."""

    def version(self) -> int:
        return 252


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "SUDO_UID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def facts(home: Path) -> Facts:
    """An installation of one's own."""
    return Facts(("/opt/sayso",), os.getuid(), os.getuid(), None)


def install(facts: Facts) -> None:
    work = Installation(facts, Nobody())
    for _ in zip(work.install(start=False), range(3), strict=False):  # its files; then it asks the manager
        pass


def standings(facts: Facts, version: int = 252) -> dict[str, Written]:
    return {path.name: standing for path, standing in written(facts, version).items()}


def test_files_are_missing_before_and_current_after_they_are_installed(facts: Facts) -> None:
    assert set(standings(facts).values()) == {Written.MISSING}
    install(facts)
    assert set(standings(facts).values()) == {Written.CURRENT}


def test_a_unit_for_another_command_or_systemd_is_outdated(facts: Facts) -> None:
    install(facts)
    assert standings(replace(facts, command=("/home/me/sayso",)))[UNIT] is Written.OUTDATED
    assert standings(facts, 254)[UNIT] is Written.OUTDATED


def test_a_unit_that_somebody_changed_is_told_from_an_outdated_one(facts: Facts, home: Path) -> None:
    install(facts)
    unit = home / ".config/systemd/user" / UNIT
    unit.write_text(unit.read_text() + "Nice=5\n")
    assert standings(facts)[UNIT] is Written.BY_HAND


def systemctl(folder: Path, *cases: str) -> dict[str, str]:
    """An environment in which systemctl answers like this."""
    program = folder / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text("\n".join(["#!/bin/sh", 'case "$*" in', *cases, "esac", ""]))
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:/usr/bin:/bin", "HOME": str(folder)}


VERSION = "--version) echo 'systemd 252 (252.38-1)' ;;"


def test_what_systemctl_shows_is_read(home: Path) -> None:
    environment = systemctl(home, VERSION, "*show*) printf 'LoadState=loaded\\nResult=exit-code\\n' ;;")
    found = find_units(environment)
    assert found.manager is Manager.THERE
    assert found.unit == {"LoadState": "loaded", "Result": "exit-code"}


def test_a_manager_that_is_not_there_is_told_from_systemd_that_is_not_installed(home: Path) -> None:
    environment = systemctl(home, VERSION, "*) exit 1 ;;")
    assert find_units(environment).manager is Manager.AWAY
    assert find_units({"PATH": str(home / "nowhere"), "HOME": str(home)}).manager is Manager.NO_SYSTEMD


def test_a_systemctl_that_hangs_is_not_waited_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.doctor.units.SYSTEMCTL_SECONDS", 0.2)
    environment = systemctl(home, VERSION, "*) exec sleep 60 ;;")
    assert find_units(environment).manager is Manager.HANGS


def test_the_link_that_install_makes_enables_it(home: Path) -> None:
    environment = systemctl(home, VERSION, "*) exit 1 ;;")
    assert not find_units(environment).is_enabled
    list(Installation(find_facts(environment), Away()).install(start=False))
    assert find_units(environment).is_enabled


def test_why_nothing_can_be_installed_is_told_without_the_home(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = home / "it's" / "sayso"
    program.parent.mkdir()
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(program)])
    finding = only(find_units(systemctl(home, VERSION, "*) exit 1 ;;")))
    assert (finding.light, "~/it's/sayso" in finding.remedy) == (Light.AMBER, True)
    assert str(home) not in repr(finding)


class Away(Nobody):
    """A manager that cannot be told anything."""

    def take_up(self, unit: Path, *, start: bool) -> Any:
        return iter(())
