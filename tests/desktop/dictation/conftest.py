"""A desk: a microphone, a screen with windows, a session bus, and the service that a person would have there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.clients import Busctl
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.service import Service
from tests.desktop.rig.sound import MICROPHONE
from tests.desktop.rig.x11 import X11Rig


@dataclass(frozen=True, slots=True)
class Desk:
    """What is on it."""

    sound: PulseRig
    x11: X11Rig
    bus: BusRig
    busctl: Busctl
    store: Path

    @contextmanager
    def serve(self, *options: str, settings: str = "") -> Iterator[Service]:
        """The service as a person would have it here, its microphone open; hands-free unless told otherwise."""
        env = {"DISPLAY": self.x11.display, **self.bus.env}
        with Service(self.sound, self.store, *options, settings=settings, env=env) as service:
            service.wait_until(lambda: f"microphone: {MICROPHONE}" in service.err, "an open microphone")
            self.busctl.wait_for_service()
            yield service
            assert service.text == "", "dictated text went to standard output"


@pytest.fixture
def desk(pulse: PulseRig, x11: X11Rig, bus: BusRig, store: Path) -> Desk:
    """Everything that dictation needs, and nothing that leads to the real desktop."""
    return Desk(pulse, x11, bus, Busctl(bus), store)
