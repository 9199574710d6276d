"""The spool: one file for each utterance that is in flight, written while it is spoken.

A file is a box (`boxes`) that grows by sealed records, so whatever ends it in the middle, what was written before
can be read. It is the write-ahead log of the journal: rows of the database are made of it, and only then it goes.
A file belongs to whoever holds the lock on it (flock), which goes with the process, however that ends.

Files are sealed to the person's key, which stays. So whoever takes one away overwrites its header first, without
which that key opens nothing (`discard`): what an undelete finds does not open.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from sayso.audio import Pcm
from sayso.errors import JournalDamaged
from sayso.events import UtteranceSaid
from sayso.journal import Begun, Outcome, Spooled
from sayso.journal.boxes import HEADER_BYTES, BoxWriter, read_box
from sayso.journal.database import is_number
from sayso.journal.durable import erase, make_folder
from sayso.journal.encoding import begun_as_json, begun_from_json, dump, load, said_as_json, said_from_json

SUFFIX = ".spool"
NEW_SUFFIX = ".new"  # of one that is not locked yet
FIRST_RECORD_BYTES = 4_096  # more than what is known at a beginning ever takes
MOST_BYTES: Final = 1 << 30  # of a file: 16 kHz in 16 bits for 9 hours
FOREIGN: Final = "{path} is nothing that a dictation leaves; take it away: rm {path}"
DISCARDED: Final = b"sayso gone".ljust(HEADER_BYTES, b"\0")
"""What stands in place of the header where a file is being taken away."""
BEGUN, AUDIO, SAID, STANDS, WITHHELD, ENDED = b"b", b"a", b"s", b"t", b"w", b"e"
"""What a record is of: its first byte."""


class Disk:
    """What a spool file does with the disk; a test puts a slow or a full one in its place."""

    def write(self, fd: int, data: memoryview) -> int:
        """Write what can be written; returns how many bytes were. Raises OSError."""
        return os.write(fd, data)

    def sync(self, fd: int) -> None:
        """Return when what was written survives a power cut. Raises OSError."""
        os.fdatasync(fd)


class SpoolFile:
    """The file of one utterance. What the disk refuses waits in memory, in order, and is written later.

    One thread writes; another may call `sync` meanwhile, and `close` when nothing more is written.

    Args:
        folder: the spool; made when first needed.
        utterance: its number, which is the file's name.
        disk: the edge.

    """

    def __init__(self, folder: Path, utterance: int, disk: Disk | None = None) -> None:
        self.path = folder / f"{utterance}{SUFFIX}"
        self.is_removed = False
        self._disk = disk or Disk()
        self._records: deque[bytes] = deque()
        self._sealed: deque[bytes] = deque()  # what comes before them, and must be written as it is
        self._box: BoxWriter | None = None
        self._fd: int | None = None
        self._is_new = True

    @property
    def waiting_bytes(self) -> int:
        """What is not written yet."""
        return sum(map(len, self._records)) + sum(map(len, self._sealed))

    def add(self, kind: bytes, data: bytes) -> None:
        """The next record, to be written by `flush`."""
        self._records.append(kind + data)

    def flush(self, public: bytes) -> bool:
        """Write what waits; True where there was something.

        Args:
            public: the key that files are sealed to, 32 bytes.

        Raises:
            OSError: the disk refuses; no part of a record is left there, and it waits.

        """
        wrote = False
        while self._sealed or self._records:
            if self._box is None:
                self._box = BoxWriter(public, self.path.stem)
                self._sealed.append(self._box.header)
            if not self._sealed:
                self._sealed.append(self._box.record(self._records.popleft()))
            self._write(self._sealed[0])
            self._sealed.popleft()
            wrote = True
        return wrote

    def sync(self) -> None:
        """Return when what was written until now survives a power cut, or its removal. Raises OSError."""
        if self._fd is None:
            return
        if self.is_removed:
            try:
                self._disk.sync(self._fd)
            finally:
                self.path.unlink(missing_ok=True)
            return
        self._disk.sync(self._fd)
        if self._is_new:
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)  # the file's name is in it
            finally:
                os.close(folder)
            self._is_new = False

    def remove(self) -> None:
        """Make it unreadable; the next `sync` takes it away, and it must still be closed. Raises OSError."""
        self._records.clear()
        self._sealed.clear()
        try:
            if self._fd is not None:
                os.pwrite(self._fd, DISCARDED, 0)
        finally:
            self.is_removed = True  # after that, for whoever syncs it meanwhile

    def close(self) -> None:
        """Let go of it, also where that raises OSError."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)

    def _write(self, data: bytes) -> None:
        fd = self._fd if self._fd is not None else self._create()
        began = os.lseek(fd, 0, os.SEEK_CUR)
        view = memoryview(data)
        try:
            while view:
                view = view[self._disk.write(fd, view) :]
        except OSError:
            os.ftruncate(fd, began)
            os.lseek(fd, began, os.SEEK_SET)
            if began == 0:  # no stumps
                self.path.unlink(missing_ok=True)
                self.close()
            raise

    def _create(self) -> int:
        """Make the file, with its lock before its name: whoever sees it sees that somebody writes it."""
        make_folder(self.path.parent)
        if self.path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self.path))
        new = self.path.with_suffix(NEW_SUFFIX)
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            new.rename(self.path)
        except OSError:
            os.close(fd)
            raise
        self._fd = fd
        return fd


# ── records ───────────────────────────────────────────────────────────────────────────────────────


def begun_record(begun: Begun) -> bytes:
    """What was known at the beginning."""
    return dump(begun_as_json(begun))


def said_record(said: UtteranceSaid) -> bytes:
    """What was recognised."""
    return dump(said_as_json(said))


def ended_record(outcome: Outcome, typed: str, computing_seconds: float, application: str) -> bytes:
    """What became of it, and in which application in the end."""
    told = {"outcome": outcome.value, "typed": typed, "computing": computing_seconds}
    return dump({**told, "application": application})


def spooled_from(records: Sequence[bytes], *, is_whole: bool, where: str) -> Spooled | None:
    """An utterance from its records; None where they break off before it had begun.

    Raises:
        JournalDamaged: a record opens, and is none of these.

    """
    begun: Begun | None = None
    audio: list[Pcm] = []
    said: UtteranceSaid | None = None
    typed, outcome, computing_seconds, application = None, None, 0.0, ""
    for record in records:
        kind, data = record[:1], record[1:]
        match kind:
            case b"b":
                begun = begun_from_json(load(data, where), where)
            case b"a":
                audio.append(np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2").astype(np.int16))
            case b"s":
                said = said_from_json(load(data, where), where)
            case b"t":
                typed = data.decode(errors="surrogatepass")
            case b"w":
                outcome = Outcome.WITHHELD
            case b"e":
                outcome, typed, computing_seconds, application = _ended(load(data, where), where)
            case _:
                raise JournalDamaged(f"{where} has a record that this version does not know")
    if begun is None:
        return None
    begun = replace(begun, application=application or begun.application)
    heard = np.concatenate(audio) if audio else np.zeros(0, dtype=np.int16)
    return Spooled(begun, heard, said, typed, outcome, computing_seconds, is_whole)


def _ended(told: Any, where: str) -> tuple[Outcome, str, float, str]:
    try:
        outcome, computing_seconds = Outcome(told["outcome"]), float(told["computing"])
        return outcome, str(told["typed"]), computing_seconds, str(told["application"])
    except (KeyError, TypeError, ValueError) as error:
        raise JournalDamaged(f"{where} is not what was written there") from error


# ── files ─────────────────────────────────────────────────────────────────────────────────────────


def read_spool(path: Path, private: bytes) -> Spooled | None:
    """Read a file of the spool up to where it breaks off; None where nothing was begun in it.

    Args:
        path: the file.
        private: the key that opens it, 32 bytes.

    Raises:
        WrongKey: it was sealed for another key, or its beginning is damaged.
        JournalDamaged: it is no file of the spool.
        NewerJournal: a newer version wrote it.
        OSError: it cannot be read.

    """
    if number_of(path) is None:
        raise JournalDamaged(FOREIGN.format(path=path))
    data = contents(path)
    if data.startswith(DISCARDED):  # whoever took it away was stopped
        return None
    written = data.rstrip(b"\0")  # a power cut leaves zeros where data had not come down yet
    if len(written) < HEADER_BYTES:
        return None
    records, is_whole = read_box(private, data, path.stem)
    if not records and len(written) > HEADER_BYTES + FIRST_RECORD_BYTES:
        raise JournalDamaged(
            f"{path} is damaged at its beginning, and nothing of it can be read; remove it: rm {path}"
        )
    return spooled_from(records, is_whole=is_whole, where=str(path))


def number_of(path: Path) -> int | None:
    """The utterance whose file it is; None where its name says none that there could be."""
    return int(path.stem) if is_number(path.stem) else None


def contents(path: Path) -> bytes:
    """All that is in a file.

    Raises:
        JournalDamaged: it is a pipe or the like, or larger than any dictation.
        OSError: it cannot be read.

    """
    with _opened(path) as fd:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            raise JournalDamaged(FOREIGN.format(path=path))
        with open(fd, "rb", closefd=False) as file:
            return file.read()


@contextmanager
def _opened(path: Path, flags: int = os.O_RDONLY) -> Iterator[int]:
    """Open whatever it is, without waiting for the other end of a pipe."""
    fd = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        yield fd
    finally:
        os.close(fd)


def discard(path: Path) -> None:
    """Take away a file that nobody writes, so that whoever finds it again on the disk cannot open it (`erase`).

    Without its header nothing in a box opens. What an older version wrote unsealed is overwritten as a whole.

    Raises:
        OSError: it is still there.

    """
    erase(path, DISCARDED if path.suffix == SUFFIX else b"")


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold a file that nobody writes; False where somebody does, or where it is gone."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield path.exists()  # whoever held it before may have taken it away
    finally:
        with contextlib.suppress(OSError):
            os.close(fd)


def remove_stumps(folder: Path) -> None:
    """Take away files that a crash left before anything was written to them."""
    for stump in folder.glob(f"*{NEW_SUFFIX}"):
        if not is_being_written(stump):
            stump.unlink(missing_ok=True)


def is_being_written(path: Path) -> bool:
    """Whether a living process holds the file."""
    try:
        with _opened(path) as fd:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
