"""A session bus, and the service on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.desktop.bus.fake_service import FakeService, serving
from tests.desktop.bus.private_bus import PrivateBus

from sayso.bus.server import BusServer
from sayso.events import Event


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A private bus that is this process's session bus."""
    with PrivateBus() as private:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private.address)
        yield private


@pytest.fixture
def service() -> FakeService:
    """The service behind the bus."""
    return FakeService()


@pytest.fixture
def reported() -> list[Event]:
    """What the bus server reported."""
    return []


@pytest.fixture
def server(bus: PrivateBus, service: FakeService, reported: list[Event]) -> Iterator[BusServer]:
    """The service on the bus, in this process."""
    with serving(service, reported) as running:
        yield running
