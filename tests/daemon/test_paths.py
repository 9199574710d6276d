from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from sayso import paths
from sayso.errors import ConfigError

VARIABLES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


# variable, path, what stands below the variable, what stands below the home directory
Case: TypeAlias = tuple[str, Callable[[], Path], str, str]
CASES: list[Case] = [
    ("XDG_CONFIG_HOME", paths.config_file, "sayso/config.yaml", ".config/sayso/config.yaml"),
    ("XDG_DATA_HOME", paths.data_dir, "sayso", ".local/share/sayso"),
    ("XDG_DATA_HOME", paths.models_dir, "sayso/models", ".local/share/sayso/models"),
    ("XDG_STATE_HOME", paths.state_dir, "sayso", ".local/state/sayso"),
    ("XDG_STATE_HOME", paths.journal_lock_file, "sayso/journal.lock", ".local/state/sayso/journal.lock"),
    ("XDG_RUNTIME_DIR", paths.runtime_dir, "sayso", ".local/state/sayso/run"),
]


@pytest.mark.parametrize("case", CASES)
def test_each_path_follows_its_variable_as_it_is_at_the_call(
    home: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    variable, path, below_variable, below_home = case
    assert path() == home / below_home
    monkeypatch.setenv(variable, "/elsewhere")
    assert path() == Path("/elsewhere") / below_variable


@pytest.mark.parametrize("ignored", ["", "relative/folder", "./x", "~/x"])
@pytest.mark.parametrize("case", CASES)
def test_an_empty_or_relative_variable_counts_as_unset(
    home: Path, monkeypatch: pytest.MonkeyPatch, case: Case, ignored: str
) -> None:
    variable, path, _, below_home = case
    monkeypatch.setenv(variable, ignored)
    assert path() == home / below_home


def test_no_path_is_created_by_asking_for_it(home: Path) -> None:
    for _, path, _, _ in CASES:
        path()
    assert list(home.iterdir()) == []


def test_an_unusable_home_is_an_error_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", "relative")
    with pytest.raises(ConfigError, match="HOME"):
        paths.config_file()


def test_a_full_set_of_variables_needs_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "relative")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/c")
    assert paths.config_file() == Path("/c/sayso/config.yaml")


def test_a_path_is_shown_with_a_tilde_only_below_home(home: Path) -> None:
    assert paths.shown(home / "a" / "b") == "~/a/b"
    assert paths.shown(Path("/elsewhere/b")) == "/elsewhere/b"


def test_a_path_can_be_shown_when_the_home_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "relative")
    assert paths.shown(Path("/a/b")) == "/a/b"
