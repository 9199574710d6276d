"""`sayso learning`: what it says and changes where no service runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.daemon.cli.command import Run


@pytest.fixture(autouse=True)
def _no_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")


def test_it_tells_how_it_stands_what_it_means_and_how_to_change_it(sayso: Run) -> None:
    for arguments in ((), ("status",)):
        told = sayso("learning", *arguments)
        assert told.status == 0
        assert told.out.startswith("learning: not answered, so off: ")
        assert "sayso learning on" in told.out


def test_an_answer_is_kept_and_told_from_then_on(sayso: Run, tmp_path: Path) -> None:
    assert sayso("learning", "on").out.startswith("learning: on: ")
    assert sayso("learning").out.startswith("learning: on: ")
    off = sayso("learning", "off").out
    assert off.startswith("learning: off: nothing outlasts its delivery")
    assert "sayso forget --all" in off
    assert (tmp_path / "state" / "sayso" / "learning").read_text() == "off\n"


def test_what_the_settings_say_is_not_changed_but_named(sayso: Run, tmp_path: Path) -> None:
    config = tmp_path / "config" / "sayso" / "config.yaml"
    config.parent.mkdir(parents=True)
    config.write_text("learning: off\n")
    assert "(by the settings)" in sayso("learning").out
    refused = sayso("learning", "on")
    assert refused.status == 1
    assert "learning is off in the settings" in refused.err
    assert not (tmp_path / "state" / "sayso" / "learning").exists()
