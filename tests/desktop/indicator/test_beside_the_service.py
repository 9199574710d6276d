"""The indicator of the real service: whatever ends it, it comes back."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.rig.indicator import OnTheBus
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.service import Service
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import X11Rig

NAME = "org.sayso.Indicator1"
SETTINGS = "mode: toggle\nindicator: {overlay: never, tray: true, notifications: false, sounds: false}\n"


def indicator_on(bus: PrivateBus, *, but: int = 0) -> int:
    """The process of the indicator on the bus, once it is another than that."""
    found = [but]

    def is_there() -> bool:
        if witness.has_owner(NAME):
            about = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
            found[0] = witness.ask(*about, "GetConnectionUnixProcessID", "s", [NAME])
        return found[0] != but

    with OnTheBus(bus.address) as witness:
        until(is_there, "the indicator", timeout_seconds=20)
    return found[0]


def test_it_comes_back_when_it_was_killed_and_when_the_bus_was_gone_though_its_file_is_broken(
    x11: X11Rig, pulse: PulseRig, store: Path, bus: PrivateBus
) -> None:
    env = {**x11.env, "DBUS_SESSION_BUS_ADDRESS": bus.address, "DBUS_SYSTEM_BUS_ADDRESS": bus.address}
    with Service(pulse, store, settings=SETTINGS, env=env) as service:
        first = indicator_on(bus)
        service.write_settings("indicator: {overlay: [")
        os.kill(first, signal.SIGKILL)
        second = indicator_on(bus, but=first)
        bus.end()
        service.wait_for_line("the service starts it again")
        bus.begin()
        indicator_on(bus, but=second)
