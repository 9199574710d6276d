"""Sounds that nobody made with his voice, through the whole live flow with a real model: nothing is typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from tests.daemon.fakes import Diary
from tests.daemon.gates.sounds import QUIET_ROOM_DBFS, SOUNDS, recorded

from sayso import recogniser
from sayso.config import Settings
from sayso.engines import Engine, EngineOptions
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.gates import Belief
from sayso.models import ModelStore
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.typist.recording import RecordingTypist
from sayso.vad import make_detector

LOUD_DBFS, FAINT_DBFS = -6.0, -30.0  # peaks; speech at a good level has -10


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Engine]:
    """Whisper models by name, loaded when one is first asked for."""
    store = ModelStore(tmp_path_factory.mktemp("models"))

    @cache
    def load(model: str) -> Engine:
        store.import_offline(model)
        return CTranslate2Engine(store.resolve(model), EngineOptions(device="cpu"))

    return load


def typed(settings: Settings, engine: Engine, sound: str, seconds: float, dbfs: float, seed: int) -> str:
    """What stands in the window after so much of a sound."""
    rng = np.random.default_rng(seed)
    room_dbfs = None if sound == "silence" else QUIET_ROOM_DBFS
    audio, typist = recorded(SOUNDS[sound](seconds, rng), dbfs, rng, room_dbfs), RecordingTypist()
    replay(settings, engine, make_detector(), typist, audio, OPEN_THROUGHOUT, Pace.FAST, Diary())
    return typist.text


@pytest.mark.parametrize("sound", SOUNDS)
def test_half_a_minute_types_nothing(sound: str, default_settings: Settings, engine: CTranslate2Engine) -> None:
    assert typed(default_settings, engine, sound, 30, LOUD_DBFS, seed=1) == ""


def test_of_a_cough_words_are_made_and_not_believed(
    default_settings: Settings, engine: CTranslate2Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert typed(default_settings, engine, "cough", 30, LOUD_DBFS, seed=2) == ""
    monkeypatch.setattr(recogniser, "judged", lambda decoding, *_: Belief(decoding.words, False))
    assert typed(default_settings, engine, "cough", 30, LOUD_DBFS, seed=2) != ""


@pytest.mark.soak
@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize("dbfs", [LOUD_DBFS, FAINT_DBFS])
@pytest.mark.parametrize("model", ["tiny.en", "base"])
def test_ten_minutes_type_nothing(
    sound: str, model: str, dbfs: float, default_settings: Settings, loaded: Callable[[str], Engine]
) -> None:
    assert typed(default_settings, loaded(model), sound, 600, dbfs, seed=2) == ""
