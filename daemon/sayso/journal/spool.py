"""The spool: one file for each utterance that is in flight, written while it is spoken.

A file is a box (`boxes`) that grows by sealed records, so whatever ends it in the middle, what was written before
can be read. It is the write-ahead log of the journal: rows of the database are made of it, and only then it goes.
A file belongs to whoever holds the lock on it (flock), which goes with the process, however that ends.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sayso.audio import Pcm
from sayso.errors import JournalDamaged
from sayso.events import UtteranceSaid
from sayso.journal import Begun, Outcome, Spooled
from sayso.journal.boxes import HEADER_BYTES, BoxWriter, read_box
from sayso.journal.encoding import begun_as_json, begun_from_json, dump, load, said_as_json, said_from_json

SUFFIX = ".spool"
NEW_SUFFIX = ".new"  # of one that is not locked yet
FIRST_RECORD_BYTES = 4_096  # more than what is known at a beginning ever takes
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
        """Return when what was written until now survives a power cut. Raises OSError."""
        if self._fd is None or self.is_removed:
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
        """Take it away; it must still be closed. Raises OSError."""
        self._records.clear()
        self._sealed.clear()
        self.is_removed = True
        if self._fd is not None:
            self.path.unlink(missing_ok=True)

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
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
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
    data = path.read_bytes()
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
    """The utterance whose file it is; None where its name says none."""
    return int(path.stem) if path.stem.isascii() and path.stem.isdecimal() else None


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold a file that nobody writes; False where somebody does, or where it is gone."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
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
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
