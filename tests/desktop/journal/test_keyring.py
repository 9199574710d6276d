"""The journal's key in a real keyring: kept there, found again, and waited for by nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.keyring import KeyringRig, silent_keyring
from tests.desktop.rig.waiting import until

from sayso import paths
from sayso.config import load_settings
from sayso.errors import KeyLocked, KeyMissing
from sayso.events import Event
from sayso.journal import Begun, keys, opening
from sayso.journal.keyring import Ring, SecretService
from sayso.journal.keys import FILE_NAME, KEYRING, Key, find_key, public_key
from sayso.journal.opening import journal_from

SECRET = bytes(range(32))
SOON_SECONDS = 2.0  # nobody is asked: what takes longer is a prompt


@pytest.fixture
def session(bus: BusRig, monkeypatch: pytest.MonkeyPatch) -> BusRig:
    """A session bus that is ours."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    return bus


@pytest.fixture
def keyring(session: BusRig) -> Iterator[KeyringRig]:
    """GNOME's keyring, open."""
    with KeyringRig(session) as rig:
        yield rig


def test_what_is_stored_is_found_by_its_name_until_it_is_removed(keyring: KeyringRig) -> None:
    ring = SecretService()
    assert ring.look() is Ring.OPEN
    assert ring.load("one") is None
    ring.store("one", SECRET)
    ring.store("two", SECRET[::-1])
    assert (ring.load("one"), ring.load("two"), ring.load("three")) == (SECRET, SECRET[::-1], None)
    ring.store("one", bytes(32))
    assert ring.load("one") == bytes(32)
    ring.remove("one")
    ring.remove("one")
    assert (ring.load("one"), ring.every()) == (None, (SECRET[::-1],))


def test_a_locked_one_is_told_at_once_and_nobody_is_asked_for_a_password(keyring: KeyringRig) -> None:
    ring = SecretService()
    ring.store("one", SECRET)
    keyring.lock()
    began = time.monotonic()
    assert ring.look() is Ring.LOCKED
    for ask in (
        lambda: ring.load("one"),
        lambda: ring.load("other"),
        lambda: ring.store("two", SECRET),
        lambda: ring.remove("one"),
    ):
        with pytest.raises(KeyLocked, match="locked"):
            ask()
    assert time.monotonic() - began < SOON_SECONDS


def test_one_that_does_not_answer_is_waited_for_only_so_long(session: BusRig) -> None:
    with closing(silent_keyring(session)):
        began = time.monotonic()
        ring = SecretService(seconds=0.2)
        assert ring.look() is Ring.LOCKED
        with pytest.raises(KeyLocked, match="answered"):
            ring.load("one")
        assert time.monotonic() - began < SOON_SECONDS


def test_where_none_runs_none_is_started(session: BusRig) -> None:
    assert SecretService().look() is Ring.ABSENT
    assert SecretService().look() is Ring.ABSENT


def test_where_there_is_no_bus_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in (f"unix:path={tmp_path}/none", "tcp:host=nowhere", "nonsense"):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert SecretService().look() is Ring.ABSENT
        with pytest.raises(KeyLocked):
            SecretService().load("one")


def test_the_first_key_goes_into_it_and_outlives_the_session(keyring: KeyringRig, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    key = find_key(folder, "auto")
    assert key.where == KEYRING
    assert not (folder / FILE_NAME).exists()
    keyring.stop()
    keyring.start()
    assert find_key(folder, "auto") == key


def test_while_it_is_locked_the_first_key_waits_in_a_file_and_then_moves(
    keyring: KeyringRig, tmp_path: Path
) -> None:
    folder = tmp_path / "journal"
    keyring.lock()
    made = find_key(folder, "auto")
    assert made.where != KEYRING
    assert public_key(folder) == made.public
    keyring.stop()
    keyring.start()
    moved = find_key(folder, "auto")
    assert (moved.master, moved.where) == (made.master, KEYRING)
    assert not (folder / FILE_NAME).exists()


def test_a_key_that_was_deleted_from_it_is_missing(keyring: KeyringRig, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    find_key(folder, "keyring")
    SecretService().remove("")
    with pytest.raises(KeyMissing):
        find_key(folder, "auto")


def test_the_first_run_of_all_makes_the_key_before_anybody_speaks_and_waits_for_no_keyring(
    session: BusRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(keys, "SecretService", partial(SecretService, seconds=1.5))
    told: list[Event] = []
    with closing(silent_keyring(session)):
        journal = journal_from(load_settings(None), told.append)
        journal.start()
        try:
            assert public_key(paths.journal_dir()) is None
            until(lambda: public_key(paths.journal_dir()) is not None, "the key")
        finally:
            journal.stop()
    assert told == []


def test_a_keyring_that_is_started_after_sayso_gets_the_key_all_the_same(
    session: BusRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()

    def find(folder: Path, choice: str, *, is_early: bool = False) -> Key:
        try:
            return find_key(folder, choice, is_early=is_early)
        finally:
            asked.set()

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(opening, "find_key", find)
    journal = journal_from(load_settings(None), lambda _: None)
    journal.start()
    try:
        assert asked.wait(10)
        assert public_key(paths.journal_dir()) is None
        with KeyringRig(session):
            journal.begin(Begun(1, time.time()))
            until(lambda: public_key(paths.journal_dir()) is not None, "the key")
            assert find_key(paths.journal_dir(), "auto").where == KEYRING
    finally:
        journal.stop()
