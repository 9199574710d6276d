"""Where the session bus is."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sayso.bus.address import session_bus_address
from sayso.errors import BusError


def test_the_variable_comes_first(tmp_path: Path) -> None:
    named = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/somewhere", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert session_bus_address(named) == "unix:path=/somewhere"


def test_without_it_the_bus_of_the_runtime_folder_is_taken(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(tmp_path / "bus"))
        assert session_bus_address({"XDG_RUNTIME_DIR": str(tmp_path)}) == f"unix:path={tmp_path}/bus"


def test_where_there_is_none_the_error_says_what_was_looked_for_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BusError, match=r"DBUS_SESSION_BUS_ADDRESS is not set.*dbus-run-session"):
        session_bus_address({"XDG_RUNTIME_DIR": str(tmp_path)})
