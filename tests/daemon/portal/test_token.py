"""The token of the desktop's permission is kept for its owner alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.portal.token import TokenFile


def test_a_token_is_kept_where_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "sayso" / "portal-token"
    token = TokenFile(file)
    assert token.read() == ""
    token.write("one")
    token.write("two")
    assert token.read() == "two"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in file.parent.iterdir()] == ["portal-token"]
    token.write("")
    assert token.read() == ""
    assert not file.exists()


def test_it_is_in_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    TokenFile().write("one")
    assert (tmp_path / "sayso" / "portal-token").read_text() == "one"


def test_a_disk_that_does_not_take_it_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "sayso").write_text("a file where a folder belongs")
    token = TokenFile(tmp_path / "sayso" / "portal-token")
    token.write("one")
    assert token.read() == ""
