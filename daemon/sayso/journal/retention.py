"""How long things are kept: what is to go, decided by age and size alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sayso.journal.database import AUDIO_FOLDER, Database, audio_numbers
from sayso.journal.durable import UNFINISHED
from sayso.journal.forgetting import expire

DAY_SECONDS: Final = 24 * 3600.0
MB: Final = 1_000_000
STRAY_SECONDS: Final = 3600.0  # a file that is being written is not as old as this


@dataclass(frozen=True, slots=True)
class Kept:
    """An utterance that is there.

    Attributes:
        utterance: its number.
        ended_at_seconds: when it ended, in seconds since 1970.
        audio_bytes: of its audio on the disk; 0 where there is none.

    """

    utterance: int
    ended_at_seconds: float
    audio_bytes: int


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to go.

    Attributes:
        utterances: with all that is known of them.
        audio: of these only their audio.

    """

    utterances: tuple[int, ...] = ()
    audio: tuple[int, ...] = ()


def to_remove(rows: Sequence[Kept], days: float | None, most_bytes: float, now: float) -> Removal:
    """Decide what goes: what is older than so many days, then the oldest audio until the rest is small enough.

    Args:
        rows: all that there are, in any order.
        days: None for ever.
        most_bytes: of audio.
        now: in seconds since 1970. What seems to end later than that is as new as can be.

    """
    oldest_first = sorted(rows, key=lambda row: (row.ended_at_seconds, row.utterance))
    limit = float("-inf") if days is None else now - days * DAY_SECONDS
    old = tuple(row.utterance for row in oldest_first if row.ended_at_seconds < limit)
    heard = [row for row in oldest_first if row.ended_at_seconds >= limit and row.audio_bytes]
    left = sum(row.audio_bytes for row in heard)
    audio = []
    for row in heard:
        if left <= most_bytes:
            break
        audio.append(row.utterance)
        left -= row.audio_bytes
    return Removal(old, tuple(audio))


def retain(db: Database, days: float | None, mb: float, now: float) -> Removal:
    """Remove what is to go, and what crashes have left behind; returns what went.

    Terms and rules that were learnt from old utterances stay, and models trained on them need not be trained
    again.

    Raises:
        JournalError, StorageError, OSError: it cannot be done now.

    """
    rows = [Kept(*row) for row in db.connection.execute("SELECT id, ended_at, audio_bytes FROM utterance")]
    removal = to_remove(rows, days, mb * MB, now)
    if removal.utterances or removal.audio:
        expire(db, removal.utterances, removal.audio)
    _remove_strays(db, {row.utterance for row in rows if row.audio_bytes})
    return removal


def _remove_strays(db: Database, known: set[int]) -> None:
    """Audio that no row knows, whose key never was on the disk or is gone, and what was not written to its end."""
    stray = [db.audio_path(number) for number in audio_numbers(db.folder) if number not in known]
    stray += [*db.folder.glob(f"*{UNFINISHED}"), *(db.folder / AUDIO_FOLDER).glob(f"*{UNFINISHED}")]
    for path in stray:
        try:
            is_old = time.time() - path.stat().st_mtime > STRAY_SECONDS
        except FileNotFoundError:
            continue
        if is_old:
            path.unlink(missing_ok=True)
