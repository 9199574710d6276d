"""What clients are told of the state: the last word is always the true one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from dbus_fast import Message, MessageType, unpack_variants
from tests.desktop.bus.fake_service import FakeService, serving
from tests.desktop.bus.private_bus import PrivateBus

from sayso.bus import NAME, PATH, Snapshot
from sayso.bus.patient import PatientBus
from sayso.bus.server import BusServer
from sayso.events import Problem, ProblemName, State, StateChanged

PATIENCE_SECONDS = 10.0
LAST = Problem(ProblemName.MICROPHONE_LOST, "the last thing that is told")


class Listener:
    """A client that notes the signals it hears."""

    def __init__(self) -> None:
        self.states: list[str] = []
        self.properties: list[str] = []
        self.all: list[tuple[str, list[Any]]] = []
        self._heard_state, self._heard_last = asyncio.Event(), asyncio.Event()

    def hear(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL or message.path != PATH:
            return
        self.all.append((str(message.member), unpack_variants(message.body)))
        if message.member == "StateChanged":
            self.states.append(message.body[0])
        elif message.member == "PropertiesChanged" and "State" in message.body[1]:
            self.properties.append(message.body[1]["State"].value)
            self._heard_state.set()
        elif message.member == "Problem":
            self._heard_last.set()

    async def wait_for_state(self) -> None:
        await asyncio.wait_for(self._heard_state.wait(), PATIENCE_SECONDS)

    async def wait_for_last(self) -> None:
        await asyncio.wait_for(self._heard_last.wait(), PATIENCE_SECONDS)


def listening(bus: PrivateBus, work: Callable[[Listener], Awaitable[None]]) -> None:
    """Do something while a client listens to everything on the service's object."""

    async def connected() -> None:
        client, listener = PatientBus(bus_address=bus.address), Listener()
        await client.connect()
        client.add_message_handler(listener.hear)
        name = "org.freedesktop.DBus"
        rule = [f"type='signal',path='{PATH}'"]
        await client.call(Message(name, "/org/freedesktop/DBus", name, "AddMatch", signature="s", body=rule))
        try:
            await work(listener)
        finally:
            client.disconnect()

    asyncio.run(connected())


def test_of_changes_that_are_told_in_the_wrong_order_the_last_one_heard_is_true(
    bus: PrivateBus, service: FakeService, server: BusServer
) -> None:
    async def work(listener: Listener) -> None:
        service.become(state=State.LISTENING)
        for told in (State.LISTENING, State.FINISHING):  # the second was passed by the first
            server.watch(StateChanged(told))
        server.watch(LAST)
        await listener.wait_for_last()
        assert listener.states == listener.properties == ["listening"]

    listening(bus, work)


def test_the_same_state_is_not_told_twice_in_a_row(
    bus: PrivateBus, service: FakeService, server: BusServer
) -> None:
    async def work(listener: Listener) -> None:
        server.watch(StateChanged(State.IDLE))
        server.refresh()
        server.watch(LAST)
        await listener.wait_for_last()
        assert listener.states == listener.properties == []

    assert service.now.state is State.IDLE
    listening(bus, work)


def test_what_changes_while_the_service_comes_on_the_bus_is_told_when_it_is_there(bus: PrivateBus) -> None:
    class Hasty(FakeService):
        """Begins to listen as soon as it was looked at, and before anybody watches it."""

        def snapshot(self) -> Snapshot:
            now = self.now
            self.become(state=State.LISTENING)
            return now

    async def work(listener: Listener) -> None:
        with serving(Hasty(), []) as server:
            await listener.wait_for_state()
            server.watch(LAST)
            await listener.wait_for_last()
        assert listener.states == listener.properties == ["listening"]

    listening(bus, work)
    assert NAME not in bus.run("busctl", "--user", "list")
