"""What a call answers, and when."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

import pytest
from dbus_fast import Message
from tests.desktop.bus.fake_service import FakeService
from tests.desktop.bus.private_bus import PrivateBus

from sayso.bus import NAME, PATH
from sayso.bus.interface import EFFECT_SECONDS, WAITING_AT_MOST
from sayso.bus.patient import PatientBus
from sayso.bus.server import BusServer
from sayso.control import Control
from sayso.errors import ConfigError, SaysoError
from sayso.events import ListeningChanged

pytestmark = pytest.mark.usefixtures("server")

PATIENCE_SECONDS = 10.0  # for what takes milliseconds


@pytest.fixture
def endless_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for an effect waits for longer than any test does."""
    monkeypatch.setattr("sayso.bus.interface.EFFECT_SECONDS", 10 * PATIENCE_SECONDS)


def on_bus(bus: PrivateBus, work: Callable[[PatientBus], Awaitable[None]]) -> None:
    async def connected() -> None:
        client = PatientBus(bus_address=bus.address)
        await client.connect()
        try:
            await work(client)
        finally:
            client.disconnect()

    asyncio.run(connected())


async def call(client: PatientBus, member: str) -> Message:
    return await client.call(Message(NAME, PATH, NAME, member))


async def state(client: PatientBus) -> str:
    reply = await call(client, "GetStatus")
    value: str = reply.body[0]["state"].value
    return value


def test_whoever_asks_after_start_or_stop_was_answered_sees_the_effect(bus: PrivateBus) -> None:
    async def work(client: PatientBus) -> None:
        for member, after in (("Start", "listening"), ("Start", "listening"), ("Stop", "idle")):
            await call(client, member)
            assert await state(client) == after
        for after in ("listening", "idle"):
            await call(client, "Toggle")
            assert await state(client) == after
        await call(client, "Start")
        await call(client, "Cancel")
        assert await state(client) == "idle"

    on_bus(bus, work)


def test_when_a_stop_was_answered_the_start_that_was_still_to_show_is_over_too(bus: PrivateBus) -> None:
    async def work(client: PatientBus) -> None:
        await asyncio.gather(call(client, "Start"), call(client, "Stop"))
        assert await state(client) == "idle"
        await asyncio.gather(call(client, "Toggle"), call(client, "Toggle"))
        assert await state(client) == "idle"

    on_bus(bus, work)


def test_a_start_that_has_no_effect_is_answered_all_the_same(bus: PrivateBus, service: FakeService) -> None:
    service.tell = lambda event: None

    async def work(client: PatientBus) -> None:
        began = time.monotonic()
        assert (await call(client, "Start")).error_name is None
        assert EFFECT_SECONDS <= time.monotonic() - began < EFFECT_SECONDS + 2

    on_bus(bus, work)


@pytest.mark.usefixtures("endless_effect")
def test_listening_that_began_again_at_once_still_counts_as_cancelled(
    bus: PrivateBus, service: FakeService, server: BusServer
) -> None:
    server.watch(ListeningChanged(True))

    def begin_again(event: object) -> None:
        server.watch(ListeningChanged(False))
        server.watch(ListeningChanged(True))

    async def work(client: PatientBus) -> None:
        await call(client, "Start")  # told after the event above
        service.tell = begin_again
        await asyncio.wait_for(call(client, "Cancel"), PATIENCE_SECONDS)

    on_bus(bus, work)


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ConfigError("config.yaml:3: unknown key 'modle'"), "org.sayso.Error.Config"),
        (SaysoError("cannot be done"), "org.sayso.Error.Sayso"),
    ],
)
def test_what_the_service_refuses_has_a_name_and_its_message(
    bus: PrivateBus, service: FakeService, error: SaysoError, name: str
) -> None:
    service.refuses[Control.RELOAD] = error

    async def work(client: PatientBus) -> None:
        reply = await call(client, "Reload")
        assert (reply.error_name, reply.body) == (name, [str(error)])
        assert await state(client) == "idle"

    on_bus(bus, work)


def test_a_service_that_hangs_answers_what_needs_no_obeying_and_takes_no_more_than_it_can_hold(
    bus: PrivateBus, service: FakeService, server: BusServer
) -> None:
    service.hangs.add(Control.UNDO)

    async def work(client: PatientBus) -> None:
        waiting = [asyncio.ensure_future(call(client, "Undo")) for _ in range(WAITING_AT_MOST + 1)]
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert [one.result().error_name for one in done] == ["org.sayso.Error.Busy"]
        assert await state(client) == "idle"
        threading.Thread(target=server.stop).start()
        answers = await asyncio.gather(*waiting)
        assert {answer.error_name for answer in answers} == {"org.sayso.Error.Busy", "org.sayso.Error.Leaving"}

    on_bus(bus, work)


@pytest.mark.usefixtures("endless_effect")
def test_who_was_obeyed_and_waits_for_the_effect_is_answered_when_the_service_leaves(
    bus: PrivateBus, service: FakeService, server: BusServer
) -> None:
    service.tell = lambda event: None

    async def work(client: PatientBus) -> None:
        waiting = asyncio.ensure_future(call(client, "Start"))
        assert await asyncio.to_thread(service.obeyed.wait, PATIENCE_SECONDS)
        threading.Thread(target=server.stop).start()
        assert (await asyncio.wait_for(waiting, PATIENCE_SECONDS)).error_name is None

    on_bus(bus, work)


def test_a_caller_who_asks_too_much_is_told_so_and_can_ask_again_a_second_later(bus: PrivateBus) -> None:
    async def work(client: PatientBus) -> None:
        answers = await asyncio.gather(*(call(client, "GetStatus") for _ in range(1_000)))
        refused = [answer for answer in answers if answer.error_name]
        assert 0 < len(answers) - len(refused) <= 600  # one second's worth, or the ends of two or three
        assert {answer.error_name for answer in refused} == {"org.freedesktop.DBus.Error.LimitsExceeded"}
        assert "listen to its signals" in refused[0].body[0]
        began = time.monotonic()
        while (await call(client, "GetStatus")).error_name:
            assert time.monotonic() - began < 3

    on_bus(bus, work)
