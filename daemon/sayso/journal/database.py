"""The journal's database: one connection, for one thread.

While the service runs its journal's thread writes; commands that change something write too, in one short
transaction. SQLite's write-ahead log keeps readers from waiting for either. A journal that is not there yet reads
as an empty one.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import constant_time

from sayso import paths
from sayso.errors import JournalDamaged, JournalError, KeyLocked, NoSuchUtterance, StorageError, WrongKey
from sayso.journal.durable import make_folder
from sayso.journal.keys import DATABASE_NAME, Key, to_begin_anew
from sayso.journal.schema import MIGRATIONS, TABLES, upgrade, version_of
from sayso.journal.sealing import Seal

BUSY_SECONDS: Final = 2.0  # until a writer gives up on another one
LOG_NAME: Final = f"{DATABASE_NAME}-wal"
AUDIO_FOLDER: Final = "audio"
AUDIO_SUFFIX: Final = ".flac.sealed"
MOST_DIGITS: Final = 15  # of the number of an utterance

_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NO_ROOM: Final = (
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY),
    sqlite3.SQLITE_PERM,
)


class Database:
    """One connection to the journal.

    Args:
        folder: of the journal.
        key: of the person; None while it cannot be had: what is sealed cannot be read then, nor anything be added,
            but it can be counted and forgotten.
        write: whether anything is to be changed; the database is made where it is missing.

    Attributes:
        folder: of the journal.
        path: of the database.
        key: as given.
        connection: in autocommit; whoever writes does so within `transaction`.

    Raises:
        WrongKey: it was sealed with another key.
        NewerJournal: a newer sayso wrote it.
        JournalDamaged: it is no database any more.
        StorageError: the disk refuses.

    """

    def __init__(self, folder: Path, key: Key | None, *, write: bool) -> None:
        self.folder = folder
        self.path = folder / DATABASE_NAME
        self.key = key
        with told(self.path):
            self.connection = self._opened(write)
            try:
                self._prove(write)
            except BaseException:
                self.connection.close()
                raise
        self._file = _identity(self.path)

    @property
    def seal(self) -> Seal:
        """The person's.

        Raises:
            KeyLocked: there is no key to be had now.

        """
        if self.key is None:
            raise KeyLocked("this is sealed, and its key cannot be had now; sayso doctor says why")
        return self.key.seal

    def seal_of(self, utterance: int) -> Seal:
        """The seal of one utterance: of its audio, its text and all that is derived from either.

        Raises:
            NoSuchUtterance: it is not there, or has been forgotten.
            WrongKey: its key is damaged.
            KeyLocked: there is no key to be had now.

        """
        found = self.connection.execute("SELECT key FROM utterance WHERE id = ?", (utterance,)).fetchone()
        if found is None:
            raise NoSuchUtterance(f"nothing is kept of utterance {utterance}; see: sayso history")
        return self.opened_seal(utterance, found[0])

    def opened_seal(self, utterance: int, sealed_key: bytes) -> Seal:
        """The same, of a row that has been read."""
        return Seal(self.seal.open(sealed_key, f"utterance {utterance} key"))

    def audio_path(self, utterance: int) -> Path:
        """Where the audio of an utterance is, if there is any."""
        return self.folder / AUDIO_FOLDER / f"{utterance}{AUDIO_SUFFIX}"

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and on the disk at its end.

        Raises:
            JournalError: another process has been writing for too long.
            StorageError: the disk refuses.
            JournalDamaged: what is to be changed is damaged.

        """
        with told(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def empty_log(self) -> bool:
        """Take over what is in the write-ahead log, and cut that to nothing: it has what rows were before.

        False where somebody is still reading an older state; their end, or the next time, does it.
        """
        with told(self.path):
            busy, _, _ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def has_gone(self) -> bool:
        """Whether its file has been removed, or put away under another name, since it was opened."""
        return _identity(self.path) != self._file

    def close(self) -> None:
        """End the connection."""
        self.connection.close()

    def _opened(self, write: bool) -> sqlite3.Connection:
        if not self.path.exists() and (not write or self.key is None):
            return _empty()
        if not write:
            connection = self._connected("ro")
            if version_of(connection) > len(MIGRATIONS):
                upgrade(connection, self.path)  # refuses a newer one, and has nothing else to do
                return connection
            connection.close()  # older tables, or none: they are upgraded before anything is read
            if self.key is None and self.path.stat().st_size == 0:
                return _empty()
        make_folder(self.folder)
        if not self.path.exists():
            # The log and the index beside it are made with the mode of the file itself.
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
        connection = self._connected("rw")
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON").fetchone()
            upgrade(connection, self.path)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connected(self, mode: str) -> sqlite3.Connection:
        where = f"file:{urllib.parse.quote(str(self.path))}?mode={mode}"
        if mode == "ro" and not os.access(self.folder, os.W_OK) and not self.path.with_name(LOG_NAME).exists():
            where += "&immutable=1"  # even a reader would make files beside it, and here nobody can
        connection = sqlite3.connect(where, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        connection.text_factory = _text
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA temp_store = MEMORY")  # nothing is written elsewhere
        return connection

    def _prove(self, write: bool) -> None:
        """See that the key is that of the database, or make it so where it is new."""
        if self.key is None:
            return
        try:
            found = self.connection.execute("SELECT value FROM about WHERE name = 'check'").fetchone()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in _DAMAGED:
                raise
            return  # `key.json` has said that it is the right one, and the rest can be read
        if found is None and write:
            about = (("check", self.key.check), ("made_at", str(time.time()).encode()))
            self.connection.executemany("INSERT OR IGNORE INTO about VALUES (?, ?)", about)
        elif found is not None and not constant_time.bytes_eq(found[0], self.key.check):
            raise WrongKey(
                f"{paths.shown(self.path)} was sealed with another key than that in {self.key.where}. Restore its "
                f"key from a backup, or {to_begin_anew(self.folder)}"
            )


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file has this name; None where none has."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in TABLES:
        connection.execute(statement)
    return connection


def application_tag(seal: Seal, application: str) -> bytes:
    """By which the utterances of an application are found; its name may be written in any case."""
    return seal.tag(f"application {application.casefold()}")


def audio_numbers(folder: Path) -> list[int]:
    """Of which utterances there is a file of audio, in no order."""
    try:
        names = os.listdir(folder / AUDIO_FOLDER)  # noqa: PTH208  # a Path of each of 100,000 takes 0.4 s
    except FileNotFoundError:
        return []
    numbers = (name.removesuffix(AUDIO_SUFFIX) for name in names if name.endswith(AUDIO_SUFFIX))
    return [int(number) for number in numbers if is_number(number)]


def is_number(name: str) -> bool:
    """Whether a file's name is a number as we write them."""
    return name.isascii() and name.isdecimal() and len(name) <= MOST_DIGITS and str(int(name)) == name


def _text(data: bytes) -> str:
    """A text of the database, which a damaged page may have made something else."""
    return data.decode(errors="replace")


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, which say what to do next."""
    try:
        yield
    except sqlite3.Error as error:
        raise _as_ours(error, path) from error


def _as_ours(error: sqlite3.Error, path: Path) -> JournalError | StorageError:
    where = paths.shown(path)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells kinds of it apart
    if code in _DAMAGED or "no such table" in str(error):  # the page that names it is damaged
        rest = "" if code == sqlite3.SQLITE_NOTADB else " What can still be read is in: sayso history."
        return JournalDamaged(
            f"{where} is damaged ({error}).{rest} Restore it from a backup, or {to_begin_anew(path.parent)}"
        )
    if code in _NO_ROOM:
        return StorageError(
            f"{where} cannot be used ({error}): see that its disk has room and may be written, and it is yours"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return JournalError(
            f"{where} is being written by another program for longer than {BUSY_SECONDS:g} s: try again"
        )
    return JournalError(f"{where} cannot be used: {error}")
