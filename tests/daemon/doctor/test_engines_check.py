"""What the doctor makes of a trial: a device is believed only if its own counters moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.devices import published

from sayso import paths
from sayso.config import load_settings
from sayso.devices import Cpu, Gpu, amd, nvidia, vulkan
from sayso.devices.advice import Build, why_not_used
from sayso.devices.probe import Machine
from sayso.doctor import Finding, Light
from sayso.doctor.cards import of_cards, torch_for_amd
from sayso.doctor.engines import check_engines, faster_one, judged
from sayso.doctor.models import check_models
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


GTX_1650 = replace(nvidia.gpus_in_log(published.NVIDIA_GTX_1650)[0], driver="595.71.05")
RX_7700_XT = amd.rocminfo_gpus(published.ROCMINFO_RX_7700_XT)[0]
APU = amd.rocminfo_gpus(published.ROCMINFO_5600G)[0]
NO_DEVICE = Outcome(problem="CTranslate2 sees no such device")


class Desk:
    """A machine with cards, and what trials on it come to."""

    def __init__(
        self, *gpus: Gpu, card: Outcome = NO_DEVICE, build: Build = Build.CUDA, cublas: bool = True
    ) -> None:
        self.machine = Machine(cpu=Cpu("", 2, frozenset()), gpus=gpus, vulkan=(), unreadable=())
        self.tried: list[Trial] = []
        self._card = card
        self._advice = lambda: why_not_used(self.machine, build, has_cublas=cublas)

    def __call__(self, trial: Trial) -> Outcome:
        self.tried.append(trial)
        if trial.device == "cpu" or trial.engine != "ctranslate2":
            return GOOD
        if self._card.problem and trial.device == "auto":
            return GOOD  # it takes the processor of itself
        return self._card

    def check(self, **settings: str) -> dict[str, Finding]:
        chosen = {f"engine.{name}": value for name, value in settings.items()}
        found = check_engines(load_settings(overrides=chosen), self, lambda: self.machine, self._advice)
        return {finding.part: finding for finding in found}


def worst(found: dict[str, Finding]) -> Light:
    return max(finding.light for finding in found.values())


def test_the_engine_in_use_is_tried_as_it_is_set_and_every_other_on_the_processor() -> None:
    desk = Desk(GTX_1650, card=replace(ON_CARD, compute_type="int8_float16"))
    found = desk.check(device="cuda:1", compute_type="int8_float16", threads="3")
    in_use, *others = desk.tried
    assert (in_use.engine, in_use.device, in_use.compute_type, in_use.threads) == (
        "ctranslate2",
        "cuda:1",
        "int8_float16",
        3,
    )
    assert {(trial.engine, trial.device, trial.compute_type) for trial in others} >= {
        ("whispercpp", "cpu", "auto"),
        ("onnx", "cpu", "auto"),
        ("torch", "cpu", "auto"),
    }
    assert {Path(trial.model).name for trial in desk.tried} == {"tiny.en"}
    assert worst(found) is Light.GREEN


@pytest.mark.parametrize("gpu", [GTX_1650, RX_7700_XT])
def test_a_card_that_does_the_work_is_said_to_do_it(gpu: Gpu) -> None:
    found = Desk(gpu, card=ON_CARD, build=Build.ROCM).check()
    assert found["graphics cards"].light is Light.GREEN
    assert "the work is done on cuda" in found["graphics cards"].message
    assert "choice of engine" not in found  # which compares processors


def test_a_card_that_could_do_it_is_named_with_the_command_that_changes_it() -> None:
    found = Desk(GTX_1650, cublas=False).check()["graphics cards"]
    assert found.light is Light.AMBER
    assert "pip install 'sayso[cuda]'" in found.remedy
    found = Desk(RX_7700_XT, build=Build.CUDA).check()["graphics cards"]
    assert found.light is Light.AMBER
    assert "rocm-python-wheels" in found.remedy


def test_a_processor_with_graphics_of_its_own_breaks_nothing() -> None:
    assert worst(Desk(APU, build=Build.ROCM).check()) <= Light.AMBER
    assert Desk(APU, build=Build.ROCM).check()["engine ctranslate2 on cpu"].light is Light.GREEN


class Faulty(Desk):
    """A card on which loading fails, also where the engine may choose."""

    def __call__(self, trial: Trial) -> Outcome:
        self.tried.append(trial)
        return Outcome(problem="CUDA out of memory") if trial.device in ("auto", "cuda") else GOOD


def test_a_card_that_fails_is_amber_where_the_processor_goes_on_and_red_where_it_was_named() -> None:
    found = Faulty(GTX_1650).check()
    assert found["engine ctranslate2 on a card"].message == "CUDA out of memory"
    assert found["engine ctranslate2 on cpu"].light is Light.GREEN
    assert worst(found) is Light.AMBER
    found = Faulty(GTX_1650).check(device="cuda")
    assert found["engine ctranslate2 on cuda"].light is Light.RED
    assert "engine.device: auto" in found["engine ctranslate2 on cuda"].remedy


def test_an_engine_that_there_is_not_is_red() -> None:
    found = Desk().check(name="whispercppp")
    assert found["engine whispercppp"].light is Light.RED
    assert "did you mean 'whispercpp'" in found["engine whispercppp"].message


def test_an_engine_in_use_whose_packages_are_missing_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sayso.doctor.engines.missing", lambda engine: ["_pywhispercpp"] * (engine == "whispercpp")
    )
    found = Desk().check(name="whispercpp")
    assert found["engine whispercpp"].light is Light.RED
    assert "pip install 'sayso[whispercpp]'" in found["engine whispercpp"].message
    assert Desk().check()["engine whispercpp"].light is Light.GREEN  # nobody needs it


def test_a_processor_that_was_chosen_is_left_in_peace() -> None:
    found = Desk(GTX_1650, card=ON_CARD).check(device="cpu")
    assert found["graphics cards"].light is Light.GREEN
    assert "engine.device is cpu" in found["graphics cards"].message


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


def test_without_a_card_that_ctranslate2_knows_those_are_named_that_vulkan_sees() -> None:
    seen = tuple(vulkan.devices(published.VULKAN_RENOIR_AND_GTX_1650_TI))
    (found,) = of_cards(Machine(Cpu("", 2, frozenset()), (), seen, ()), "auto", "cpu", [])
    assert found.light is Light.GREEN
    assert "AMD Radeon Graphics (RADV RENOIR) and NVIDIA GeForce GTX 1650 Ti" in found.message
    assert "llvmpipe" not in found.message
