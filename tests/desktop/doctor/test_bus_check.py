"""The doctor's bus check on real buses: with sayso on it, with somebody else, with nobody, hanging, and none."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from dbus_fast.aio import MessageBus
from tests.desktop.bus.fake_service import FakeService, serving
from tests.desktop.bus.private_bus import PrivateBus

from sayso import __version__
from sayso.bus import NAME
from sayso.bus.address import THE_BUS
from sayso.config import Settings, load_settings
from sayso.doctor import Finding, Light
from sayso.doctor.bus import check_bus

DEADLINE_SECONDS = 7.0  # five, and what a busy machine adds
ACTIVATION = f"[D-BUS Service]\nName={NAME}\nExec=/bin/false\n"
TAKE_NAME = """
import asyncio, sys
from dbus_fast.aio import MessageBus

async def main():
    bus = await MessageBus().connect()
    await bus.request_name(sys.argv[1])
    print("taken", flush=True)
    await bus.wait_for_disconnect()

asyncio.run(main())
"""


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A private bus that is this process's session bus."""
    with PrivateBus() as private:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private.address)
        yield private


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Those of somebody who wrote none."""
    empty = tmp_path_factory.mktemp("config") / "config.yaml"
    empty.write_text("")
    return load_settings(empty)


def only(settings: Settings) -> Finding:
    """What is found, in time."""
    began = time.monotonic()
    (finding,) = check_bus(settings)
    assert time.monotonic() - began < DEADLINE_SECONDS
    return finding


@contextmanager
def foreign_owner(bus: PrivateBus) -> Iterator[subprocess.Popen[str]]:
    """A program that has our name and is not sayso."""
    command = [sys.executable, "-c", TAKE_NAME, NAME]
    with subprocess.Popen(command, env={**os.environ, **bus.env}, stdout=subprocess.PIPE, text=True) as owner:
        try:
            assert owner.stdout is not None
            assert owner.stdout.readline() == "taken\n"
            yield owner
        finally:
            owner.kill()


def test_a_sayso_that_answers_is_green(bus: PrivateBus, settings: Settings) -> None:
    service = FakeService()
    service.become(version=__version__)
    with serving(service, []):
        finding = only(settings)
    assert finding.light is Light.GREEN, finding
    assert finding.facts["version"] == __version__
    assert service.asked == []


def test_a_sayso_of_another_version_is_amber(bus: PrivateBus, settings: Settings) -> None:
    service = FakeService()
    service.become(version="0.0.1")
    with serving(service, []):
        assert only(settings).light is Light.AMBER


def test_a_program_that_has_the_name_and_is_no_sayso_is_red_and_named_by_its_number(
    bus: PrivateBus, settings: Settings
) -> None:
    with foreign_owner(bus) as owner:
        finding = only(settings)
    assert finding.light is Light.RED
    assert "does not answer as sayso does" in finding.message
    assert f"kill {owner.pid}" in finding.remedy


def test_a_service_that_hangs_is_red_in_time(bus: PrivateBus, settings: Settings) -> None:
    with foreign_owner(bus) as owner:
        owner.send_signal(signal.SIGSTOP)
        finding = only(settings)
    assert (finding.light, "does not answer within" in finding.message) == (Light.RED, True)


def test_where_nobody_has_the_name_nobody_is_started(bus: PrivateBus, settings: Settings) -> None:
    (bus.services / f"{NAME}.service").write_text(
        ACTIVATION.replace("/bin/false", f"/bin/touch {bus.folder}/started")
    )
    ask(bus, "ReloadConfig")
    finding = only(settings)
    assert finding.light is Light.GREEN
    assert finding.facts == {"running": False, "can_start": True}
    assert not (bus.folder / "started").exists()


def ask(bus: PrivateBus, member: str) -> None:
    bus.run("busctl", f"--address={bus.address}", "call", THE_BUS, "/org/freedesktop/DBus", THE_BUS, member)


def test_a_bus_that_hangs_is_red_in_time(bus: PrivateBus, settings: Settings) -> None:
    bus.freeze()
    try:
        finding = only(settings)
    finally:
        bus.thaw()
    assert (finding.light, "session bus does not answer" in finding.message) == (Light.RED, True)


def test_a_bus_that_is_gone_and_one_that_never_was_are_red(
    bus: PrivateBus, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus.end()
    assert only(settings).light is Light.RED
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(bus.folder))
    finding = only(settings)
    assert (finding.light, "no session bus" in finding.message) == (Light.RED, True)
    assert str(bus.folder) not in repr(finding)


def test_no_thread_and_no_connection_is_left(bus: PrivateBus, settings: Settings) -> None:
    before = threading.active_count()
    for _ in range(3):
        only(settings)
    assert threading.active_count() == before
    assert asyncio.run(connections()) <= 2  # the bus and ourselves


async def connections() -> int:
    bus = await MessageBus().connect()
    introspection = await bus.introspect(THE_BUS, "/org/freedesktop/DBus")
    the_bus = bus.get_proxy_object(THE_BUS, "/org/freedesktop/DBus", introspection).get_interface(THE_BUS)
    names = await the_bus.call_list_names()  # type: ignore[attr-defined]
    bus.disconnect()
    return len(names)
