"""What is said of the keyboards that `hotkeys.backend: evdev` would read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemon.evdev.machine import Machine

from sayso.config.chords import parse_chord
from sayso.doctor import Finding, Light
from sayso.doctor.keyboards import look_at_keyboards
from sayso.evdev.keyboard import Keyboard
from sayso.hotkeys.facts import Action

CHORDS = {Action.TOGGLE: parse_chord("pause")}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    machine.close()


def look(machine: Machine, folder: str = "") -> Finding:
    return look_at_keyboards("hotkey press", CHORDS, folder or machine.folder, machine.ioctl)


def test_keyboards_that_may_be_read_are_counted(machine: Machine) -> None:
    machine.plug(0)
    machine.plug(1)
    machine.plug(2, "Mouse", codes={272})
    finding = look(machine)
    assert finding.light is Light.AMBER
    assert "may read 2 keyboards here" in finding.message
    assert finding.facts == {"keyboards": 2, "denied": 0}


def test_where_there_is_none_nothing_is_said_to_be_read(machine: Machine) -> None:
    for folder in (machine.folder, f"{machine.folder}/nowhere"):
        finding = look(machine, folder)
        assert finding.light is Light.AMBER
        assert f"there is no keyboard in {folder}" in finding.message
        assert "read" not in finding.message
        assert finding.remedy.startswith("connect one")


def test_keyboards_that_may_not_be_read_are_red_with_the_rule(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mouse may be, as game controllers are: that is no keyboard."""
    machine.plug(0, "Mouse", codes={272})
    machine.plug(1, "Keyboard")
    opened = Keyboard.__init__

    def refuse(self: Keyboard, path: str, *more: object) -> None:
        if path.endswith("1"):
            raise PermissionError(path)
        opened(self, path, *more)  # type: ignore[arg-type]  # the ioctl

    monkeypatch.setattr(Keyboard, "__init__", refuse)
    finding = look(machine)
    assert finding.light is Light.RED
    assert finding.message == "hotkeys.backend: evdev may not read the keyboards (/dev/input/event*)"
    assert "uaccess" in finding.remedy
