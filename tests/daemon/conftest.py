"""What every test of the daemon may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sayso import spoken_sample
from sayso.audio import Pcm
from sayso.config import Settings, load_settings
from sayso.engines import EngineOptions
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.models import Model, ModelStore

# A busy machine is no failure.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def data_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder, as `XDG_DATA_HOME` names it, whose model store has tiny.en."""
    home = tmp_path_factory.mktemp("data")
    ModelStore(home / "sayso" / "models").import_offline("tiny.en")
    return home


@pytest.fixture(scope="session")
def tiny(data_home: Path) -> Model:
    """Whisper tiny.en."""
    return ModelStore(data_home / "sayso" / "models").resolve("tiny.en")


@pytest.fixture(scope="session")
def engine(tiny: Model) -> CTranslate2Engine:
    """Whisper tiny.en, loaded."""
    return CTranslate2Engine(tiny, EngineOptions(device="cpu"))


@pytest.fixture(scope="session")
def demo() -> Pcm:
    """The spoken sample that ships with the package."""
    return spoken_sample.audio()


@pytest.fixture(scope="session")
def default_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of somebody who wrote none."""
    empty = tmp_path_factory.mktemp("config") / "config.yaml"
    empty.write_text("")
    return load_settings(empty)
