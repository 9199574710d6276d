"""Whether sayso learns is the person's to say, and what they correct while it runs is kept and told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.clients import gdbus_monitor, told_text
from tests.desktop.rig.phrases import LETTER, WEATHER, Phrase, run_sayso, words
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import say
from tests.desktop.rig.service import OPENED, Service
from tests.desktop.rig.waiting import until

QUESTION = "sayso: your words and your voice can be learnt"


def status(service: Service, bus: BusRig) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run_sayso({**service.env, **bus.env}, "status", "--json").stdout)
    return told


def left_by(service: Service) -> set[str]:
    """The files of its state."""
    state = Path(service.env["XDG_STATE_HOME"]) / "sayso"
    return {str(path.relative_to(state)) for path in state.rglob("*") if path.is_file()}


def test_the_person_is_asked_once_and_until_they_answer_nothing_outlasts_its_delivery(
    pulse: PulseRig, bus: BusRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    with Service(pulse, store, env=bus.env) as service:
        service.wait_for_line(QUESTION)
        service.wait_for_line("Say: sayso learning on, or sayso learning off")
        assert status(service, bus)["learning"] == "asking"
        service.wait_for_line(OPENED)
        say(pulse, phrases[WEATHER])
        service.wait_for_words(words(WEATHER))
        service.wait_for_empty_spool()
        assert run_sayso({**service.env, **bus.env}, "correct", "x", status=1).returncode == 1
    assert {name for name in left_by(service) if "key" not in name} <= {"journal.lock", "learning", "typing.json"}
    with Service(pulse, store, env=bus.env) as service:
        service.wait_for_line(OPENED)
        assert status(service, bus)["learning"] == "unanswered"
        assert QUESTION not in service.err


def test_what_is_dictated_after_a_yes_is_kept_and_what_it_was_to_be_is_taken_and_told(
    pulse: PulseRig, bus: BusRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    with Service(pulse, store, env=bus.env) as service, gdbus_monitor(bus) as signals:
        env = {**service.env, **bus.env}
        service.wait_for_line(OPENED)
        assert run_sayso(env, "learning", "on").stdout.startswith("learning: on")
        service.wait_for_line("learning is on")
        say(pulse, phrases[WEATHER])
        service.wait_for_words(words(WEATHER))
        until(lambda: "weather" in run_sayso(env, "history", "--json").stdout, "the journal to have it")
        told = run_sayso(env, "correct", service.text.strip().replace("lovely", "lively"))
        assert told.stdout.startswith(("learnt: lovely → lively", "kept, and not learnt"))
        assert "lively" in told_text(signals.wait_for("Corrected"))
        assert run_sayso(env, "learning", "off").stdout.startswith("learning: off")
        say(pulse, phrases[LETTER])
        service.wait_for_words([*words(WEATHER), *words(LETTER)])
        service.wait_for_empty_spool()
        assert "letter" not in run_sayso(env, "history", "--json").stdout
