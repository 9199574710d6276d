"""The tables of the journal, and how older ones become them.

What somebody said, wrote or used is sealed; in plain are times, lengths, counts, names of models and languages,
and tags by which only the key's owner finds a row again. A term, its soundings and a rule outlive the utterances
that they were learnt from where those are old, not where the person has them forgotten; so they name them without
a foreign key, and are sealed with the person's key, not the utterance's.

STRICT needs SQLite 3.37 (Ubuntu 22.04 has that).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from sayso.errors import JournalDamaged, NewerJournal
from sayso.journal.durable import UNFINISHED, sync_folder
from sayso.journal.keys import to_begin_anew

TABLES: Final = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
    # `line` is what a list shows, apart from the rest: 100,000 whole rows take 0.4 s to open but 7.7 s to parse.
    """CREATE TABLE utterance (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- a number that was forgotten is never given again
        ended_at REAL NOT NULL,                -- seconds since 1970
        outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'undelivered', 'recovered', 'withheld')),
        seconds REAL NOT NULL,
        words INTEGER NOT NULL,
        language TEXT NOT NULL,
        model TEXT NOT NULL,
        engine TEXT NOT NULL,
        computing_seconds REAL NOT NULL,
        application_tag BLOB,
        key BLOB NOT NULL,                     -- its own, sealed with the person's
        line BLOB NOT NULL,                    -- sealed: application, text as typed, text now
        detail BLOB NOT NULL,                  -- sealed: what was known at its beginning and end
        learns INTEGER NOT NULL,
        audio_bytes INTEGER NOT NULL) STRICT   -- of the sealed file; 0 where there is none""",
    # Whose audio is to go, so that what a crash leaves of it is told from what another state of the database knew.
    "CREATE TABLE gone (utterance INTEGER PRIMARY KEY) STRICT",
    """CREATE TRIGGER utterance_is_gone AFTER DELETE ON utterance WHEN old.audio_bytes > 0
        BEGIN INSERT OR IGNORE INTO gone VALUES (old.id); END""",
    """CREATE TRIGGER audio_is_gone AFTER UPDATE OF audio_bytes ON utterance WHEN new.audio_bytes = 0
        BEGIN INSERT OR IGNORE INTO gone VALUES (old.id); END""",
    """CREATE TABLE shown (                      -- to the person, of what did not arrive: it may go when it is old
        utterance INTEGER PRIMARY KEY REFERENCES utterance ON DELETE CASCADE) STRICT""",
    "CREATE INDEX utterance_by_time ON utterance (ended_at)",
    "CREATE INDEX utterance_by_application ON utterance (application_tag)",
    """CREATE TABLE correction (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        utterance INTEGER NOT NULL REFERENCES utterance ON DELETE CASCADE,
        made_at REAL NOT NULL,
        source TEXT NOT NULL,
        trust REAL NOT NULL,
        decision TEXT NOT NULL CHECK (decision IN ('accepted', 'doubtful', 'rejected')),
        is_by_person INTEGER NOT NULL,
        sealed BLOB NOT NULL) STRICT           -- text, target, changes, reasons""",
    "CREATE INDEX correction_of_utterance ON correction (utterance)",
    "CREATE UNIQUE INDEX one_correction_stands ON correction (utterance) WHERE decision = 'accepted'",
    """CREATE TABLE term (
        id INTEGER PRIMARY KEY,
        tag BLOB NOT NULL UNIQUE,              -- of language and text
        sealed BLOB NOT NULL,
        language TEXT NOT NULL,
        uses INTEGER NOT NULL,
        last_used REAL NOT NULL,
        is_pinned INTEGER NOT NULL,
        is_removed INTEGER NOT NULL) STRICT    -- remembered, so that it is not learnt again""",
    """CREATE TABLE sounding (
        id INTEGER PRIMARY KEY,
        term INTEGER NOT NULL REFERENCES term ON DELETE CASCADE,
        utterance INTEGER,
        sealed BLOB NOT NULL,                  -- what was heard instead of the term …
        is_refused INTEGER NOT NULL DEFAULT 0) STRICT -- … or was taken for it, and was what was said""",
    "CREATE INDEX sounding_of_term ON sounding (term)",
    "CREATE INDEX sounding_of_utterance ON sounding (utterance)",
    """CREATE TABLE rule (
        id INTEGER PRIMARY KEY,
        tag BLOB NOT NULL UNIQUE,              -- of language, what is heard and what is meant
        sealed BLOB NOT NULL,
        language TEXT NOT NULL,
        state TEXT NOT NULL) STRICT""",
    """CREATE TABLE rule_evidence (
        rule INTEGER NOT NULL REFERENCES rule ON DELETE CASCADE,
        utterance INTEGER NOT NULL,
        PRIMARY KEY (rule, utterance)) STRICT""",
    "CREATE INDEX evidence_of_utterance ON rule_evidence (utterance)",
    """CREATE TABLE derived (                    -- files made from an utterance, sealed with its key
        utterance INTEGER NOT NULL,
        kind TEXT NOT NULL,
        path TEXT NOT NULL,
        PRIMARY KEY (utterance, kind)) STRICT""",
    """CREATE TABLE trained (                    -- which models have learnt from it
        utterance INTEGER NOT NULL,
        model TEXT NOT NULL,
        PRIMARY KEY (utterance, model)) STRICT""",
    """CREATE TABLE retrain (                    -- models that learnt from what was forgotten since
        model TEXT PRIMARY KEY,
        since REAL NOT NULL,
        utterances INTEGER NOT NULL) STRICT""",
)

Migration = Callable[[sqlite3.Connection], None]
"""Turns the tables of one version into those of the next, within a transaction that is not its own."""

MIGRATIONS: Final[Sequence[Migration]] = ()
"""The first turns version 1 into 2."""

KEPT_BACKUPS: Final = 2


def upgrade(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Make the tables what this version of sayso knows; an older journal is copied beside itself first.

    Each step is one transaction: whatever ends the process, the next one goes on where it stopped.

    Args:
        connection: that may write.
        path: of the database.
        migrations: one for each version after the first.

    Raises:
        NewerJournal: a newer sayso made them; nothing is changed.
        JournalDamaged: it has tables, and its version is none.
        OSError: there is no room for the copy.

    """
    newest = 1 + len(migrations)
    found = version_of(connection)
    if found > newest:
        raise NewerJournal(
            f"{path} was written by a newer sayso (version {found} of its tables, this one knows {newest}): "
            "update sayso; the journal is left as it is"
        )
    if found < 0:
        raise _versionless(path, found)
    if 0 < found < newest:
        back_up(connection, path, found)
    while (version := version_of(connection)) < newest:
        _one_step(connection, path, version, newest, migrations)


def _versionless(path: Path, version: int) -> JournalDamaged:
    return JournalDamaged(
        f"{path} is damaged ({version} is no version of its tables). Restore it from a backup, or "
        f"{to_begin_anew(path.parent)}"
    )


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the tables; 0 where there are none."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _one_step(
    connection: sqlite3.Connection, path: Path, version: int, newest: int, migrations: Sequence[Migration]
) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version_of(connection) == version:  # else another process was here first
            if version == 0:
                if connection.execute("SELECT 1 FROM sqlite_schema").fetchone() is not None:
                    raise _versionless(path, version)
                for statement in TABLES:
                    connection.execute(statement)
            else:
                migrations[version - 1](connection)
            connection.execute(f"PRAGMA user_version = {newest if version == 0 else version + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def back_up(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """Copy the database beside itself, whole or not at all; of older copies the last stay.

    Raises:
        OSError: the disk refuses.

    """
    copy = _backup_path(path, version)
    unfinished = copy.with_name(copy.name + UNFINISHED)
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    target = sqlite3.connect(unfinished)
    try:
        connection.backup(target)
        target.execute("PRAGMA journal_mode = DELETE").fetchone()  # so that the copy is one file
    except sqlite3.Error as error:
        unfinished.unlink()
        raise OSError(f"{path} could not be copied before it is upgraded: {error}") from error
    finally:
        target.close()
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(copy)
    sync_folder(copy.parent)
    for older in backups(path)[:-KEPT_BACKUPS]:
        older.unlink(missing_ok=True)
    return copy


def _backup_path(path: Path, version: int) -> Path:
    return path.with_name(f"{path.name}.v{version}.bak")


def backups(path: Path) -> list[Path]:
    """Copies made before upgrades, the oldest version first."""
    numbered = [
        (int(number), one)
        for one in path.parent.glob(f"{path.name}.v*.bak")
        if (number := one.name.removeprefix(f"{path.name}.v").removesuffix(".bak")).isdecimal()
        and number.isascii()
    ]
    return [one for _, one in sorted(numbered)]
