"""`sayso install` and `sayso uninstall` where no systemd runs for this person, or none at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run


@pytest.fixture
def home(sayso: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; nothing leads to the user manager of whoever runs the tests."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "SUDO_UID", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder / "nowhere"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={folder}/nowhere/bus")
    return folder


def test_without_a_user_manager_everything_is_prepared_for_the_next_login(sayso: Run, home: Path) -> None:
    if shutil.which("systemctl") is None:
        pytest.skip("systemctl is missing: apt install systemd")
    ran = sayso("install")
    assert ran.status == 0, ran.err
    assert "starts at your next login" in ran.out.splitlines()[-1]
    unit = home / ".config/systemd/user/sayso.service"
    assert '/sayso" run\n' in unit.read_text()
    assert (unit.parent / "default.target.wants/sayso.service").samefile(unit)
    assert sayso("uninstall").status == 0
    assert not [path for path in home.rglob("*") if not path.is_dir()]


def test_without_systemd_it_says_what_to_do_instead(
    sayso: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(home))
    ran = sayso("install")
    assert ran.status == 1
    assert "no systemd on this machine; have your desktop start `sayso run`" in ran.err
    assert not list(home.iterdir())
    assert sayso("uninstall").status == 0
