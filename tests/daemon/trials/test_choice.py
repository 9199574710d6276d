"""`engine.name: auto`: measured once, then remembered; words come before speed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sayso import paths
from sayso.config import load_settings
from sayso.models import Model, ModelStore
from sayso.trials import Outcome, Trial
from sayso.trials.choice import better, engine_name
from sayso.trials.kept import KeptTrials

FAST = Outcome(device="cpu", partial_seconds=0.1, words=36, errors=2)
SLOW = replace(FAST, partial_seconds=0.2)


@pytest.mark.parametrize(
    ("ctranslate2", "whispercpp", "chosen"),
    [
        (FAST, SLOW, "ctranslate2"),
        (SLOW, FAST, "whispercpp"),
        (FAST, replace(FAST, partial_seconds=0.095), "ctranslate2"),  # no clear difference
        (SLOW, replace(FAST, errors=20), "ctranslate2"),  # faster, and wrong
        (replace(FAST, errors=20), SLOW, "whispercpp"),
        (SLOW, replace(FAST, errors=4), "whispercpp"),
        (SLOW, Outcome(problem="no such instruction"), "ctranslate2"),
        (Outcome(problem="damaged"), SLOW, "whispercpp"),
        (Outcome(problem="damaged"), Outcome(problem="damaged too"), "ctranslate2"),
    ],
)
def test_the_faster_one_is_taken_if_its_words_are_as_good(
    ctranslate2: Outcome, whispercpp: Outcome, chosen: str
) -> None:
    assert better({"ctranslate2": ctranslate2, "whispercpp": whispercpp}) == chosen


@pytest.fixture
def tiny() -> Model:
    return ModelStore(paths.models_dir()).resolve("tiny.en")


@pytest.fixture
def kept(tmp_path: Path) -> KeptTrials:
    return KeptTrials(tmp_path / "trials.json", {"processor": "this one"})


class Bench:
    """Gives each engine its outcome, and counts who was tried."""

    def __init__(self, **outcomes: Outcome) -> None:
        self._outcomes = outcomes
        self.tried: list[str] = []

    def __call__(self, trial: Trial) -> Outcome:
        self.tried.append(trial.engine)
        return self._outcomes[trial.engine]


def test_what_was_measured_once_is_remembered(tiny: Model, kept: KeptTrials) -> None:
    wanted = load_settings(overrides={"engine.name": "auto"}).engine
    bench = Bench(ctranslate2=SLOW, whispercpp=FAST)
    assert engine_name(wanted, tiny, bench, kept) == "whispercpp"
    assert engine_name(wanted, tiny, bench, kept) == "whispercpp"
    assert bench.tried == ["ctranslate2", "whispercpp"]


def test_another_machine_or_precision_is_measured_anew(tiny: Model, kept: KeptTrials, tmp_path: Path) -> None:
    wanted = load_settings(overrides={"engine.name": "auto"}).engine
    engine_name(wanted, tiny, Bench(ctranslate2=SLOW, whispercpp=FAST), kept)
    bench = Bench(ctranslate2=FAST, whispercpp=SLOW)
    other = KeptTrials(tmp_path / "trials.json", {"processor": "another"})
    assert engine_name(wanted, tiny, bench, other) == "ctranslate2"
    assert engine_name(replace(wanted, compute_type="float32"), tiny, bench, kept) == "ctranslate2"
    assert len(bench.tried) == 4


def test_an_engine_that_failed_is_not_tried_at_every_start_but_when_somebody_tries_it_again(
    tiny: Model, kept: KeptTrials
) -> None:
    wanted = load_settings(overrides={"engine.name": "auto"}).engine
    bench = Bench(ctranslate2=SLOW, whispercpp=Outcome(problem="not ready after 45 s"))
    assert engine_name(wanted, tiny, bench, kept) == "ctranslate2"
    assert engine_name(wanted, tiny, bench, kept) == "ctranslate2"
    assert bench.tried == ["ctranslate2", "whispercpp"]
    kept.keep(Trial(str(tiny.folder), "whispercpp"), tiny, FAST)  # as the doctor and the bench do
    assert engine_name(wanted, tiny, bench, kept) == "whispercpp"


def test_a_card_that_fails_leaves_the_choice_to_the_processor_and_says_why(
    tiny: Model, kept: KeptTrials, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = load_settings(overrides={"engine.name": "auto"}).engine

    def attempt(trial: Trial) -> Outcome:
        return (
            Outcome(problem="CUDA out of memory")
            if trial.device == "auto" and trial.engine == "ctranslate2"
            else (FAST if trial.engine == "ctranslate2" else SLOW)
        )

    assert engine_name(wanted, tiny, attempt, kept) == "ctranslate2"
    assert "CUDA out of memory" in caplog.text


def test_a_device_that_is_named_is_not_compared(tiny: Model, kept: KeptTrials) -> None:
    wanted = load_settings(overrides={"engine.name": "auto", "engine.device": "cuda"}).engine
    bench = Bench(ctranslate2=Outcome(problem="there is no such device"))
    assert engine_name(wanted, tiny, bench, kept) == "ctranslate2"  # whose error is told when it is loaded


def test_an_engine_on_a_card_is_not_compared_with_the_processor(tiny: Model, kept: KeptTrials) -> None:
    wanted = load_settings(overrides={"engine.name": "auto"}).engine
    bench = Bench(ctranslate2=replace(SLOW, device="cuda"))
    assert engine_name(wanted, tiny, bench, kept) == "ctranslate2"


def test_an_engine_that_is_named_is_not_measured(tiny: Model, kept: KeptTrials) -> None:
    wanted = load_settings(overrides={"engine.name": "onnx"}).engine
    assert engine_name(wanted, tiny, Bench(), kept) == "onnx"


def test_a_file_of_trials_that_is_damaged_is_none(tiny: Model, tmp_path: Path) -> None:
    path = tmp_path / "trials.json"
    for text in ("", "{", "{}", "[1]", '[{"machine": {"processor": "this one"}}]'):
        path.write_text(text, encoding="utf-8")
        kept = KeptTrials(path, {"processor": "this one"})
        assert list(kept) == []
        trial = Trial("tiny.en", "ctranslate2")
        kept.keep(trial, tiny, FAST)
        assert kept.find(trial, tiny) == FAST


def test_weights_are_the_same_whatever_they_are_called(tiny: Model, kept: KeptTrials) -> None:
    kept.keep(Trial("mine", "ctranslate2"), tiny, FAST)
    assert kept.find(Trial(str(tiny.folder), "ctranslate2"), tiny) == FAST
