"""Forgetting: an utterance goes with its audio, its text, what was derived and what was learnt from it.

What makes it unreadable is that its key goes: rows are overwritten where they were (`secure_delete`), and the
write-ahead log and copies made before upgrades, which have older states of them, are removed. The files go after
that; one that a crash leaves behind opens no more. Files of the spool, which need no other key than the person's,
and the copies are overwritten before they go. No key is needed to forget.

Models that have learnt from it still know it until they are trained again, and are marked for that.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sayso.errors import JournalDamaged, JournalError, StorageError
from sayso.journal.database import AUDIO_FOLDER, AUDIO_SUFFIX, Database, application_tag, is_number, told
from sayso.journal.durable import erase
from sayso.journal.keys import Key
from sayso.journal.schema import backups

_SPOOLED: Final = (".spool", ".wav", ".json")  # the last two are of versions before the journal


@dataclass(frozen=True, slots=True)
class What:
    """What is to be forgotten: one of these.

    Attributes:
        last_seconds: all that was dictated in so many seconds until now.
        utterance: this one.
        application: all that was for this application, in whatever case its name is written.
        everything: all, and every rule and term, but for terms that the person has added or pinned.

    """

    last_seconds: float | None = None
    utterance: int | None = None
    application: str | None = None
    everything: bool = False

    def means(self, utterance: int, application: str, ended_at: float, now: float) -> bool:
        """Whether it is one of them; times in seconds since 1970."""
        return (
            self.everything
            or utterance == self.utterance
            or (self.application is not None and application.casefold() == self.application.casefold())
            or (self.last_seconds is not None and ended_at >= now - self.last_seconds)
        )


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten.

    Attributes:
        utterances: that were in the journal.
        spooled: that were only in the spool.
        under_way: that are being dictated, and are not forgotten.
        corrections: of them.
        files: of audio, and derived ones.
        terms: that were learnt from nothing else.
        rules: that rested on nothing else.
        has_unlearnt: terms or rules are no longer what they were; whoever has them in memory reads them again.
        models: that had learnt from them, and are to be trained again.
        is_clean: nothing of it is left in the write-ahead log; else another program still reads an older state.

    """

    utterances: int = 0
    spooled: int = 0
    under_way: int = 0
    corrections: int = 0
    files: int = 0
    terms: int = 0
    rules: int = 0
    has_unlearnt: bool = False
    models: tuple[str, ...] = ()
    is_clean: bool = True


def find(db: Database, what: What, now: float) -> tuple[int, ...]:
    """Which utterances of the journal that means; `spooled` tells those in the spool, and is asked first.

    An utterance of which only a file of audio is left, because it could not be removed, is found by its number.

    Args:
        db: the journal.
        what: is meant.
        now: in seconds since 1970.

    Raises:
        KeyLocked: an application is meant, and the key cannot be had now.
        JournalDamaged: that is on a damaged page.

    """
    with told(db.path):
        if what.everything:
            rows = db.connection.execute("SELECT id FROM utterance ORDER BY id")
        elif what.utterance is not None:
            row = db.connection.execute("SELECT id FROM utterance WHERE id = ?", (what.utterance,)).fetchone()
            return (what.utterance,) if row is not None or db.audio_path(what.utterance).exists() else ()
        elif what.application is not None:
            tag = application_tag(db.seal, what.application)
            rows = db.connection.execute("SELECT id FROM utterance WHERE application_tag = ? ORDER BY id", (tag,))
        elif what.last_seconds is not None:
            since = now - what.last_seconds
            rows = db.connection.execute("SELECT id FROM utterance WHERE ended_at >= ? ORDER BY id", (since,))
        else:
            return ()
        return tuple(number for (number,) in rows)


def spooled(spool: Path, what: What, now: float) -> tuple[int, ...]:
    """Which utterances in the spool that means; of an application's only `spooled_for` knows."""
    if not spool.is_dir():
        return ()
    found = set()
    for path in spool.iterdir():
        if path.suffix not in _SPOOLED or not is_number(path.stem):
            continue
        try:
            ended_at = path.stat().st_mtime
        except FileNotFoundError:
            continue
        is_last = what.last_seconds is not None and ended_at >= now - what.last_seconds
        if what.everything or int(path.stem) == what.utterance or is_last:
            found.add(int(path.stem))
    return tuple(sorted(found))


def spooled_for(spool: Path, application: str, key: Key) -> tuple[tuple[int, ...], int]:
    """Which utterances in the spool are for an application, and of how many files that cannot be told.

    Args:
        spool: where they are.
        application: in whatever case its name is written.
        key: opens them.

    """
    if not spool.is_dir() or next(spool.iterdir(), None) is None:
        return (), 0
    from sayso.journal.spool import read_spool  # noqa: PLC0415  # brings numpy: 50 ms

    found, untold = set(), 0
    for path in spool.iterdir():
        if path.suffix not in _SPOOLED or not is_number(path.stem):
            continue
        try:
            if path.suffix != _SPOOLED[0]:  # nobody had noted it then
                raise JournalDamaged(path.name)
            one = read_spool(path, key.private)
        except FileNotFoundError:
            continue
        except (JournalError, OSError):
            untold += 1
            continue
        if one is not None and one.begun.application.casefold() == application.casefold():
            found.add(int(path.stem))
    return tuple(sorted(found)), untold


def forget(db: Database, utterances: Sequence[int], spool: Path, *, everything: bool = False) -> Forgotten:
    """Forget utterances of the journal and of the spool.

    The spool comes first: what becomes a row meanwhile is found among the rows then.

    Args:
        db: the journal, open for writing.
        utterances: their numbers; those that are nowhere are passed over.
        spool: where what is under way is.
        everything: all utterances that there are by now, and rules and terms, whatever they were learnt from, but
            for terms that the person has added or pinned.

    Raises:
        JournalError, StorageError: it cannot be done, and no row has gone; or older states of the rows that have
            gone are still there.
        OSError: a file cannot be removed, and all else has been; it cannot be read any more, but for one of the
            spool.

    """
    refused: list[Exception] = []
    freed, under_way = _empty_spool(spool, utterances, refused, everything=everything)
    freed_audio = 0
    try:
        done, files = _take_rows(db, utterances, everything=everything)
    except StorageError:  # a row that goes needs room in the log; on a full disk its audio makes some
        audio = _every_audio(db) if everything else {db.audio_path(number) for number in utterances}
        if not (freed_audio := _remove(audio, refused)):
            raise
        done, files = _take_rows(db, utterances, everything=everything)
    if everything:
        with contextlib.suppress(sqlite3.Error):  # somebody reads, or a page is damaged: the file stays as large
            db.connection.execute("VACUUM")
    is_clean = False
    try:
        is_clean = clean(db, refused)
    except (JournalError, StorageError) as error:
        refused.append(error)
    removed = freed_audio + _remove(files, refused)
    if refused:
        raise refused[0]
    return replace(done, spooled=freed, under_way=under_way, files=removed, is_clean=is_clean)


def clean(db: Database, refused: list[Exception] | None = None) -> bool:
    """Take away the older states of what was forgotten now or earlier: the write-ahead log, and copies.

    Args:
        db: the journal, open for writing.
        refused: gets the errors of copies that cannot be removed; without it the first is raised.

    Returns:
        False where another program still reads an older state.

    """
    errors: list[Exception] = [] if refused is None else refused
    is_clean = db.empty_log()
    _remove(backups(db.path), errors, erase)
    if errors and refused is None:
        raise errors[0]
    return is_clean


def expire(db: Database, utterances: Sequence[int], audio: Sequence[int]) -> None:
    """What is too old goes, with all that was derived; what was learnt from it stays.

    Args:
        db: the journal, open for writing.
        utterances: go whole.
        audio: of these only the audio goes, and what was derived.

    """
    with db.transaction() as connection:
        _choose(connection, [*utterances, *audio])
        files = list(_files(db, connection))
        connection.executemany("UPDATE utterance SET audio_bytes = 0 WHERE id = ?", ((one,) for one in audio))
        connection.execute("DELETE FROM derived WHERE utterance IN (SELECT id FROM chosen)")
        connection.executemany("DELETE FROM chosen WHERE id = ?", ((one,) for one in audio))
        _delete(connection)
    db.empty_log()
    refused: list[Exception] = []
    _remove(files, refused)
    if refused:
        raise refused[0]


def _take_rows(db: Database, utterances: Sequence[int], *, everything: bool) -> tuple[Forgotten, list[Path]]:
    """The rows go, with their keys; which they were, and the files that are to go after them."""
    with db.transaction() as connection:
        _choose(connection, utterances)
        if everything:  # also what has become a row since it was looked for
            connection.execute("INSERT OR IGNORE INTO chosen SELECT id FROM utterance")
        files = list(_files(db, connection))
        if everything:  # whoever adds a row puts its audio there within its own transaction
            files += _every_audio(db).difference(files)
        counted = {table: _count(connection, table) for table in ("utterance", "correction")}
        models = _mark_for_training(connection)
        terms, rules, has_unlearnt = _unlearn(connection, everything=everything)
        _delete(connection)
    done = Forgotten(
        counted["utterance"],
        corrections=counted["correction"],
        terms=terms,
        rules=rules,
        has_unlearnt=has_unlearnt,
        models=models,
    )
    return done, files


def _choose(connection: sqlite3.Connection, utterances: Iterable[int]) -> None:
    """Which are meant: a table of this connection, in memory."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS chosen (id INTEGER PRIMARY KEY) STRICT")
    connection.execute("DELETE FROM chosen")
    connection.executemany("INSERT OR IGNORE INTO chosen VALUES (?)", ((one,) for one in utterances))


def _count(connection: sqlite3.Connection, table: str) -> int:
    column = "id" if table == "utterance" else "utterance"
    query = f"SELECT count(*) FROM {table} WHERE {column} IN (SELECT id FROM chosen)"
    return int(connection.execute(query).fetchone()[0])


def _files(db: Database, connection: sqlite3.Connection) -> Iterator[Path]:
    for (number,) in connection.execute("SELECT id FROM chosen"):
        yield db.audio_path(number)
    for (path,) in connection.execute("SELECT path FROM derived WHERE utterance IN (SELECT id FROM chosen)"):
        yield Path(path)


def _every_audio(db: Database) -> set[Path]:
    """Also what no row knows, such as of a database that was lost."""
    return set((db.folder / AUDIO_FOLDER).glob(f"*{AUDIO_SUFFIX}"))


def _mark_for_training(connection: sqlite3.Connection) -> tuple[str, ...]:
    learnt = connection.execute(
        "SELECT model, count(*) FROM trained WHERE utterance IN (SELECT id FROM chosen) "
        "GROUP BY model ORDER BY model"
    ).fetchall()
    connection.executemany(
        "INSERT INTO retrain VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET utterances = utterances + excluded.utterances",
        ((model, time.time(), count) for model, count in learnt),
    )
    return tuple(model for model, _ in learnt)


def _unlearn(connection: sqlite3.Connection, *, everything: bool) -> tuple[int, int, bool]:
    """Terms and rules lose what came from these utterances, and those that then rest on nothing go.

    Returns how many terms and rules went, and whether anything did.
    """
    terms = {
        term
        for (term,) in connection.execute("SELECT term FROM sounding WHERE utterance IN (SELECT id FROM chosen)")
    }
    rules = {
        rule
        for (rule,) in connection.execute(
            "SELECT rule FROM rule_evidence WHERE utterance IN (SELECT id FROM chosen)"
        )
    }
    connection.execute("DELETE FROM sounding WHERE utterance IN (SELECT id FROM chosen)")
    connection.execute("DELETE FROM rule_evidence WHERE utterance IN (SELECT id FROM chosen)")
    if everything:
        connection.execute("DELETE FROM sounding WHERE utterance IS NOT NULL")
        gone = connection.execute(
            "DELETE FROM term WHERE NOT is_pinned AND NOT EXISTS (SELECT 1 FROM sounding WHERE term = term.id)"
        ).rowcount
        connection.execute("UPDATE term SET uses = 0, last_used = 0.0")  # of dictations, too
        return gone, connection.execute("DELETE FROM rule").rowcount, True
    gone = connection.executemany(
        "DELETE FROM term WHERE id = ? AND NOT is_pinned AND NOT is_removed "
        "AND NOT EXISTS (SELECT 1 FROM sounding WHERE term = term.id AND NOT is_refused)",
        ((term,) for term in terms),
    ).rowcount
    ended = connection.executemany(
        "DELETE FROM rule WHERE id = ? AND NOT EXISTS (SELECT 1 FROM rule_evidence WHERE rule = rule.id)",
        ((rule,) for rule in rules),
    ).rowcount
    return max(0, gone), max(0, ended), bool(terms or rules)  # -1 where there were none to look at


def _delete(connection: sqlite3.Connection) -> None:
    """The rows, and with them their keys; corrections go with their utterance."""
    connection.execute("DELETE FROM derived WHERE utterance IN (SELECT id FROM chosen)")
    connection.execute("DELETE FROM trained WHERE utterance IN (SELECT id FROM chosen)")
    connection.execute("DELETE FROM utterance WHERE id IN (SELECT id FROM chosen)")


def _remove(files: Iterable[Path], refused: list[Exception], remove: Callable[[Path], None] = Path.unlink) -> int:
    """How many were there and have gone; why others have not is added to `refused`."""
    removed = 0
    for path in files:
        try:
            remove(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            refused.append(error)
            continue
        removed += 1
    return removed


def _empty_spool(
    spool: Path, utterances: Iterable[int], refused: list[Exception], *, everything: bool
) -> tuple[int, int]:
    """How many were there and have gone, and how many are still being dictated."""
    if not spool.is_dir() or next(spool.iterdir(), None) is None:
        return 0, 0
    from sayso.journal.spool import discard, held  # noqa: PLC0415  # brings numpy: 50 ms

    names = {str(number) for number in utterances}
    if everything:  # also what no dictation is named by
        names = {path.stem for path in spool.iterdir() if path.suffix in _SPOOLED}
    freed = under_way = 0
    for name in names:
        speaking = 0
        paths = [path for suffix in _SPOOLED if (path := spool / f"{name}{suffix}").exists()]
        for path in paths:
            with held(path) as is_ours:
                if is_ours:
                    _remove([path], refused, discard)
                else:
                    speaking += path.exists()
        freed += bool(paths) and not any(path.exists() for path in paths)
        under_way += bool(speaking)
    return freed, under_way
