"""The doctor says where the journal's key is, what of it cannot be read, and how slow the disk is."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.journal.keeping import MemoryRing, opened, spooled

from sayso.config import Settings
from sayso.doctor import Finding, Light
from sayso.doctor.journal import MOST_SYNC_SECONDS, State, check_journal, find_state, judge_journal
from sayso.journal import Damage, Outcome
from sayso.journal.consent import Answer
from sayso.journal.keys import KEYRING, find_key
from sayso.journal.writing import add

WELL = State((3, 40, 1), Answer.ON, True, KEYRING, utterances=3, audio_mb=2, sync_seconds=0.001)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state of a person without a keyring."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    return tmp_path / "sayso"


def judged(state: State) -> list[Finding]:
    """What is said about it."""
    return list(judge_journal(state))


def filled(home: Path, choice: str = "file") -> None:
    """A journal of three utterances."""
    with closing(opened(home / "journal", find_key(home / "journal", choice, MemoryRing()))) as db:
        for number in (1, 2, 3):
            add(db, spooled(number), Outcome.DELIVERED)


def test_before_anything_is_kept_that_is_no_fault_and_nothing_is_made(
    home: Path, default_settings: Settings
) -> None:
    (finding,) = check_journal(default_settings)
    assert finding.light is Light.GREEN
    assert "none yet" in finding.message
    assert not home.exists()


def test_a_journal_that_is_whole_is_told_with_where_its_key_lies(home: Path, default_settings: Settings) -> None:
    filled(home)
    (finding,) = check_journal(default_settings)
    assert (finding.light, finding.facts["utterances"], finding.facts["key"]) == (Light.GREEN, 3, "file")
    assert "mode 0600" in finding.message
    assert isinstance(finding.facts["sync_ms"], float)


def test_a_key_that_others_could_read_is_taken_back_from_them(home: Path, default_settings: Settings) -> None:
    filled(home)
    (home / "spool").mkdir()
    exposed = (home / "journal", home / "journal" / "key", home / "spool")
    for path in exposed:
        path.chmod(0o777)
    (finding,) = check_journal(default_settings)
    assert (finding.light, "mode 0700" in finding.message) == (Light.GREEN, True)
    assert {path.stat().st_mode & 0o777 for path in exposed} == {0o700}


def test_where_the_disk_knows_no_modes_that_is_told(
    home: Path, default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(home)
    (home / "journal" / "key").chmod(0o666)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)  # as FAT does
    (finding,) = check_journal(default_settings)
    assert (finding.light, "journal/key" in finding.message) == (Light.AMBER, True)


def test_each_damage_is_told_with_what_can_be_done(home: Path, default_settings: Settings) -> None:
    filled(home)
    (home / "journal" / "audio" / "2.flac.sealed").write_bytes(b"")
    (finding,) = check_journal(default_settings)
    assert (finding.light, finding.facts["damaged"]) == (Light.AMBER, 1)
    assert "2.flac.sealed" in finding.message
    assert "sayso forget --utterance 2" in finding.remedy


def test_a_locked_keyring_is_worth_a_look_and_a_wrong_key_is_a_fault(
    home: Path, default_settings: Settings
) -> None:
    filled(home, "keyring")
    (finding,) = check_journal(default_settings)
    assert (finding.light, "unlock" in finding.remedy) == (Light.AMBER, True)
    (home / "journal" / "key.json").unlink()
    (home / "journal" / "key").write_text("00" * 32)
    (finding,) = check_journal(default_settings)
    assert (finding.light, "backup" in finding.remedy) == (Light.RED, True)


def test_where_the_key_is_in_the_keyring_that_is_said() -> None:
    (finding,) = judged(WELL)
    assert "its key is in the keyring" in finding.message
    assert finding.facts["key"] == "keyring"


@pytest.mark.parametrize(
    ("worse", "light"),
    [
        (replace(WELL, sqlite=(3, 36, 0)), Light.RED),
        (replace(WELL, error="no database"), Light.RED),
        (replace(WELL, error="locked", is_locked=True), Light.AMBER),
        (replace(WELL, damaged=(Damage("here", "broken", 1),)), Light.AMBER),
        (replace(WELL, damaged=(Damage("here", "broken", 1),), more_damaged=4), Light.AMBER),
        (replace(WELL, exposed=("the key",)), Light.AMBER),
        (replace(WELL, sync_seconds=MOST_SYNC_SECONDS + 0.01), Light.AMBER),
    ],
)
def test_what_is_wrong_is_told_with_a_remedy(worse: State, light: Light) -> None:
    found = judged(worse)
    assert max(finding.light for finding in found) is light
    assert all(finding.remedy for finding in found)
    assert [bool(finding.facts) for finding in found] == [True] + [False] * (len(found) - 1)


def test_looking_leaves_the_journal_as_it_was(home: Path, default_settings: Settings) -> None:
    filled(home)
    before = (home / "journal" / "journal.db").read_bytes()
    find_state(default_settings)
    assert (home / "journal" / "journal.db").read_bytes() == before


def test_a_disk_that_refuses_is_told_with_what_can_be_done(
    home: Path, default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    filled(home)
    monkeypatch.setattr("sayso.doctor.journal.Database", refuse)
    (finding,) = check_journal(default_settings)
    assert finding.light == Light.RED
    assert finding.remedy.startswith("Permission denied: see that ")
