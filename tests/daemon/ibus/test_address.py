"""The daemon's bus is found as libibus finds it, and never that of a daemon which is gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sayso.errors import BusError
from sayso.ibus import address
from sayso.ibus.address import ibus_address, names, parse

WHERE = "unix:abstract=/tmp/dbus-x,guid=1"
NOBODY = 2**22 + 1  # more than the kernel gives


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    machine = tmp_path / "machine-id"
    machine.write_text("abc\n")
    monkeypatch.setattr(address, "MACHINE_IDS", (tmp_path / "none", machine))
    (tmp_path / "ibus" / "bus").mkdir(parents=True)
    return tmp_path


def leave(config: Path, name: str, where: str = WHERE, process: int | str = os.getpid()) -> None:
    text = f"# a remark\nIBUS_ADDRESS={where}\nIBUS_DAEMON_PID={process}\n"
    (config / "ibus" / "bus" / name).write_text(text)


def test_the_variable_comes_first(config: Path) -> None:
    leave(config, "abc-unix-0")
    environment = {"IBUS_ADDRESS": "unix:path=/x", "XDG_CONFIG_HOME": str(config), "DISPLAY": ":0"}
    assert ibus_address(environment) == "unix:path=/x"


def test_the_file_of_the_display_says_where_the_bus_is(config: Path) -> None:
    leave(config, "abc-unix-7")
    assert ibus_address({"XDG_CONFIG_HOME": str(config), "DISPLAY": ":7.0"}) == WHERE
    assert ibus_address({"XDG_CONFIG_HOME": str(config)}, display=":7") == WHERE


def test_without_a_folder_for_settings_it_is_below_the_home_directory(config: Path) -> None:
    home = config / "home"
    home.mkdir()
    (home / ".config").symlink_to(config)
    leave(config, "abc-unix-wayland-0")
    assert ibus_address({"HOME": str(home), "WAYLAND_DISPLAY": "wayland-0"}) == WHERE


def test_a_file_can_be_named(config: Path) -> None:
    leave(config, "named")
    assert ibus_address({"IBUS_ADDRESS_FILE": str(config / "ibus" / "bus" / "named")}) == WHERE


def test_of_a_wayland_session_with_an_x_server_the_daemon_that_runs_is_taken(config: Path) -> None:
    leave(config, "abc-unix-wayland-0", process=NOBODY)
    leave(config, "abc-unix-0", "unix:path=/y")
    environment = {"XDG_CONFIG_HOME": str(config), "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}
    assert ibus_address(environment) == "unix:path=/y"


@pytest.mark.parametrize("process", [NOBODY, "", "many", "9" * 40])
def test_the_file_of_a_daemon_that_is_gone_counts_for_nothing(config: Path, process: int | str) -> None:
    leave(config, "abc-unix-0", process=process)
    with pytest.raises(BusError, match="start it with: ibus-daemon"):
        ibus_address({"XDG_CONFIG_HOME": str(config), "DISPLAY": ":0"})


@pytest.mark.parametrize("text", ["", "IBUS_ADDRESS=\nIBUS_DAEMON_PID=1", "IBUS_ADDRESS=unix:path=/x", "\0"])
def test_a_file_that_says_no_address_is_none(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, []),
        ({"DISPLAY": ":1.2"}, ["m-unix-1"]),
        ({"DISPLAY": "host:1"}, ["m-host-1"]),
        ({"DISPLAY": "unix"}, ["m-unix-0"]),
        ({"WAYLAND_DISPLAY": "wayland-1", "DISPLAY": ":0"}, ["m-unix-wayland-1", "m-unix-0"]),
    ],
)
def test_the_file_is_called_after_the_display(environment: dict[str, str], expected: list[str]) -> None:
    assert names("m", environment) == expected
