"""What is said about the folders, the room on the disk and what was left behind."""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sayso.config import Settings
from sayso.doctor import Finding, Light, storage
from sayso.doctor.storage import (
    LEAST_BYTES,
    WANTED_BYTES,
    Folder,
    Storage,
    Use,
    as_typed,
    check_storage,
    find_storage,
    judge_storage,
)

MUCH = 10 * WANTED_BYTES


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, from which everything is derived."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def spool(home: Path) -> Path:
    """The spool, as the journal makes it."""
    folder = home / ".local/state/sayso/spool"
    folder.parent.mkdir(parents=True)
    folder.mkdir(mode=0o700)
    return folder


def found(settings: Settings) -> list[Finding]:
    return list(check_storage(settings))


def roomy(use: Use, name: str = "/somewhere") -> Folder:
    return Folder(use, Path(name), True, mode=0o700, free_bytes=MUCH)


def of(*folders: Folder, left_behind: int = 0) -> list[Finding]:
    return list(judge_storage(Storage(folders, left_behind)))


# ── real folders ──────────────────────────────────────────────────────────────────────────────────


def test_an_empty_home_is_green_and_stays_empty(home: Path, default_settings: Settings) -> None:
    (finding,) = judge_storage(replace_room(find_storage(default_settings)))
    assert finding.light is Light.GREEN
    assert "~/.local/state/sayso/spool" in finding.message
    assert str(home) not in repr(finding)
    assert not list(home.iterdir())


def replace_room(storage: Storage) -> Storage:
    """As if there were room enough: the machine that tests may be full."""
    return replace(storage, folders=tuple(replace(folder, free_bytes=MUCH) for folder in storage.folders))


def test_trying_leaves_nothing_in_the_spool(spool: Path, default_settings: Settings) -> None:
    (finding,) = judge_storage(replace_room(find_storage(default_settings)))
    assert finding.light is Light.GREEN
    assert not list(spool.iterdir())


def test_a_file_in_the_place_of_the_spool_is_red(home: Path, default_settings: Settings) -> None:
    (home / ".local").mkdir()
    (home / ".local/state").touch()
    findings = found(default_settings)
    assert findings[0].light is Light.RED
    assert any(
        "audio not typed yet" in one.message and "a file is in its place" in one.message for one in findings
    )


def test_without_the_safety_net_the_spool_does_not_matter(home: Path, default_settings: Settings) -> None:
    (home / ".local").mkdir()
    (home / ".local/state").touch()
    settings = replace(default_settings, journal=replace(default_settings.journal, safety_net=False))
    assert not any("audio not typed yet" in finding.message for finding in found(settings))


def test_a_spool_that_takes_no_file_is_red_with_what_to_do(spool: Path, default_settings: Settings) -> None:
    spool.rmdir()
    spool.symlink_to("/proc/self/task")  # nobody makes a file there, root included
    finding = found(default_settings)[0]
    assert finding.light is Light.RED
    assert "audio not typed yet) cannot be written" in finding.message
    assert "XDG_STATE_HOME" in finding.remedy


def test_a_spool_that_others_may_look_into_is_amber(spool: Path, default_settings: Settings) -> None:
    spool.chmod(0o755)
    finding = next(one for one in found(default_settings) if "look into" in one.message)
    assert (finding.light, finding.remedy) == (Light.AMBER, "Run: chmod 700 ~/.local/state/sayso/spool")
    assert "0755" in finding.message


def test_settings_that_everybody_may_write_are_amber(home: Path, default_settings: Settings) -> None:
    folder = home / ".config/sayso"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    finding = next(one for one in found(default_settings) if "everybody" in one.message)
    assert finding.remedy == "Run: chmod o-w ~/.config/sayso"


def test_a_folder_of_another_user_is_told(spool: Path, default_settings: Settings) -> None:
    if os.getuid() != 0:
        pytest.skip("root, who alone may give a folder to another user")
    os.chown(spool, 12_345, 12_345)
    finding = next(one for one in found(default_settings) if "another user" in one.message)
    assert finding.remedy == 'Run: sudo chown -R "$USER" ~/.local/state/sayso/spool'


def test_dictations_that_were_left_behind_are_counted_and_the_command_reads_them(
    spool: Path, default_settings: Settings
) -> None:
    for name in ("20260101-120000-7-0001.wav", "7.spool"):
        (spool / name).write_bytes(b"RIFF")
    finding = next(one for one in found(default_settings) if "cut short" in one.message)
    assert (finding.light, finding.message.split(",")[0]) == (Light.AMBER, "2 dictations were cut short")
    assert "sayso history --recovered" in finding.remedy
    assert "20260101" not in repr(finding)


def test_a_disk_that_does_not_answer_is_told_in_time(
    home: Path, default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = threading.Event()

    def hang(_: Settings) -> Storage:
        back.wait()
        return Storage(())

    monkeypatch.setattr(storage, "find_storage", hang)
    monkeypatch.setattr(storage, "LOOK_SECONDS", 0.05)
    try:
        (finding,) = check_storage(default_settings)
    finally:
        back.set()
    assert finding.light is Light.RED
    assert "does not answer" in finding.message


def test_an_unknown_home_is_red(monkeypatch: pytest.MonkeyPatch, default_settings: Settings) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "nowhere")
    (finding,) = check_storage(default_settings)
    assert finding.light is Light.RED
    assert "HOME" in finding.message


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("free", "light"),
    [
        (LEAST_BYTES - 1, Light.RED),
        (LEAST_BYTES, Light.AMBER),
        (WANTED_BYTES - 1, Light.AMBER),
        (WANTED_BYTES, Light.GREEN),
    ],
)
def test_little_room_is_amber_and_next_to_none_red(free: int, light: Light) -> None:
    (finding,) = of(roomy(Use.MODELS), replace(roomy(Use.SPOOL), free_bytes=free))
    assert finding.light is light
    assert finding.facts["free_mb"] == free // 1_000_000


def test_the_room_of_the_lock_does_not_count() -> None:
    (finding,) = of(roomy(Use.SPOOL), replace(roomy(Use.LOCK), free_bytes=1_000_000))
    assert finding.light is Light.GREEN


@pytest.mark.parametrize(
    ("use", "light", "what"),
    [
        (Use.SPOOL, Light.RED, "written"),
        (Use.LOCK, Light.RED, "written"),
        (Use.MODELS, Light.AMBER, "written"),
        (Use.SETTINGS, Light.AMBER, "read"),
    ],
)
def test_what_stops_the_service_is_red_and_the_rest_amber(use: Use, light: Light, what: str) -> None:
    (finding,) = of(replace(roomy(use), error="Read-only file system"))
    assert finding.light is light
    assert f"cannot be {what}: Read-only file system" in finding.message


def test_what_another_user_keeps_from_being_written_is_taken_over_by_chown() -> None:
    (finding,) = of(replace(roomy(Use.SPOOL), error="Permission denied", is_foreign=True))
    assert "chown" in finding.remedy


def test_models_may_be_read_by_others_and_the_spool_not() -> None:
    assert of(replace(roomy(Use.MODELS), mode=0o755))[0].light is Light.GREEN
    assert of(replace(roomy(Use.SPOOL), mode=0o710))[0].light is Light.AMBER


def test_the_worst_comes_first_and_brings_the_figures() -> None:
    amber_then_red = (replace(roomy(Use.MODELS), mode=0o777), replace(roomy(Use.SPOOL), error="No space left"))
    first, second = of(*amber_then_red, left_behind=0)
    assert (first.light, second.light) == (Light.RED, Light.AMBER)
    assert first.facts
    assert not second.facts


def test_a_settings_file_that_cannot_be_read_is_red(home: Path) -> None:
    (finding,) = judge_storage(Storage((roomy(Use.SETTINGS),), unread=True))
    assert (finding.light, finding.remedy) == (Light.RED, "Run: chmod u+r ~/.config/sayso/config.yaml")


@pytest.mark.parametrize("name", ["plain", "with a space", "it's"])
def test_a_path_that_is_to_be_typed_means_the_same_to_a_shell(home: Path, name: str) -> None:
    for path in (home / name, Path("/elsewhere") / name):
        echoed = subprocess.run(
            ["sh", "-c", f"printf %s {as_typed(path)}"], env={"HOME": str(home)}, capture_output=True, check=True
        )
        assert echoed.stdout.decode() == str(path)
