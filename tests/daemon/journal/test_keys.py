"""A key is made once, found again wherever it lies, and never overwritten; a locked keyring blocks nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.daemon.journal.keeping import KEY, MemoryRing, opened

from sayso.errors import KeyLocked, KeyMissing, WrongKey
from sayso.journal.boxes import BoxWriter, read_box
from sayso.journal.keyring import Ring
from sayso.journal.keys import CARD_NAME, FILE_NAME, KEYRING, find_key, public_key

ABSENT = MemoryRing(Ring.ABSENT)


def test_without_a_keyring_it_goes_to_a_file_of_its_owner(folder: Path) -> None:
    key = find_key(folder, "auto", ABSENT)
    assert (folder / FILE_NAME).read_text() == key.master.hex()
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert "mode 0600" in key.where
    assert find_key(folder, "auto", ABSENT) == key


@pytest.mark.parametrize("loose", [0o666, 0o644, 0o640])
def test_a_file_that_others_can_read_is_taken_back_from_them(folder: Path, loose: int) -> None:
    key = find_key(folder, "file", ABSENT)
    (folder / FILE_NAME).chmod(loose)
    folder.chmod(0o777)
    assert find_key(folder, "auto", ABSENT) == key
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_file_that_cannot_be_taken_back_is_named_with_the_mode_that_it_has(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    find_key(folder, "file", ABSENT)
    (folder / FILE_NAME).chmod(0o666)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)  # as FAT does
    assert "mode 0666" in find_key(folder, "auto", ABSENT).where
    assert "can be read by others" in caplog.text


def test_folders_are_made_for_their_owner_alone_whatever_the_umask(folder: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        find_key(folder, "file", ABSENT)
    finally:
        os.umask(before)
    made = [one for one in (folder, *folder.parents) if one.is_relative_to(tmp_path / "state")]
    assert {one.stat().st_mode & 0o777 for one in made} == {0o700}
    assert len(made) == 2


def test_what_the_disk_has_of_a_file_that_moved_into_the_keyring_is_no_key(folder: Path, tmp_path: Path) -> None:
    find_key(folder, "file", ABSENT)
    undeleted = tmp_path / "undeleted"
    undeleted.hardlink_to(folder / FILE_NAME)
    assert find_key(folder, "keyring", MemoryRing()).where == KEYRING
    assert undeleted.read_bytes() == bytes(64)


def test_with_an_open_keyring_no_byte_of_it_is_on_the_disk(folder: Path) -> None:
    ring = MemoryRing()
    key = find_key(folder, "auto", ring)
    assert key.where == KEYRING
    assert key.master in ring.secrets.values()
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    assert key.master not in everything
    assert key.master.hex().encode() not in everything
    assert key.private.hex().encode() not in everything
    assert find_key(folder, "auto", ring).master == key.master


def test_the_spool_can_be_sealed_while_the_keyring_is_locked(folder: Path) -> None:
    ring = MemoryRing()
    key = find_key(folder, "auto", ring)
    ring.state = Ring.LOCKED
    with pytest.raises(KeyLocked):
        find_key(folder, "auto", ring)
    public = public_key(folder)
    assert public == key.public
    assert public is not None
    writer = BoxWriter(public, "1")
    box = writer.header + writer.record(b"spoken")
    ring.state = Ring.OPEN
    assert read_box(find_key(folder, "auto", ring).private, box, "1") == ([b"spoken"], True)


def test_before_there_is_a_key_nothing_is_known_of_one(folder: Path) -> None:
    assert public_key(folder) is None
    assert not folder.exists()


def test_one_made_while_the_keyring_was_locked_moves_into_it_later(folder: Path) -> None:
    ring = MemoryRing(Ring.LOCKED)
    made = find_key(folder, "auto", ring)
    assert (folder / FILE_NAME).exists()
    assert find_key(folder, "auto", ring) == made
    ring.state = Ring.OPEN
    moved = find_key(folder, "auto", ring)
    assert (moved.master, moved.where) == (made.master, KEYRING)
    assert not (folder / FILE_NAME).exists()
    assert find_key(folder, "auto", ring) == moved


def test_one_made_without_a_keyring_stays_where_it_is_until_the_person_says_otherwise(folder: Path) -> None:
    made = find_key(folder, "auto", ABSENT)
    ring = MemoryRing()
    assert find_key(folder, "auto", ring) == made
    assert find_key(folder, "keyring", ring).where == KEYRING
    assert not (folder / FILE_NAME).exists()
    back = find_key(folder, "file", ring)
    assert (back.master, back.where) == (made.master, made.where)
    assert ring.secrets == {}


def test_before_anything_needs_it_none_is_made_where_a_keyring_may_still_be_started(folder: Path) -> None:
    with pytest.raises(KeyLocked):
        find_key(folder, "auto", ABSENT, is_early=True)
    assert public_key(folder) is None
    assert find_key(folder, "auto", MemoryRing(), is_early=True).where == KEYRING


@pytest.mark.parametrize(("choice", "ring"), [("auto", MemoryRing(Ring.LOCKED)), ("file", ABSENT)])
def test_before_anything_needs_it_one_is_made_where_it_is_known_where_it_belongs(
    folder: Path, choice: str, ring: MemoryRing
) -> None:
    made = find_key(folder, choice, ring, is_early=True)
    assert find_key(folder, choice, ring) == made


def test_a_file_stays_while_the_keyring_does_not_give_back_what_it_was_given(folder: Path) -> None:
    made = find_key(folder, "file", ABSENT)
    ring = MemoryRing()
    ring.loses = True
    assert find_key(folder, "keyring", ring) == made
    assert (folder / FILE_NAME).read_text() == made.master.hex()


def test_a_keyring_that_does_not_keep_the_first_key_is_not_trusted_with_it(folder: Path) -> None:
    ring = MemoryRing()
    ring.loses = True
    key = find_key(folder, "auto", ring)
    assert find_key(folder, "auto", ABSENT) == key


def test_who_wants_the_keyring_alone_gets_no_file(folder: Path) -> None:
    for state in (Ring.LOCKED, Ring.ABSENT):
        with pytest.raises(KeyLocked, match=r"journal\.key"):
            find_key(folder, "keyring", MemoryRing(state))
    assert not (folder / FILE_NAME).exists()
    assert not (folder / CARD_NAME).exists()


def test_a_key_that_is_gone_is_missing_and_no_other_one_takes_its_place(folder: Path) -> None:
    find_key(folder, "file", ABSENT)
    (folder / FILE_NAME).unlink()
    card = (folder / CARD_NAME).read_bytes()
    for choice in ("auto", "file", "keyring"):
        for ring in (ABSENT, MemoryRing()):
            with pytest.raises(KeyMissing, match="backup"):
                find_key(folder, choice, ring)
    assert (folder / CARD_NAME).read_bytes() == card
    assert not (folder / FILE_NAME).exists()


def test_a_key_that_the_keyring_has_no_longer_is_missing(folder: Path) -> None:
    ring = MemoryRing()
    find_key(folder, "keyring", ring)
    ring.secrets.clear()
    with pytest.raises(KeyMissing, match="keyring"):
        find_key(folder, "auto", ring)


@pytest.mark.parametrize("other", ["00" * 32, "00", "no key", ""])
def test_another_key_is_not_taken_for_it(folder: Path, other: str) -> None:
    find_key(folder, "file", ABSENT)
    (folder / FILE_NAME).write_text(other)
    with pytest.raises(WrongKey):
        find_key(folder, "auto", ABSENT)
    assert (folder / FILE_NAME).read_text() == other


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"public": "00"}', b"\xff\x00"])
@pytest.mark.parametrize("choice", ["file", "keyring"])
def test_what_tells_of_the_key_is_made_again_when_it_is_damaged(folder: Path, choice: str, damage: bytes) -> None:
    ring = MemoryRing()
    key = find_key(folder, choice, ring)
    opened(folder, key).close()
    (folder / CARD_NAME).write_bytes(damage)
    assert public_key(folder) is None
    assert find_key(folder, "auto", ring).master == key.master
    assert public_key(folder) == key.public


def test_a_journal_without_any_key_gets_no_new_one(folder: Path) -> None:
    opened(folder).close()
    with pytest.raises(KeyMissing):
        find_key(folder, "auto", MemoryRing())
    assert not (folder / CARD_NAME).exists()


def test_of_processes_that_make_it_at_the_same_time_all_have_the_same(folder: Path) -> None:
    code = (
        "import sys, pathlib; from sayso.journal.keys import find_key\n"
        "from tests.daemon.journal.keeping import *\n"
        "print(find_key(pathlib.Path(sys.argv[1]), 'auto', MemoryRing(Ring.ABSENT)).master.hex())"
    )
    root = Path(__file__).parents[3]
    made = [
        subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, cwd=root) for _ in range(4)
    ]
    assert len({one.communicate()[0] for one in made}) == 1
    assert [one.returncode for one in made] == [0] * 4


def test_nothing_of_the_key_is_shown_with_it() -> None:
    assert KEY.master.hex()[:8] not in repr(KEY)
    assert str(list(KEY.master))[1:12] not in repr(KEY)


def test_what_everybody_may_know_does_not_say_more(folder: Path) -> None:
    find_key(folder, "file", ABSENT)
    told = json.loads((folder / CARD_NAME).read_bytes())
    assert set(told) == {"version", "name", "where", "moves", "public", "check"}


def test_a_card_that_is_made_again_names_the_key_in_the_keyring_that_is_the_journal_s(folder: Path) -> None:
    ring = MemoryRing()
    key = find_key(folder, "keyring", ring)
    opened(folder, key).close()
    ring.secrets = {"another": bytes(32), **ring.secrets, "a third": bytes(range(32))}
    (folder / CARD_NAME).write_bytes(b"")
    assert find_key(folder, "auto", ring).master == key.master
    assert find_key(folder, "auto", ring).master == key.master  # by its name now


def test_where_nothing_says_which_of_two_keys_it_is_none_is_taken(folder: Path) -> None:
    ring = MemoryRing()
    find_key(folder, "keyring", ring)
    ring.secrets["another"] = bytes(32)
    (folder / CARD_NAME).unlink()
    (folder / "journal.db").write_bytes(b"no database" * 1000)
    with pytest.raises(KeyMissing, match="backup"):
        find_key(folder, "auto", ring)
    assert not (folder / CARD_NAME).exists()


def test_a_file_with_another_key_is_not_taken_where_the_keyring_has_the_right_one(folder: Path) -> None:
    ring = MemoryRing()
    key = find_key(folder, "keyring", ring)
    opened(folder, key).close()
    (folder / CARD_NAME).unlink()
    (folder / FILE_NAME).write_text("00" * 32)
    assert find_key(folder, "auto", ring).master == key.master
