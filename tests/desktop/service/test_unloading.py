"""A model that is not in memory while nobody speaks: the key brings it back, and no word waits for it in vain."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.phrases import LETTER, TRAIN, Phrase, run_sayso, words
from tests.desktop.rig.saying import Saying
from tests.desktop.rig.service import OPENED, Service
from tests.desktop.rig.sound import SoundRig
from tests.desktop.rig.waiting import until

SETTINGS = "mode: toggle\nengine: {unload_after_minutes: 0.1}\n"
UNLOADED_SECONDS = 30.0  # 6 s by the setting, and a machine that is busy
GIVEN_BACK_MB = 50


def test_a_model_that_was_unloaded_is_back_before_its_first_words_are_lost(
    sound: SoundRig, bus: BusRig, store: Path, phrases: dict[str, Phrase], figure: Callable[[str], None]
) -> None:
    def status() -> dict[str, Any]:
        told: dict[str, Any] = json.loads(run_sayso({**sound.env, **bus.env}, "status", "--json").stdout)
        return told

    with Service(sound, store, settings=SETTINGS, env=bus.env) as service:
        service.wait_for_line(OPENED)
        assert status()["model_state"] == "loaded"
        typed: list[str] = []
        for text in (LETTER, TRAIN):
            loaded = service.resident_mb
            until(lambda: status()["model_state"] == "unloaded", "the model to be unloaded", UNLOADED_SECONDS)
            until(
                lambda loaded=loaded: loaded - service.resident_mb > GIVEN_BACK_MB,
                "its memory to be given back",
                UNLOADED_SECONDS,
            )
            figure(f"{loaded:.0f} MiB, unloaded {service.resident_mb:.0f} MiB on {sound.name}")
            with Saying(sound, phrases[text]) as saying:
                saying.wait(phrases[text].onset)
                service.send("start")
                saying.wait(phrases[text].hush)
                service.send("stop")
            typed += words(text)
            service.wait_for_words(typed)
            assert not status()["problems"]
    assert service.spooled == []
