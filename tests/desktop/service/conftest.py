"""What every test of the running service may ask for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.desktop.rig.phrases import Phrase, run_sayso, speak
from tests.desktop.rig.speech import Speaker

FIGURES = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was measured, whether or not it was good enough."""
    figures = config.stash.get(FIGURES, [])
    if figures:
        terminalreporter.section("figures of the service")
        for figure in figures:
            terminalreporter.write_line(figure)


@pytest.fixture
def figure(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Put a line among the figures that are printed at the end."""
    return pytestconfig.stash.setdefault(FIGURES, []).append


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """XDG_DATA_HOME with tiny.en in it, for all tests together."""
    data = tmp_path_factory.mktemp("data")
    run_sayso({**os.environ, "XDG_DATA_HOME": str(data)}, "models", "import", "tiny.en")
    return data


@pytest.fixture(scope="session")
def phrases(speech: Speaker, store: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Phrase]:
    """Every phrase, spoken, and heard right offline."""
    home = tmp_path_factory.mktemp("home")
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return speak(speech, {**env, "HOME": str(home), "XDG_DATA_HOME": str(store)})
