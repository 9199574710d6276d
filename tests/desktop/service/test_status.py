"""What `sayso status` tells of a service while things change around it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.phrases import run_sayso
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.service import Service
from tests.desktop.rig.sound import MICROPHONE

HEARD = f"{MICROPHONE}-description at 16000 Hz"


def test_a_microphone_that_is_unplugged_is_not_named_until_it_is_back(
    pulse: PulseRig, bus: BusRig, store: Path
) -> None:
    def microphone() -> str:
        status = run_sayso({**pulse.env, **bus.env}, "status", "--json").stdout
        return str(json.loads(status)["microphone"])

    with Service(pulse, store, env=bus.env) as service:
        service.wait_for_line(f"microphone: {HEARD}")
        assert microphone() == HEARD
        pulse.unplug()
        service.wait_for_line(f"{MICROPHONE}-description is gone", "plug")
        assert microphone() == ""
        pulse.replug()
        service.wait_for_line(f"microphone: {HEARD}")
        assert microphone() == HEARD
