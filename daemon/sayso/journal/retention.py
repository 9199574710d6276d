"""How long things are kept: what is to go, by age and size; and when the clock may decide that.

What did not arrive stays until the person has been shown it, whatever its age.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sayso.journal.database import AUDIO_FOLDER, Database, told
from sayso.journal.durable import UNFINISHED
from sayso.journal.forgetting import expire
from sayso.journal.keys import DATABASE_NAME

DAY_SECONDS: Final = 24 * 3600.0
MB: Final = 1_000_000
STRAY_SECONDS: Final = 3600.0  # a file that is being written is not as old as this
EVERY_SECONDS: Final = 3600.0  # between two looks for what is to go
FIRST_SECONDS: Final = 60.0  # until the first: a service that starts has other things to do
SETTLED_SECONDS: Final = 0.9 * DAY_SECONDS  # a wrong clock is set by then, where anything or anybody sets it
LEAP_SECONDS: Final = 7 * DAY_SECONDS  # a clock that moved on by more was wrong, or is, or the machine was off

_LOOKED_AT: Final = "looked_at"
_SEEN: Final = "seen"  # the highest number, and the time, at a look that believed the clock
_GONE: Final = "SELECT utterance FROM gone WHERE utterance NOT IN (SELECT id FROM utterance WHERE audio_bytes > 0)"
_GIVEN: Final = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'utterance'"
_ROWS: Final = (
    "SELECT id, ended_at, audio_bytes, outcome IN ('undelivered', 'recovered') "
    "AND id NOT IN (SELECT utterance FROM shown) FROM utterance"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept.

    Attributes:
        days: that audio and text are kept; None for ever.
        mb: of audio, at most.

    """

    days: float | None = None
    mb: float = 2_000.0


@dataclass(frozen=True, slots=True)
class Kept:
    """An utterance that is there.

    Attributes:
        utterance: its number.
        ended_at_seconds: when it ended, in seconds since 1970.
        audio_bytes: of its audio on the disk; 0 where there is none.
        is_unread: its text did not arrive, and the person has not been shown it.

    """

    utterance: int
    ended_at_seconds: float
    audio_bytes: int
    is_unread: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to go.

    Attributes:
        utterances: with all that is known of them.
        audio: of these only their audio.

    """

    utterances: tuple[int, ...] = ()
    audio: tuple[int, ...] = ()


def is_clock_believed(now: float, looked_at: float | None) -> bool | None:
    """Whether the clock may decide what is too old; None where the last look is too near to tell.

    A clock that leaps, as one does whose battery is empty, makes everything too old at once. So the first look
    after a leap only notes the time, and one a day later believes it, also after a holiday.

    Args:
        now: in seconds since 1970.
        looked_at: what `now` was at the last look, in this run or an earlier one; None where there was none.

    """
    if looked_at is None:
        return False
    if 0 <= now - looked_at < SETTLED_SECONDS:
        return None
    return now - looked_at <= LEAP_SECONDS  # one that was put back makes nothing older


def to_remove(rows: Sequence[Kept], days: float | None, most_bytes: float, now: float) -> Removal:
    """Decide what goes: what is older than so many days, then the oldest audio until the rest is small enough.

    Numbers are given one after the other, so an utterance is no older than any with a lower one: not even where
    the clock said so, because it was not set yet.

    Args:
        rows: all that there are, in any order.
        days: None for ever.
        most_bytes: of audio.
        now: in seconds since 1970. What seems to end later than that is as new as can be.

    """
    limit = float("-inf") if days is None else now - days * DAY_SECONDS
    old: set[int] = set()
    for row in sorted(rows, key=lambda row: row.utterance):
        if limit <= row.ended_at_seconds <= now:
            break
        if row.ended_at_seconds < limit and not row.is_unread:
            old.add(row.utterance)
    oldest_first = sorted(rows, key=lambda row: row.utterance)
    heard = [row for row in oldest_first if row.utterance not in old and row.audio_bytes]
    left = sum(row.audio_bytes for row in heard)
    audio = []
    for row in heard:
        if left <= most_bytes:
            break
        audio.append(row.utterance)
        left -= row.audio_bytes
    return Removal(tuple(row.utterance for row in oldest_first if row.utterance in old), tuple(audio))


def retain(db: Database, days: float | None, mb: float, now: float) -> Removal:
    """Remove what is to go, and what crashes have left behind; returns what went. Needs no key.

    Terms and rules that were learnt from old utterances stay, and models trained on them need not be trained
    again.

    Raises:
        JournalError, StorageError, OSError: it cannot be done now.

    """
    with told(db.path):
        rows = [
            Kept(number, _finite(ended_at, math.inf), int(_finite(audio_bytes, 0.0)), bool(is_unread))
            for number, ended_at, audio_bytes, is_unread in db.connection.execute(_ROWS)
        ]
    removal = to_remove(rows, days, mb * MB, now)
    if removal.utterances or removal.audio:
        expire(db, removal.utterances, removal.audio)
    _remove_strays(db)
    return removal


def _finite(value: object, otherwise: float) -> float:
    """A number of the database; what a damaged page has made no number is this."""
    return value if isinstance(value, int | float) and math.isfinite(value) else otherwise


def mark_shown(db: Database, utterances: Iterable[int]) -> None:
    """The person has been shown these texts, which did not arrive: they may go when they are old.

    Raises:
        JournalError, StorageError: it cannot be noted now.

    """
    with db.transaction() as connection:
        connection.executemany(
            "INSERT OR IGNORE INTO shown SELECT id FROM utterance WHERE id = ?", ((one,) for one in utterances)
        )


class Retention:
    """Looks every hour for what is to go. For one thread.

    Args:
        folder: of the journal; nothing is made in it.
        limits: how much is kept.
        first: the number of the first utterance of this run.
        clock: the edge: seconds since 1970.
        monotonic: the edge: seconds since whenever, those in which the machine slept among them.

    """

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        first: int = 1,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
    ) -> None:
        self._folder = folder
        self._limits = limits
        self._first = first
        self._clock = clock
        self._monotonic = monotonic
        self._began_at = monotonic()
        self._next_at = self._began_at + FIRST_SECONDS

    @property
    def wait_seconds(self) -> float:
        """Until the next look; 0 where it is time."""
        return max(0.0, self._next_at - self._monotonic())

    def look(self, db: Database | None) -> None:
        """Remove what is to go; the next look is an hour later, whatever comes of this one.

        Args:
            db: the journal, open for writing; None: it is opened for this, where there is one.

        Raises:
            JournalError, StorageError, OSError: it cannot be done now.

        """
        self._next_at = self._monotonic() + EVERY_SECONDS
        if db is not None:
            self._look(db)
        elif (self._folder / DATABASE_NAME).exists():
            with closing(Database(self._folder, None, write=True)) as own:
                self._look(own)

    def _look(self, db: Database) -> None:
        now = self._clock()
        looked_at = _noted(db, _LOOKED_AT)
        is_believed = is_clock_believed(now, looked_at[0] if looked_at else None)
        if is_believed is not None:
            with db.transaction() as connection:
                _note(connection, _LOOKED_AT, now)
        if is_believed:
            self._set_right(db, now)
        retain(db, self._limits.days if is_believed else None, self._limits.mb, now)

    def _set_right(self, db: Database, now: float) -> None:
        """Date what was dictated while the clock was behind: it is no older than this run, or an earlier look."""
        seen = _noted(db, _SEEN) or (now, math.inf)
        with db.transaction() as connection:
            for ended_at, number in ((now - (self._monotonic() - self._began_at), self._first - 1), seen):
                if ended_at <= now:
                    query = "UPDATE utterance SET ended_at = ?1 WHERE id > ?2 AND ended_at < ?1"
                    connection.execute(query, (ended_at, number))
            if seen[0] <= now:
                _note(connection, _SEEN, now, connection.execute(_GIVEN).fetchone()[0])


def _note(connection: sqlite3.Connection, name: str, *numbers: float) -> None:
    kept = " ".join(map(str, numbers)).encode()
    connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, kept))


def _noted(db: Database, name: str) -> Sequence[float]:
    """The numbers that an earlier look has noted under that name; none where it has not, or they are damaged."""
    with told(db.path):
        found = db.connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
    with suppress(ValueError):
        return [] if found is None else [float(number) for number in found[0].split()]
    return []


def _remove_strays(db: Database) -> None:
    """Audio whose row is gone, and what was not written to its end.

    Audio that the database never knew is left alone: it is of one that was lost, or is newer than a backup.
    """
    with told(db.path):
        gone = {number for (number,) in db.connection.execute(_GONE)}
    stray = [db.audio_path(number) for number in gone]
    stray += [*db.folder.glob(f"*{UNFINISHED}"), *(db.folder / AUDIO_FOLDER).glob(f"*{UNFINISHED}")]
    _remove_old(stray)
    removed = [number for number in gone if not db.audio_path(number).exists()]
    if removed:
        with db.transaction() as connection:
            connection.executemany("DELETE FROM gone WHERE utterance = ?", ((one,) for one in removed))


def _remove_old(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            is_old = time.time() - path.stat().st_mtime > STRAY_SECONDS
        except FileNotFoundError:
            continue
        if is_old:
            path.unlink(missing_ok=True)
