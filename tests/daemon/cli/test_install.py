"""`sayso install` and `sayso uninstall` where no systemd runs for this person, or none at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
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


def to_nobody(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `sayso` with a pipe as its output whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run(
            [sys.executable, "-m", "sayso", *arguments],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)


def test_the_work_is_done_whole_though_nobody_reads_what_it_says(home: Path) -> None:
    if shutil.which("systemctl") is None:
        pytest.skip("systemctl is missing: apt install systemd")
    done = to_nobody("install")
    assert (done.returncode, done.stderr) == (0, "")
    unit = home / ".config/systemd/user/sayso.service"
    assert (unit.parent / "default.target.wants/sayso.service").samefile(unit)
    done = to_nobody("uninstall")
    assert (done.returncode, done.stderr) == (0, "")
    assert not [path for path in home.rglob("*") if not path.is_dir()]
