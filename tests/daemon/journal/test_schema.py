"""An older journal becomes a newer one whole or not at all, with a copy of what it was beside it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.daemon.journal.keeping import KEY, OTHER_KEY, filled, opened

from sayso.errors import JournalDamaged, NewerJournal, WrongKey
from sayso.journal import Line
from sayso.journal.database import Database
from sayso.journal.keys import Key
from sayso.journal.reading import lines
from sayso.journal.schema import MIGRATIONS, TABLES, backups, upgrade, version_of

ROOT = Path(__file__).parents[3]


def add_column(connection: sqlite3.Connection) -> None:
    """A step to the next version."""
    connection.execute("ALTER TABLE utterance ADD COLUMN mood TEXT")
    connection.execute("UPDATE utterance SET mood = 'calm'")


def fail(connection: sqlite3.Connection) -> None:
    """One that breaks off in the middle."""
    connection.execute("ALTER TABLE utterance ADD COLUMN weather TEXT")
    raise sqlite3.OperationalError("no such weather")


def connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def test_a_new_journal_has_the_newest_tables_and_needs_no_copy(db: Database) -> None:
    assert version_of(db.connection) == len(MIGRATIONS) + 1
    made = {name for (name,) in db.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert len(made - {"sqlite_sequence"}) == sum(table.startswith("CREATE TABLE") for table in TABLES)
    assert backups(db.path) == []


def test_each_step_is_made_once_and_what_was_there_is_in_a_copy(folder: Path) -> None:
    filled(folder, 2).close()
    path = folder / "journal.db"
    with closing(connected(path)) as connection:
        upgrade(connection, path, (add_column,))
        upgrade(connection, path, (add_column,))
        assert version_of(connection) == 2
        assert connection.execute("SELECT mood FROM utterance").fetchall() == [("calm",), ("calm",)]
    (copy,) = backups(path)
    assert copy.stat().st_mode & 0o777 == 0o600
    copy.rename(path)
    with closing(opened(folder, write=False)) as old:
        assert [one.typed for one in lines(old, 5) if isinstance(one, Line)] == ["Utterance 2", "Utterance 1"]


def test_a_step_that_fails_changes_nothing_and_those_before_it_stay(folder: Path) -> None:
    filled(folder, 1).close()
    path = folder / "journal.db"
    with closing(connected(path)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            upgrade(connection, path, (add_column, fail))
        assert version_of(connection) == 2
        assert connection.execute("SELECT mood FROM utterance").fetchall() == [("calm",)]
        with pytest.raises(sqlite3.OperationalError):
            connection.execute("SELECT weather FROM utterance")
        upgrade(connection, path, (add_column, lambda c: None))
        assert version_of(connection) == 3


def test_of_the_copies_the_last_stay(folder: Path) -> None:
    filled(folder, 1).close()
    path = folder / "journal.db"
    with closing(connected(path)) as connection:
        steps = [lambda c, n=n: c.execute(f"CREATE TABLE t{n} (x)") for n in range(4)]
        for count in range(1, 5):
            upgrade(connection, path, steps[:count])
    assert [copy.name for copy in backups(path)] == ["journal.db.v3.bak", "journal.db.v4.bak"]


@pytest.mark.parametrize("moment", ["before the copy", "in the copy", "in the step", "after the step"])
def test_whoever_is_killed_while_it_is_upgraded_leaves_it_to_the_next(folder: Path, moment: str) -> None:
    filled(folder, 3).close()
    path = folder / "journal.db"
    killed = subprocess.run([sys.executable, "-c", KILLED, path, moment], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    with closing(connected(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert version_of(connection) == (2 if moment == "after the step" else 1)
        upgrade(connection, path, (add_column,))
        assert connection.execute("SELECT mood FROM utterance").fetchall() == [("calm",)] * 3
    assert [one.name for one in backups(path)] == ["journal.db.v1.bak"]
    with closing(sqlite3.connect(backups(path)[0])) as copy:
        assert copy.execute("SELECT count(*) FROM utterance").fetchone() == (3,)


KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from sayso.journal import schema
path, moment = Path(sys.argv[1]), sys.argv[2]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def step(connection):
    connection.execute("ALTER TABLE utterance ADD COLUMN mood TEXT")
    connection.execute("UPDATE utterance SET mood = 'calm'")
    if moment == "in the step":
        die()

if moment == "before the copy":
    schema.back_up = die
if moment == "in the copy":
    schema.sync_folder = die
    Path.replace = die
schema.upgrade(sqlite3.connect(path, isolation_level=None), path, (step,))
die()
"""


def test_what_a_newer_sayso_wrote_is_left_as_it_is(folder: Path) -> None:
    filled(folder, 1).close()
    path = folder / "journal.db"
    with closing(connected(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    for write in (True, False):
        with pytest.raises(NewerJournal, match="99"):
            opened(folder, write=write)
    with closing(connected(path)) as connection:
        assert version_of(connection) == 99


@pytest.mark.parametrize("version", [-1, 0])
@pytest.mark.parametrize("key", [KEY, None])
def test_a_version_that_is_none_is_told_as_damage_with_what_to_do(
    folder: Path, version: int, key: Key | None
) -> None:
    filled(folder, 1).close()
    with closing(connected(folder / "journal.db")) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    for write in (False, True):
        with pytest.raises(JournalDamaged, match=f"{version} is no version of its tables.*backup.*begin a new"):
            opened(folder, key, write=write)


def test_a_file_that_a_crash_left_empty_becomes_a_journal(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "journal.db").touch(0o600)
    with closing(opened(folder, write=False)) as db:
        assert list(lines(db, 5)) == []


def test_another_key_is_told_before_anything_is_read_or_written(folder: Path) -> None:
    filled(folder, 1).close()
    before = (folder / "journal.db").read_bytes()
    for write in (True, False):
        with pytest.raises(WrongKey, match="backup"):
            opened(folder, OTHER_KEY, write=write)
    assert (folder / "journal.db").read_bytes() == before


def test_what_is_no_database_any_more_is_told(folder: Path) -> None:
    filled(folder, 1).close()
    (folder / "journal.db").write_bytes(b"no database" * 1000)
    for write in (True, False):
        with pytest.raises(JournalDamaged, match=r"mv .*journal .*journal\.old") as told:
            opened(folder, write=write)
        assert "sayso history" not in str(told.value)  # which would say the same


def test_a_journal_that_is_not_there_reads_as_an_empty_one_and_is_not_made(folder: Path) -> None:
    with closing(opened(folder, write=False)) as db:
        assert list(lines(db, 5)) == []
    assert not folder.exists()


def test_its_files_are_for_its_owner_alone(three: Database) -> None:
    files = [path for path in three.folder.rglob("*") if path.is_file()]
    assert {"journal.db", "journal.db-wal", "journal.db-shm", "1.flac.sealed"} <= {path.name for path in files}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (three.folder, three.folder / "audio")} == {0o700}


def test_a_reader_sees_what_was_there_when_it_looked_and_keeps_nobody_from_writing(three: Database) -> None:
    with closing(Database(three.folder, KEY, write=False)) as reader:
        reader.connection.execute("BEGIN")
        assert len(list(lines(reader, None))) == 3
        with three.transaction() as connection:
            connection.execute("DELETE FROM utterance WHERE id = 2")
        assert len(list(lines(reader, None))) == 3
        reader.connection.execute("COMMIT")
        assert len(list(lines(reader, None))) == 2
