"""The numbers of utterances: one after the other, also from one run to the next."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from sayso.journal.database import is_number
from sayso.journal.spool import number_of

DATABASE = "journal.db"
HIGHEST = (
    "SELECT seq FROM sqlite_sequence WHERE name = 'utterance'",  # also of what was forgotten
    "SELECT max(id) FROM utterance",
)


def next_number(state: Path) -> int:
    """The first number that no utterance has had which is kept, or was. Needs no key; takes some milliseconds.

    Args:
        state: the folder with `spool` and `journal` in it; it need not exist.

    """
    journal = state / "journal"
    # Of a database that cannot be read, or was put away, the audio has the numbers, too.
    return max(_of_names(state / "spool"), _of_rows(journal / DATABASE), _of_names(journal / "audio")) + 1


def taken(state: Path) -> int:
    """How many files of the spool have a number that a row has, too: of the same utterance, or of another one."""
    numbers = {number for path in (state / "spool").glob("*") if (number := number_of(path)) is not None}
    database = state / "journal" / DATABASE
    if not numbers or not database.exists():
        return 0
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_open(database)) as connection:
        query = "SELECT 1 FROM utterance WHERE id = ?"
        return sum(connection.execute(query, (number,)).fetchone() is not None for number in numbers)
    return 0


def _of_rows(database: Path) -> int:
    """The highest number in the database; 0 where it has none, cannot be read or is not there."""
    if not database.exists():
        return 0
    numbers: list[int] = []
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_open(database)) as connection:
        for query in HIGHEST:
            with contextlib.suppress(sqlite3.Error):  # before the first row there may be no such table
                numbers += [number or 0 for (number,) in connection.execute(query)]
    return max(numbers, default=0)


def _open(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=0.1)


def _of_names(folder: Path) -> int:
    """The highest number that a file is named by: `12.spool`, `12.flac.sealed`."""
    try:
        names = [name.partition(".")[0] for name in os.listdir(folder)]  # noqa: PTH208  # as in `database.audio_numbers`
    except OSError:
        return 0
    return max((int(name) for name in names if is_number(name)), default=0)
