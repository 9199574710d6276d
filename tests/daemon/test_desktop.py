"""Which display there is to type into, as far as the environment and the user manager know."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbus_fast import PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_property

from sayso import desktop
from sayso.desktop import (
    ASK_SECONDS,
    MISSING_DISPLAY,
    ask_manager,
    describe_absence,
    find_display,
    is_started_by_systemd,
)

UNIT = {"SYSTEMD_EXEC_PID": str(os.getpid())}
SHELL = {"SYSTEMD_EXEC_PID": "1"}  # of a terminal that systemd started


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_either_display_is_a_desktop_session(variable: str) -> None:
    assert describe_absence({variable: ":0"}) is None


@pytest.mark.parametrize("environment", [{}, {"DISPLAY": "", "WAYLAND_DISPLAY": ""}])
def test_without_a_display_both_variables_are_named(environment: dict[str, str]) -> None:
    assert describe_absence(environment) == MISSING_DISPLAY
    assert "DISPLAY nor WAYLAND_DISPLAY" in MISSING_DISPLAY


@pytest.mark.parametrize(
    ("environment", "known", "found"),
    [
        ({"DISPLAY": ":1"}, {"DISPLAY": ":2"}, ":1"),
        (SHELL | {"DISPLAY": ":1"}, {"DISPLAY": ":2"}, ":1"),
        ({}, {"DISPLAY": ":2"}, ":2"),
        ({"DISPLAY": ""}, {"DISPLAY": ":2"}, ":2"),
        (UNIT | {"DISPLAY": ":1"}, {"DISPLAY": ":2"}, ":2"),
        (UNIT | {"DISPLAY": ":1"}, {}, ":1"),
        (UNIT, {"DISPLAY": ""}, None),
        ({}, {}, None),
    ],
)
def test_a_service_believes_the_manager_whoever_has_a_terminal_its_own_environment(
    environment: dict[str, str], known: dict[str, str], found: str | None
) -> None:
    assert find_display(environment, lambda: known) == found


def test_the_key_to_the_display_comes_with_it() -> None:
    environment = UNIT | {"XAUTHORITY": "/old"}
    assert find_display(environment, lambda: {"DISPLAY": ":2", "XAUTHORITY": "/run/user/1000/gdm/Xauthority"})
    assert environment["XAUTHORITY"] == "/run/user/1000/gdm/Xauthority"


def test_only_the_process_that_systemd_started_is_its_service() -> None:
    assert is_started_by_systemd(UNIT)
    assert not is_started_by_systemd(SHELL)
    assert not is_started_by_systemd({})


# ── asking the manager ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def bus() -> Iterator[str]:
    """The address of a session bus where nobody is."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.fail("dbus-daemon is missing: apt install dbus")
    with tempfile.TemporaryDirectory() as folder:  # short: the path of a socket must be below 108 bytes
        address = f"--address=unix:dir={folder}"
        options = ["--session", "--nofork", "--nopidfile", "--print-address", address]
        with subprocess.Popen([program, *options], stdout=subprocess.PIPE, text=True) as daemon:
            assert daemon.stdout is not None
            yield daemon.stdout.readline().strip()
            daemon.terminate()


class Manager(ServiceInterface):
    """The one property of systemd that is asked for."""

    @dbus_property(PropertyAccess.READ, name="Environment")
    def environment(self) -> "as":  # type: ignore[valid-type]  # noqa: F722  # D-Bus's signature
        return ["DISPLAY=:7", "XAUTHORITY=/a=b", "EMPTY="]


def test_the_manager_is_asked_over_the_session_bus(bus: str) -> None:
    async def asked() -> dict[str, str]:
        one = await MessageBus(bus_address=bus).connect()
        try:
            one.export("/org/freedesktop/systemd1", Manager("org.freedesktop.systemd1.Manager"))
            await one.request_name("org.freedesktop.systemd1")
            return await asyncio.to_thread(ask_manager, {"DBUS_SESSION_BUS_ADDRESS": bus})
        finally:
            one.disconnect()

    assert asyncio.run(asked()) == {"DISPLAY": ":7", "XAUTHORITY": "/a=b", "EMPTY": ""}


def test_where_no_systemd_is_on_the_bus_nothing_is_known(bus: str) -> None:
    assert ask_manager({"DBUS_SESSION_BUS_ADDRESS": bus}) == {}


@pytest.mark.parametrize(
    "environment",
    [
        {"XDG_RUNTIME_DIR": "/nonexistent"},
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"},
        {"DBUS_SESSION_BUS_ADDRESS": "nonsense"},
    ],
)
def test_without_a_bus_nothing_is_known(environment: dict[str, str]) -> None:
    assert ask_manager(environment) == {}


def test_a_bus_that_does_not_answer_is_not_waited_for(tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path), socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind("bus")
        deaf.listen()
        began = time.monotonic()
        assert ask_manager({"DBUS_SESSION_BUS_ADDRESS": "unix:path=bus"}) == {}
        assert time.monotonic() - began < ASK_SECONDS + 2


def test_a_session_that_begins_later_is_told_once_and_the_thread_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "LOOK_SECONDS", 0.001)
    kinds = iter([None, None, desktop.Kind.WAYLAND])
    told: queue.SimpleQueue[desktop.Kind] = queue.SimpleQueue()
    waiting = desktop.SessionWait(told.put, lambda: next(kinds))
    waiting.start()
    assert told.get(timeout=10) is desktop.Kind.WAYLAND
    waiting.stop()
    assert told.empty()


def test_a_session_that_was_there_from_the_start_is_not_told() -> None:
    waiting = desktop.SessionWait(lambda _: pytest.fail("it was there"), lambda: desktop.Kind.X11)
    waiting.start()
    waiting.stop()
