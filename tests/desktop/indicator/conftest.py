"""The service on a private bus, as the indicator sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from tests.desktop.bus.fake_service import FakeService, serving
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.rig.indicator import Indicator, OnTheBus
from tests.desktop.rig.indicator_sway import SwayRig
from tests.desktop.rig.waiting import until

from sayso.bus import NAME
from sayso.bus.server import BusServer
from sayso.events import State, StateChanged


class Service:
    """Dictation, as far as others can see it.

    Attributes:
        fake: what obeys.
        tell: takes the events.
        refresh: has its properties looked at.

    """

    def __init__(self, fake: FakeService, server: BusServer) -> None:
        self.fake = fake
        self.tell = server.watch
        self.refresh = server.refresh

    def become(self, state: State, **changes: object) -> None:
        """Do something else, and tell."""
        self.fake.become(state=state, **changes)
        self.tell(StateChanged(state))


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A private bus that is this process's session bus."""
    with PrivateBus() as private:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private.address)
        yield private


@pytest.fixture
def witness(bus: PrivateBus) -> Iterator[OnTheBus]:
    """Somebody else on the bus."""
    with OnTheBus(bus.address) as other:
        yield other


@pytest.fixture
def service(witness: OnTheBus) -> Iterator[Service]:
    """The service on the bus."""
    fake = FakeService()
    with serving(fake, []) as server:
        until(lambda: witness.has_owner(NAME), "the service")
        yield Service(fake, server)


Show = Callable[..., Indicator]
"""Starts an indicator: its environment, and its settings."""


@pytest.fixture
def show(bus: PrivateBus, witness: OnTheBus) -> Iterator[Show]:
    """Start an indicator that follows the service; it is ended after the test."""
    with ExitStack() as stack:

        def start(env: dict[str, str] | None = None, python: str = "", **settings: object) -> Indicator:
            whole = {
                **(env or {}),
                "DBUS_SESSION_BUS_ADDRESS": bus.address,
                "DBUS_SYSTEM_BUS_ADDRESS": bus.address,
            }
            indicator = stack.enter_context(Indicator(whole, python, **settings))
            indicator.until_it_follows(witness)
            return indicator

        yield start


@pytest.fixture(scope="session")
def a_sway() -> Iterator[SwayRig]:
    """A compositor with two windows side by side, for all tests together."""
    with SwayRig() as rig:
        rig.open_window("left")
        rig.open_window("right")
        yield rig


@pytest.fixture
def sway(a_sway: SwayRig) -> SwayRig:
    """The same, the right window with the focus."""
    a_sway.click(1200, 100)
    until(lambda: a_sway.focused == "right", "the focus")
    return a_sway
