"""What is known of this machine's speed: by the weights themselves, of the device that is wanted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sayso import paths
from sayso.config import load_settings
from sayso.models import Model, ModelStore
from sayso.trials import Outcome, Trial
from sayso.trials.here import measured_here
from sayso.trials.kept import KeptTrials

CAME = Outcome(device="cpu", compute_type="int8", real_time_factor=0.04, words=36)
ENGINE = load_settings().engine


@pytest.fixture
def store() -> ModelStore:
    return ModelStore(paths.models_dir())


@pytest.fixture
def tiny(store: ModelStore) -> Model:
    return store.resolve("tiny.en")


@pytest.fixture
def kept(tmp_path: Path) -> KeptTrials:
    return KeptTrials(tmp_path / "trials.json", {"processor": "this one"})


class Attempts:
    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.count = 0

    def __call__(self, trial: Trial) -> Outcome:
        self.count += 1
        return self._outcome


def test_where_nothing_is_known_the_model_in_use_is_tried_once(store: ModelStore, kept: KeptTrials) -> None:
    attempt, told = Attempts(CAME), list[str]()
    for _ in range(2):
        (found,) = measured_here(store, ENGINE, told.append, attempt, kept)
        assert found.real_time_factor == 0.04
        assert found.parameters == pytest.approx(37.8, abs=1)  # counted, not looked up by name
    assert (attempt.count, len(told)) == (1, 1)


def test_a_trial_that_failed_is_not_made_again_and_again(store: ModelStore, kept: KeptTrials) -> None:
    attempt = Attempts(Outcome(problem="SIGILL"))
    for _ in range(2):
        assert measured_here(store, ENGINE, lambda _: None, attempt, kept) == []
    assert attempt.count == 1


def test_what_is_called_like_a_larger_model_is_measured_by_its_own_size(
    store: ModelStore, tiny: Model, kept: KeptTrials
) -> None:
    named = replace(tiny, manifest=replace(tiny.manifest, name="large-v3"))
    kept.keep(Trial("large-v3", "ctranslate2"), named, CAME)
    (found,) = measured_here(store, ENGINE, lambda _: None, Attempts(CAME), kept)
    assert found.parameters < 50


def test_figures_are_of_the_device_that_is_wanted(store: ModelStore, tiny: Model, kept: KeptTrials) -> None:
    kept.keep(Trial("tiny.en", "ctranslate2", "cpu"), tiny, CAME)
    kept.keep(Trial("tiny.en", "ctranslate2", "auto"), tiny, replace(CAME, device="cuda", real_time_factor=0.01))
    (found,) = measured_here(store, ENGINE, lambda _: None, Attempts(CAME), kept)
    assert found.device == "cuda"
    (found,) = measured_here(store, replace(ENGINE, device="cpu"), lambda _: None, Attempts(CAME), kept)
    assert found.device == "cpu"
