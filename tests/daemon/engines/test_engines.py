"""The door to engines: found by name, suggested when misspelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.engines import CheckStatus, EngineOptions, engine_names, load_engine
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.errors import EngineError
from sayso.models import Manifest, Model

NOWHERE = Model(Path("/nowhere"), Manifest("none", "none", {}, ("en",), 80, {}))


def test_the_engine_in_the_box_is_found_like_any_other() -> None:
    assert "ctranslate2" in engine_names()


def test_an_engine_is_loaded_by_its_name(tiny: Model) -> None:
    engine = load_engine("ctranslate2", tiny, EngineOptions(device="cpu", threads=1))
    assert isinstance(engine, CTranslate2Engine)
    assert engine.self_check().status is CheckStatus.WORKS


def test_a_misspelled_engine_is_suggested() -> None:
    with pytest.raises(
        EngineError, match=r"'ctranslate' is not installed; did you mean 'ctranslate2'\?.*engine\.name"
    ):
        load_engine("ctranslate", NOWHERE, EngineOptions())


def test_for_an_unknown_engine_the_installed_ones_are_named() -> None:
    with pytest.raises(EngineError, match=r"installed: .*ctranslate2"):
        load_engine("oracle", NOWHERE, EngineOptions())
