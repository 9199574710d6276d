"""The bus that is not there, goes away, comes back, does not read; and a second instance."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from dbus_fast import Message
from tests.desktop.bus.fake_service import FakeService, serving
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.rig.waiting import until

from sayso.bus import NAME
from sayso.bus.client import read_status
from sayso.bus.outbox import LIMIT
from sayso.bus.server import STOP_SECONDS, BusServer
from sayso.errors import AlreadyRunning
from sayso.events import (
    Committed,
    Edit,
    Event,
    HypothesisChanged,
    Problem,
    ProblemCleared,
    ProblemName,
    State,
    StateChanged,
)

CLEARED = ProblemCleared(ProblemName.BUS_LOST)

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


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


@contextmanager
def foreign_owner(bus: PrivateBus) -> Iterator[subprocess.Popen[str]]:
    """A program that has our name and is not sayso."""
    with subprocess.Popen(
        [sys.executable, "-c", TAKE_NAME, NAME], env=bus.env, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        try:
            assert program.stdout.readline() == "taken\n"
            yield program
        finally:
            program.kill()


@pytest.mark.usefixtures("server")
def test_a_second_instance_is_told_which_process_runs() -> None:
    with pytest.raises(AlreadyRunning, match=rf"already running: process {os.getpid()} \(.*python.*sayso status"):
        BusServer(FakeService(), lambda event: None).start()
    assert read_status()["pid"] == os.getpid()


@pytest.mark.parametrize("answers", [True, False])
def test_another_program_that_has_the_name_is_not_called_sayso_but_by_its_own(
    bus: PrivateBus, service: FakeService, answers: bool
) -> None:
    with foreign_owner(bus) as program:
        if not answers:
            program.send_signal(signal.SIGSTOP)
        server = BusServer(service, lambda event: None)
        with pytest.raises(AlreadyRunning) as refused:
            server.start()
        server.stop()
        assert f"{NAME} on the session bus belongs to process {program.pid} ({program.args[0]} " in str(
            refused.value
        )
        assert f"`kill {program.pid}`" in str(refused.value)
        assert "already running" not in str(refused.value)
    with serving(service, []):
        assert read_status()["pid"] == os.getpid()


def test_what_breaks_on_the_bus_thread_is_logged_without_what_it_was_about(
    server: BusServer, caplog: pytest.LogCaptureFixture
) -> None:
    def break_off(_message: Message) -> None:
        raise OSError("while writing 'the words'")

    caplog.set_level(logging.DEBUG, "sayso.bus")
    signal_of_words = Message.new_signal("/", NAME, "Committed", "s", ["the words"])
    server._call(partial(break_off, signal_of_words))
    until(lambda: "OSError" in caplog.text, "the failure to be logged")
    assert "words" not in caplog.text


def test_without_a_bus_the_service_starts_says_so_and_finds_the_bus_when_it_comes(
    bus: PrivateBus, service: FakeService, reported: list[Event]
) -> None:
    bus.end()
    with serving(service, reported):
        (problem,) = reported
        assert isinstance(problem, Problem)
        assert problem.name is ProblemName.BUS_LOST
        assert bus.address in problem.message
        bus.begin()
        until(lambda: reported[1:] == [CLEARED], "the bus to be found")
        assert read_status()["state"] == "idle"


def test_where_no_bus_is_named_the_service_starts_all_the_same(
    service: FakeService, reported: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere")
    with serving(service, reported) as server:
        server.watch(StateChanged(State.LISTENING))
    (problem,) = reported
    assert isinstance(problem, Problem)
    assert "there is no session bus" in problem.message


def test_a_bus_that_goes_away_is_reported_once_and_taken_up_again_when_it_is_back(
    bus: PrivateBus, server: BusServer, reported: list[Event]
) -> None:
    assert reported == []
    bus.end()
    until(lambda: len(reported) == 1, "the loss to be reported")
    server.watch(StateChanged(State.LISTENING))
    bus.begin()
    until(lambda: reported[1:] == [CLEARED], "the bus to be taken up again")
    assert read_status()["state"] == "idle"


def test_a_name_that_another_process_took_meanwhile_is_reported(
    bus: PrivateBus, service: FakeService, reported: list[Event]
) -> None:
    bus.end()
    with serving(service, reported):
        assert len(reported) == 1
        other_service = FakeService()
        bus.begin()
        other = BusServer(other_service, lambda event: None)
        try:
            other.start()
            until(lambda: len(reported) == 2, "the other to be reported")
            assert isinstance(reported[1], Problem)
            assert "already running" in reported[1].message
        finally:
            other.stop()
            other_service.close()
        until(lambda: reported[-1] == CLEARED, "the name to be free")


def test_a_bus_that_does_not_read_costs_no_memory_and_no_commit(
    bus: PrivateBus, server: BusServer, reported: list[Event]
) -> None:
    text = "word " * 200
    heard = bus.folder / "heard"
    with heard.open("wb") as output:
        monitor = subprocess.Popen(
            ["busctl", "--user", "--json=short", f"--match=type='signal',interface='{NAME}'", "monitor"],
            env=bus.env,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
    try:

        def is_heard() -> bool:
            server.watch(Problem(ProblemName.MICROPHONE_LOST, "gone"))
            return b"microphone-lost" in heard.read_bytes()

        until(is_heard, "busctl to listen")
        bus.freeze()
        for number in range(5 * LIMIT):
            server.watch(HypothesisChanged(1, text, str(number)))
            if number % 10 == 0:
                server.watch(Committed(number, Edit(0, text)))
        assert len(server._outbox) <= LIMIT
        bus.thaw()
        until(lambda: heard.read_bytes().count(b'"Committed"') == LIMIT // 2, "every commit")
    finally:
        monitor.terminate()
        monitor.wait(10)
    assert reported == []


def test_leaving_sends_the_last_signals_gives_up_the_name_and_ends_the_thread(
    bus: PrivateBus, service: FakeService, reported: list[Event]
) -> None:
    with serving(service, reported):
        assert "sayso-bus" in threads()
        assert NAME in bus.run("busctl", "--user", "list")
    assert "sayso-bus" not in threads()
    assert NAME not in bus.run("busctl", "--user", "list")


def test_a_bus_that_hangs_does_not_hold_up_leaving(
    bus: PrivateBus, service: FakeService, reported: list[Event]
) -> None:
    ended = threading.Event()
    with serving(service, reported) as server:
        bus.freeze()
        server.watch(Committed(1, Edit(0, "word")))
        threading.Thread(target=lambda: (server.stop(), ended.set())).start()
        assert ended.wait(STOP_SECONDS)
        bus.thaw()
    assert "sayso-bus" not in threads()
