"""An engine that another package brings is found, given what the settings say, and dictates."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.daemon.cli.command import Run

from sayso.engines import EngineOptions, engine_names, load_engine
from sayso.models import Model

PLUGIN = Path(__file__).parents[1] / "engines" / "plugin"


@pytest.fixture(autouse=True)
def _plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with an engine in it, installed."""
    monkeypatch.syspath_prepend(str(PLUGIN))


def test_it_is_found_and_given_what_the_settings_say(tiny: Model) -> None:
    assert {"ctranslate2", "onnx", "parrot", "torch", "whispercpp"} <= {*engine_names()}
    engine = load_engine("parrot", tiny, EngineOptions(device="cage", beam_size=3))
    assert (engine.name, engine.device, engine.model) == ("parrot", "cage", tiny)


def test_it_dictates_and_transcribes(sayso: Run, demo_file: Path) -> None:
    transcribed = sayso("transcribe", demo_file, "--engine", "parrot")
    assert (transcribed.status, transcribed.out) == (0, "Polly wants biscuits.\n")
    replayed = sayso("replay", demo_file, "--engine", "parrot", "--pace", "fast", "--json")
    assert replayed.status == 0
    typed = "".join(row.get("insert", "") for row in replayed.rows)
    assert "Polly wants biscuits." in typed
    assert replayed.rows[-1]["engine"] == "parrot"
