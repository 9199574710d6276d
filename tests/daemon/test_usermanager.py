"""What is made of systemctl's answers. The real one is asked in tests/desktop/systemd."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.errors import SaysoError
from sayso.usermanager import UserManager

UNIT = Path("/home/me/.config/systemd/user/sayso.service")


class Machine:
    """A folder of programs that answer as told and keep a list of how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.calls.touch()
        self.cases = [f"show\\ *) echo {UNIT} ;;", "show-environment) echo HOME=/home/me ;;"]
        self.environment = {"PATH": f"{folder}:/usr/bin:/bin"}

    def manager(self) -> UserManager:
        cases = "\n".join(self.cases)
        for program in ("systemctl", "busctl"):
            path = self.folder / program
            path.write_text(
                f'#!/bin/sh\necho "{program} $*" >>{self.calls}\n'
                f'case "${{*#--user --no-ask-password }}" in\n{cases}\nesac\n'
            )
            path.chmod(0o755)
        return UserManager(self.environment)

    def called(self, part: str) -> bool:
        return part in self.calls.read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_unit_is_started_once_manager_and_bus_have_read_their_files(machine: Machine) -> None:
    assert list(machine.manager().take_up(UNIT, start=True))[-1].startswith("started it")
    order = ["daemon-reload", "ReloadConfig", "restart sayso.service"]
    calls = machine.calls.read_text()
    assert sorted(order, key=calls.index) == order


def test_without_start_it_says_how_to(machine: Machine) -> None:
    said = list(machine.manager().take_up(UNIT, start=False))
    assert said == ["start it with: systemctl --user start sayso.service"]
    assert not machine.called("restart")


def test_a_manager_that_looks_elsewhere_is_an_error_that_names_the_likely_reason(machine: Machine) -> None:
    machine.cases.insert(0, "show\\ *) echo /usr/lib/systemd/user/sayso.service ;;")
    with pytest.raises(SaysoError, match="XDG_CONFIG_HOME") as failed:
        list(machine.manager().take_up(UNIT, start=True))
    assert "/usr/lib/systemd/user/sayso.service" in str(failed.value)


def test_a_service_that_does_not_start_is_an_error_that_says_where_to_look(machine: Machine) -> None:
    machine.cases.append("restart*) echo 'Job for sayso.service failed.' >&2; exit 1 ;;")
    with pytest.raises(SaysoError, match=r"Job for sayso\.service failed.*journalctl --user -u sayso\.service"):
        list(machine.manager().take_up(UNIT, start=True))


@pytest.mark.parametrize(
    ("variables", "lent"),
    [
        ({}, None),
        ({"DISPLAY": ":0"}, "import-environment DISPLAY\n"),
        ({"DISPLAY": ":0", "XAUTHORITY": "/x"}, "import-environment DISPLAY XAUTHORITY\n"),
        ({"DISPLAY": "localhost:10.0"}, None),
    ],
)
def test_only_a_display_of_this_machine_is_lent_to_a_manager_that_knows_none(
    machine: Machine, variables: dict[str, str], lent: str | None
) -> None:
    machine.environment |= variables
    list(machine.manager().take_up(UNIT, start=True))
    assert machine.called("import-environment") == (lent is not None)
    assert machine.called(lent or "")


def test_a_display_that_the_manager_knows_is_not_taken_from_it(machine: Machine) -> None:
    machine.environment["DISPLAY"] = ":1"
    machine.cases.insert(0, "show-environment) echo DISPLAY=:0 ;;")
    list(machine.manager().take_up(UNIT, start=True))
    assert not machine.called("import-environment")


@pytest.mark.parametrize(("state", "stopped"), [("active", True), ("activating", True), ("inactive", False)])
def test_only_what_runs_is_stopped(machine: Machine, state: str, stopped: bool) -> None:
    machine.cases.append(f"is-active*) echo {state} ;;")
    assert list(machine.manager().stop("sayso.service")) == (["stopped it"] if stopped else [])
    assert machine.called(" stop sayso.service") == stopped


@pytest.mark.parametrize(("answer", "version"), [("systemd 252 (252.38-1)", 252), ("something else", 0)])
def test_the_version_is_systemds_own(machine: Machine, answer: str, version: int) -> None:
    machine.cases.append(f"--version) echo '{answer}' ;;")
    assert machine.manager().version() == version
