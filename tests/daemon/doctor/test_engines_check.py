"""What the doctor makes of a trial: a device is believed only if its own counters moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.devices import published

from sayso import paths
from sayso.config import load_settings
from sayso.devices import Cpu, vulkan
from sayso.devices.probe import Machine
from sayso.doctor import Finding, Light
from sayso.doctor.engines import check_cards, check_engines, check_models, faster_one, judged, torch_for_amd
from sayso.models import ModelStore
from sayso.trials import Outcome, Trial

TRIAL = Trial("tiny.en", "ctranslate2", "cpu")
GOOD = Outcome(
    device="cpu",
    compute_type="int8",
    real_time_factor=0.04,
    partial_seconds=0.1,
    load_seconds=1.0,
    cpu_cores=1.2,
    peak_rss_mb=300.0,
    words=36,
    errors=2,
)
ON_CARD = replace(GOOD, device="cuda", compute_type="float16", card_mb=180.0, card_percent=100.0)


@pytest.mark.parametrize(
    ("outcome", "light", "said"),
    [
        (GOOD, Light.GREEN, "1.2 busy cores"),
        (ON_CARD, Light.GREEN, "took 180 MB and was at work up to 100 %"),
        (replace(ON_CARD, card_mb=0.0), Light.RED, "did not do the work"),
        (replace(ON_CARD, card_mb=None), Light.AMBER, "not proved"),
        (replace(GOOD, errors=20), Light.RED, "the words are wrong"),
        (replace(GOOD, real_time_factor=1.2), Light.RED, "choose a smaller model"),
        (replace(GOOD, real_time_factor=0.7), Light.AMBER, "text will come late"),
        (replace(GOOD, throttled=2), Light.AMBER, "slowed down for heat"),
        (Outcome(problem="ended its process: SIGILL"), Light.RED, "SIGILL"),
    ],
)
def test_a_trial_has_a_light_and_a_reason(outcome: Outcome, light: Light, said: str) -> None:
    found = judged(TRIAL, outcome, is_in_use=True)
    assert found.light is light
    assert said in f"{found.message} {found.remedy}"


def test_a_card_at_100_percent_for_moments_is_said_to_be_normal() -> None:
    assert "no fault" in judged(TRIAL, ON_CARD, is_in_use=True).message


def test_an_engine_that_nobody_uses_breaks_nothing() -> None:
    assert judged(TRIAL, Outcome(problem="damaged"), is_in_use=False).light is Light.AMBER
    assert judged(TRIAL, replace(GOOD, errors=30), is_in_use=False).light is Light.AMBER


def test_a_faster_engine_is_recommended_and_a_slower_one_is_not() -> None:
    slow = replace(GOOD, partial_seconds=0.5)
    (found,) = faster_one("ctranslate2", {"ctranslate2": slow, "whispercpp": GOOD})
    assert (found.light, found.remedy) == (Light.AMBER, "set engine.name: auto")
    assert not list(faster_one("ctranslate2", {"ctranslate2": GOOD, "whispercpp": slow}))
    assert not list(faster_one("auto", {"ctranslate2": slow, "whispercpp": GOOD}))
    assert not list(faster_one("ctranslate2", {"ctranslate2": slow, "whispercpp": replace(GOOD, errors=20)}))


def test_every_engine_that_is_installed_is_tried_with_the_model_in_use() -> None:
    tried: list[Trial] = []

    def attempt(trial: Trial) -> Outcome:
        tried.append(trial)
        return GOOD

    settings = load_settings(overrides={"engine.device": "cpu"})
    lights = [finding.light for finding in check_engines(settings, attempt)]
    assert {trial.engine for trial in tried} >= {"ctranslate2", "whispercpp", "onnx", "torch"}
    assert {Path(trial.model).name for trial in tried} == {"tiny.en"}
    assert set(lights) == {Light.GREEN}


def test_a_torch_that_cannot_use_an_amd_card_is_named_with_the_one_that_can() -> None:
    (found,) = torch_for_amd("2.13.0+cu130")
    assert found.light is Light.AMBER
    assert "download.pytorch.org/whl/rocm7.2" in found.remedy
    assert not list(torch_for_amd("2.13.0+rocm7.2"))
    assert not list(torch_for_amd(None))  # no trainer is installed: nobody misses it


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store of its own, with a model in it that is damaged."""
    whole = ModelStore(paths.models_dir()).resolve("tiny.en").folder
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = paths.models_dir() / "tiny.en"
    folder.mkdir(parents=True)
    for path in whole.iterdir():
        if path.name != ".verified.json":
            (folder / path.name).write_bytes(path.read_bytes())
    with (folder / "model.bin").open("r+b") as file:
        file.seek(100_000)
        file.write(b"damaged")
    return "tiny.en"


def test_a_damaged_model_is_named_with_what_to_do(damaged: str) -> None:
    found: list[Finding] = list(check_models(load_settings()))
    assert found[0].light is Light.RED
    assert "damaged (checksum differs)" in found[0].message
    assert f"sayso models rm {damaged}" in found[0].message


def test_without_a_card_that_ctranslate2_knows_those_are_named_that_vulkan_sees(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = tuple(vulkan.devices(published.VULKAN_RENOIR_AND_GTX_1650_TI))
    machine = Machine(cpu=Cpu("", 2, frozenset()), gpus=(), vulkan=seen, unreadable=())
    monkeypatch.setattr("sayso.doctor.engines.probe", lambda *, vulkan_too: machine)
    (found,) = check_cards(load_settings())
    assert found.light is Light.GREEN
    assert "AMD Radeon Graphics (RADV RENOIR) and NVIDIA GeForce GTX 1650 Ti" in found.message
    assert "llvmpipe" not in found.message
