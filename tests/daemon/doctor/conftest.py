"""What every test of the doctor needs."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _state_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials are remembered: those of a test must not be taken for this machine's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
