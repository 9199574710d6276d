"""`sayso start|stop|toggle|cancel|undo|status` on a bus of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run
from tests.desktop.bus.fake_service import FakeService, serving
from tests.desktop.bus.private_bus import PrivateBus

from sayso.bus import NAME, client
from sayso.cli import main
from sayso.control import Control
from sayso.errors import TypistError

OWNER = """
import asyncio, os, sys
from dbus_fast import MessageType
from dbus_fast.aio import MessageBus

async def main():
    bus = await MessageBus().connect()
    bus.add_message_handler(lambda m: m.message_type is MessageType.METHOD_CALL and eval(sys.argv[2]))
    await bus.request_name(sys.argv[1])
    print("taken", flush=True)
    await bus.wait_for_disconnect()

asyncio.run(main())
"""
START = "start it with `systemctl --user start sayso` (after `sayso install`), or `sayso run`"


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    with PrivateBus() as private:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private.address)
        yield private


@pytest.fixture
def service(bus: PrivateBus) -> Iterator[FakeService]:
    """The service, running on the bus."""
    running = FakeService()
    with serving(running, []):
        yield running


@pytest.mark.parametrize("command", ["start", "stop", "toggle", "cancel", "undo"])
def test_a_command_is_obeyed_when_it_returns(sayso: Run, service: FakeService, command: str) -> None:
    ran = sayso(command)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert service.asked == [Control(command)]


def test_start_and_stop_show_in_the_status_that_follows(sayso: Run, service: FakeService) -> None:
    for command, state in (("start", "listening"), ("stop", "idle"), ("toggle", "listening")):
        sayso(command)
        assert sayso("status", "--json").rows[0]["state"] == state
    assert len(service.asked) == 3


def test_the_status_is_a_name_and_its_value_a_line(sayso: Run, service: FakeService) -> None:
    service.become(held=2, problems={"microphone-lost": "the microphone is gone\nplug it in"})
    ran = sayso("status")
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert lines[:5] == [
        "state:        idle (toggle)",
        "model:        tiny.en on cpu (ctranslate2), loaded",
        "microphone:   Mikrofon — é ש",
        "typing into:  x11",
        "hotkeys:      toggle super+alt+d, hold taken by another program",
    ]
    assert lines[5] == "waiting:      2 dictations for the window they were spoken to"
    assert lines[7:] == ["microphone-lost: the microphone is gone", "              plug it in"]


def test_the_status_says_where_the_model_is_and_what_drafts_for_it(sayso: Run, service: FakeService) -> None:
    service.become(model="base", draft_model="tiny.en", model_state="unloaded")
    line = "model:        base with drafts by tiny.en on cpu (ctranslate2), unloaded"
    assert sayso("status").out.splitlines()[1] == line


def test_the_status_says_when_the_machine_is_too_slow(sayso: Run, service: FakeService) -> None:
    service.become(pace="segments")
    assert sayso("status").out.splitlines()[2].startswith("pace:         segments: this machine is too slow")


def test_the_status_as_json_is_one_object_with_everything_in_it(sayso: Run, service: FakeService) -> None:
    (row,) = sayso("status", "--json").rows
    assert (row["running"], row["answering"]) == (True, True)
    assert row["level_dbfs"] == -120.0
    assert row["hotkeys"] == service.now.hotkeys
    assert row.keys() - {"running", "answering"} == set(type(service.now).__dataclass_fields__)


@pytest.mark.usefixtures("bus")
def test_the_status_of_a_stopped_service_says_how_to_start_it(sayso: Run) -> None:
    ran = sayso("status")
    assert (ran.status, ran.out, ran.err) == (3, f"not running: {START}\n", "")
    ran = sayso("status", "--json")
    assert ran.status == 3
    assert ran.rows == [{"running": False, "message": f"not running: {START}"}]


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize("command", ["start", "stop", "toggle", "cancel", "undo"])
def test_where_nothing_runs_and_nothing_can_be_started_a_command_says_how_to(sayso: Run, command: str) -> None:
    ran = sayso(command)
    assert (ran.status, ran.err) == (1, f"sayso: sayso is not running: {START}\n")


def offer(bus: PrivateBus, command: str) -> None:
    """Have the bus start the service with a command."""
    (bus.services / "org.sayso.Dictation1.service").write_text(
        f"[D-BUS Service]\nName=org.sayso.Dictation1\nExec={command}\n"
    )
    name = "org.freedesktop.DBus"
    bus.run("busctl", "--user", "call", name, "/org/freedesktop/DBus", name, "ReloadConfig")


def test_start_has_the_bus_start_the_service_and_the_status_never_does(sayso: Run, bus: PrivateBus) -> None:
    script = bus.folder / "service.py"
    script.write_text(
        "import sys\n"
        f"sys.path[:0] = {sys.path!r}\n"
        "from tests.desktop.bus.fake_service import FakeService, serving\n"
        "import threading\n"
        "with serving(FakeService(), []) as server:\n"
        "    server._thread.join(60)\n"
    )
    offer(bus, f"{sys.executable} {script}")
    for command in ("status", "stop", "cancel", "undo"):
        assert sayso(command).status in (1, 3)
    assert sayso("start").status == 0
    (row,) = sayso("status", "--json").rows
    assert row["state"] == "listening"
    subprocess.run(["kill", str(row["pid"])], check=True)


def test_a_service_that_cannot_be_started_is_not_silent(sayso: Run, bus: PrivateBus) -> None:
    offer(bus, "/bin/false")
    ran = sayso("start")
    assert ran.status == 1
    assert "could not be started" in ran.err
    assert "systemctl --user status sayso" in ran.err


def test_what_the_service_refuses_is_printed(sayso: Run, service: FakeService) -> None:
    service.refuses[Control.UNDO] = TypistError("there is nothing to undo")
    ran = sayso("undo")
    assert (ran.status, ran.err) == (1, "sayso: there is nothing to undo\n")


def test_a_service_that_hangs_is_not_waited_for(
    sayso: Run, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.2)
    service.hangs.add(Control.START)
    ran = sayso("start")
    assert ran.status == 1
    assert "did not answer" in ran.err
    assert "systemctl --user restart sayso" in ran.err


@pytest.mark.parametrize("command", ["start", "status"])
def test_without_a_session_bus_that_is_what_is_said(
    sayso: Run, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere")
    ran = sayso(command)
    assert ran.status == 1
    assert ran.err.startswith("sayso: there is no session bus: DBUS_SESSION_BUS_ADDRESS is not set")


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "autolaunch:", "nonsense", "unix:"])
def test_a_bus_that_cannot_be_reached_is_named(sayso: Run, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    ran = sayso("status")
    assert ran.status == 1
    assert address in ran.err


@pytest.mark.parametrize(("command", "library"), [("toggle", "numpy"), ("toggle", "rich"), ("demo", "dbus_fast")])
def test_a_command_does_not_load_what_only_others_need(command: str, library: str) -> None:
    parsing = f"import sys, sayso.cli.command_line; sayso.cli.command_line.make_parser({command!r})"
    code = f"{parsing}; sys.exit({library!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_a_bus_status_is_json_for_whoever_asked_for_json(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert main(["status", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["running"] is None
    assert "no session bus" in told["message"]


@contextmanager
def owner(bus: PrivateBus, what_it_does: str) -> Iterator[None]:
    """A program that has the service's name; what it does when it is called is an expression."""
    command = [sys.executable, "-c", OWNER, NAME, what_it_does]
    with subprocess.Popen(command, env=bus.env, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        try:
            assert program.stdout.readline() == "taken\n"
            yield
        finally:
            program.kill()


def test_a_service_that_hangs_runs_and_does_not_answer_says_the_status(
    sayso: Run, bus: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.5)
    with owner(bus, "True"):
        ran = sayso("status", "--json")
        assert ran.status == 1
        assert ran.rows == [{"running": True, "answering": False, "message": client.SILENT}]
        ran = sayso("status")
        assert (ran.status, ran.out, ran.err) == (1, "", f"sayso: {client.SILENT}\n")


def test_a_service_that_ends_instead_of_answering_does_not_run(sayso: Run, bus: PrivateBus) -> None:
    with owner(bus, "os._exit(0)"):
        ran = sayso("status", "--json")
    assert ran.status == 3
    assert ran.rows == [{"running": False, "message": client.LEFT}]
    with owner(bus, "os._exit(0)"):
        ran = sayso("stop")
    assert (ran.status, ran.err) == (1, f"sayso: {client.LEFT}\n")


def test_on_a_bus_that_hangs_nobody_knows_whether_the_service_runs(
    sayso: Run, bus: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.2)
    bus.freeze()
    try:
        ran = sayso("status", "--json")
    finally:
        bus.thaw()
    (row,) = ran.rows
    assert (ran.status, row["running"]) == (1, None)
    assert "does not answer; log out and in again" in row["message"]
