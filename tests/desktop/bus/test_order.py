"""Commands of a key's press and release: processes that overtake each other on their way to the service."""

from __future__ import annotations

import asyncio
import random
import subprocess
import threading
from collections.abc import Callable

import pytest
from dbus_fast import Message
from tests.desktop.bus.fake_service import FakeService
from tests.desktop.bus.private_bus import CALL_SECONDS, PrivateBus
from tests.desktop.bus.test_obeying import call, on_bus
from tests.desktop.rig.phrases import SAYSO
from tests.desktop.rig.programs import need
from tests.desktop.rig.waiting import until

from sayso.bus import NAME, PATH
from sayso.bus.callers import Callers
from sayso.bus.order import Lineage
from sayso.bus.patient import PatientBus
from sayso.bus.server import BusServer
from sayso.control import Control
from sayso.events import State

pytestmark = pytest.mark.usefixtures("server")

START, STOP = "Start", "Stop"
EXECUTED, IN_A_SCRIPT = 'read -r go; exec "$@"', 'read -r go; "$@"; exit $?'


class Desktop:
    """Starts commands, as a desktop does on a key."""

    def __init__(self, bus: PrivateBus) -> None:
        self._bus = bus
        self._busctl = need("busctl", "systemd")
        self._started: list[subprocess.Popen[str]] = []

    def call(self, member: str) -> list[str]:
        return [self._busctl, "--user", "call", NAME, PATH, NAME, member]

    def run(self, *command: str) -> subprocess.Popen[str]:
        program = subprocess.Popen(command, env=self._bus.env, stdin=subprocess.PIPE, text=True)
        self._started.append(program)
        return program

    def delay(self, member: str, script: str = EXECUTED) -> Callable[[], None]:
        """Start a command that takes its time; the function has it call, and returns when it is answered."""
        program = self.run("sh", "-c", script, "sh", *self.call(member))

        def go() -> None:
            program.communicate("go\n", CALL_SECONDS)
            assert program.returncode == 0

        return go

    def finish(self) -> None:
        """Wait until all are answered."""
        for program in self._started:
            program.communicate(timeout=CALL_SECONDS)
            assert program.returncode == 0
        self._started.clear()


@pytest.fixture
def desktop(bus: PrivateBus, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    monkeypatch.setattr("sayso.bus.callers.YOUNG_SECONDS", 60.0)  # on a machine that is ever so busy
    return Desktop(bus)


@pytest.mark.parametrize("script", [EXECUTED, IN_A_SCRIPT])
def test_a_start_that_its_stop_has_overtaken_is_answered_and_changes_nothing(
    desktop: Desktop, service: FakeService, script: str
) -> None:
    press, release = desktop.delay(START, script), desktop.delay(STOP, script)
    release()
    press()
    assert service.asked == [Control.STOP]
    desktop.delay(START)()
    assert service.asked == [Control.STOP, Control.START]
    assert service.now.state is State.LISTENING


def test_a_stop_that_the_next_start_has_overtaken_is_answered_and_changes_nothing(
    desktop: Desktop, service: FakeService
) -> None:
    press, release, next_press = desktop.delay(START), desktop.delay(STOP), desktop.delay(START)
    press()
    next_press()
    release()
    assert service.now.state is State.LISTENING
    desktop.delay(STOP)()
    assert service.asked == [Control.START, Control.START, Control.STOP]


def test_a_program_that_lives_for_longer_is_obeyed_as_its_calls_arrive(
    desktop: Desktop, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    press, release = desktop.delay(START), desktop.delay(STOP)
    monkeypatch.setattr("sayso.bus.callers.YOUNG_SECONDS", 0.0)
    release()
    press()
    assert service.now.state is State.LISTENING


def test_after_short_taps_nobody_listens(desktop: Desktop, service: FakeService) -> None:
    chance = random.Random(1)
    for _ in range(30):
        desktop.run(*desktop.call(START))
        threading.Event().wait(chance.uniform(0.0, 0.01))  # how long the key is down
        desktop.run(*desktop.call(STOP))
        desktop.finish()
        assert service.now.state is State.IDLE


def test_after_short_taps_by_the_command_line_nobody_listens_and_a_long_one_listens(
    desktop: Desktop, service: FakeService
) -> None:
    for _ in range(5):
        desktop.run(SAYSO, "start")
        desktop.run(SAYSO, "stop")
        desktop.finish()
        assert service.now.state is State.IDLE
    desktop.run(SAYSO, "start")
    until(lambda: service.now.state is State.LISTENING, "it to listen")
    desktop.run(SAYSO, "stop")
    desktop.finish()
    assert service.now.state is State.IDLE


# ── finding out who calls ─────────────────────────────────────────────────────────────────────────


def calls(bus: PrivateBus, *members: str) -> list[str | None]:
    """Call without waiting for answers in between; the names of the errors."""
    answers: list[Message] = []

    async def work(client: PatientBus) -> None:
        answers.extend(await asyncio.gather(*(call(client, one) for one in members)))

    on_bus(bus, work)
    return [answer.error_name for answer in answers]


def test_what_needs_no_looking_up_does_not_overtake_what_does(bus: PrivateBus, service: FakeService) -> None:
    assert calls(bus, "Start", "Undo", "Stop", "Toggle", "Copy") == [None] * 5
    assert service.asked == [Control.START, Control.UNDO, Control.STOP, Control.TOGGLE, Control.COPY]
    assert service.now.state is State.LISTENING


@pytest.fixture
def is_asked(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """It is never found out who calls; the event tells that it was tried."""
    asked = threading.Event()

    async def lineage(_self: Callers, _name: str | None) -> Lineage:
        asked.set()
        return await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(Callers, "lineage", lineage)
    return asked


def test_a_caller_who_is_not_found_in_time_is_obeyed(
    bus: PrivateBus, service: FakeService, is_asked: threading.Event
) -> None:
    assert calls(bus, "Start", "Undo") == [None, None]
    assert is_asked.is_set()
    assert service.asked == [Control.START, Control.UNDO]


def test_who_waits_to_be_looked_up_is_answered_when_the_service_leaves(
    bus: PrivateBus, server: BusServer, is_asked: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.bus.interface.CALLER_SECONDS", CALL_SECONDS)

    async def work(client: PatientBus) -> None:
        waiting = [asyncio.ensure_future(call(client, one)) for one in ("Start", "Undo", "Stop")]
        await call(client, "GetStatus")  # answered at once, after all three have arrived
        assert await asyncio.to_thread(is_asked.wait, CALL_SECONDS)
        threading.Thread(target=server.stop).start()
        assert [answer.error_name for answer in await asyncio.gather(*waiting)] == ["org.sayso.Error.Leaving"] * 3

    on_bus(bus, work)
