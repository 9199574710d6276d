"""A locked session is dictated into by nobody, and hands-free listens on when it is unlocked."""

from __future__ import annotations

import json
from pathlib import Path

from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.bus.test_away import ScreenSaver, on
from tests.desktop.rig.phrases import LETTER, TRAIN, WEATHER, Phrase, run_sayso, words
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying, say
from tests.desktop.rig.service import Service

SAVER = "org.gnome.ScreenSaver"


def state(env: dict[str, str]) -> str:
    return str(json.loads(run_sayso(env, "status", "--json").stdout)["state"])


def test_what_was_said_before_is_typed_and_nothing_while_it_is_locked(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    saver = ScreenSaver(SAVER)
    with PrivateBus() as bus:
        pulse.env["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        with (
            on(bus, SAVER, {"/org/gnome/ScreenSaver": saver}) as locker,
            Service(pulse, store, settings="mode: hands-free") as service,
        ):
            service.wait_for_line("microphone: ")
            assert saver.asked.wait(30)
            with Saying(pulse, phrases[TRAIN]) as saying:
                saying.wait_to_end()
            locker.do(lambda: saver.ActiveChanged(True))
            service.wait_for_words(words(TRAIN))
            service.wait_until(lambda: state(pulse.env) == "paused", "the pause")
            assert "nobody is listened to" in run_sayso(pulse.env, "start", status=1).stderr
            say(pulse, phrases[LETTER])
            assert state(pulse.env) == "paused"
            locker.do(lambda: saver.ActiveChanged(False))
            service.wait_until(lambda: state(pulse.env) == "listening", "the return")
            say(pulse, phrases[WEATHER])
            service.wait_for_words(words(TRAIN) + words(WEATHER))
