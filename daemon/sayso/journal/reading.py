"""Reading the journal: whatever is damaged is named and passed over, the rest is read.

A row that does not open, and a page of the database that is damaged, cost what is in them. Where a whole query
fails for a damaged page, rows are read one by one.
"""

from __future__ import annotations

import functools
import itertools
import math
import time
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sayso import paths
from sayso.errors import JournalDamaged, KeyLocked, NoSuchUtterance, WrongKey
from sayso.journal import Correction, Damage, Decision, Line, Outcome, Utterance
from sayso.journal.database import AUDIO_FOLDER, Database, audio_numbers, told
from sayso.journal.encoding import begun_from_json, load, said_from_json
from sayso.journal.flac import from_flac

if TYPE_CHECKING:
    from pathlib import Path

    from sayso.audio import Pcm

BATCH: Final = 500  # rows read at once, so that a long list neither waits for its end nor holds a reader's lock
EVERY: Final = tuple(Outcome)
_LINE: Final = "id, ended_at, outcome, seconds, words, model, computing_seconds, audio_bytes, key, line"
_CORRECTION: Final = (
    "correction.id, correction.utterance, made_at, source, trust, decision, is_by_person, sealed, key "
    "FROM correction JOIN utterance ON utterance.id = correction.utterance"
)

_END_OF_TIME: Final = 253_402_300_800.0  # after that no calendar has a name for a day
_PLACED_SECONDS: Final = 60.0  # audio is there a moment before its row is
_LOST: Final = (
    "{what} that the database does not know: it was lost, or is an older one. Restore journal.db from a backup; "
    "or, to let that audio go and all the rest: sayso forget --all"
)
_OF_A_PAGE: Final = "a page of it is damaged; what is in other pages can be read"

T = TypeVar("T")
Row = tuple[Any, ...]


def lines(
    db: Database, count: int | None, *, before: int | None = None, outcomes: Collection[Outcome] = EVERY
) -> Iterator[Line | Damage]:
    """What a list shows, newest first. Without a key the lines have neither texts nor applications.

    Args:
        db: the journal.
        count: at most so many; None for all.
        before: only utterances of lower numbers than this.
        outcomes: only of those that ended so.

    """
    return itertools.islice(_lines(db, count, before, outcomes), count)


def utterance(db: Database, utterance: int) -> Utterance | Damage:
    """All that is known of an utterance but its audio.

    Raises:
        NoSuchUtterance: nothing is kept under that number.
        KeyLocked: its key cannot be had now.

    """
    try:
        found = _rows(db, f"SELECT {_LINE}, detail FROM utterance WHERE id = ?", utterance)
    except JournalDamaged:
        return _damaged_row(db, utterance, "a page of the database is damaged")
    if not found:
        raise NoSuchUtterance(f"nothing is kept of utterance {utterance}; see: sayso history")
    return _tried(db, utterance, functools.partial(_utterance, db, found[0]))


def audio(db: Database, utterance: int) -> Pcm:
    """What was spoken, shape (n,).

    Raises:
        NoSuchUtterance: no audio is kept under that number.
        JournalDamaged: it cannot be read.
        KeyLocked: its key cannot be had now.

    """
    found = _rows(db, "SELECT audio_bytes FROM utterance WHERE id = ?", utterance)
    if not found or found[0][0] == 0:
        raise NoSuchUtterance(f"no audio is kept of utterance {utterance}; see: sayso history")
    where = paths.shown(db.audio_path(utterance))
    try:
        sealed = db.audio_path(utterance).read_bytes()
        return from_flac(db.seal_of(utterance).open(sealed, f"utterance {utterance} audio"))
    except (OSError, WrongKey, JournalDamaged) as error:
        why = error.strerror if isinstance(error, OSError) else "it is damaged"
        raise JournalDamaged(f"the audio of utterance {utterance} cannot be read ({where}: {why})") from error


def correction(db: Database, number: int) -> Correction | Damage:
    """The correction of that number.

    Raises:
        NoSuchUtterance: there is none.
        JournalDamaged: it is on a damaged page.
        KeyLocked: the key cannot be had now.

    """
    found = _rows(db, f"SELECT {_CORRECTION} WHERE correction.id = ?", number)
    if not found:
        raise NoSuchUtterance(f"there is no correction {number}; see: sayso review")
    return _tried(db, found[0][1], functools.partial(_correction, db, found[0]))


def corrections(
    db: Database,
    *,
    decision: Decision | None = None,
    since_seconds: float = 0.0,
    utterance: int | None = None,
) -> Iterator[Correction | Damage]:
    """Corrections, oldest first.

    Args:
        db: the journal.
        decision: only those that count for this.
        since_seconds: only those made after that, in seconds since 1970.
        utterance: only those of this one.

    Raises:
        KeyLocked: the key cannot be had now.

    """
    query = (
        f"SELECT {_CORRECTION} WHERE correction.id > ?1 AND made_at >= ?2 AND (?3 IS NULL OR decision = ?3) "
        f"AND (?4 IS NULL OR correction.utterance = ?4) ORDER BY correction.id LIMIT {BATCH}"
    )
    last = 0
    wanted = None if decision is None else decision.value
    while True:
        try:
            rows = _rows(db, query, last, since_seconds, wanted, utterance)
        except JournalDamaged:
            yield Damage(f"corrections in {paths.shown(db.path)}", _OF_A_PAGE)
            return
        for row in rows:
            yield _tried(db, row[1], functools.partial(_correction, db, row))
        if len(rows) < BATCH:
            return
        last = rows[-1][0]


def standing(db: Database, utterance: int) -> Correction | None:
    """The accepted correction of an utterance, if there is one that can be read."""
    found = next(corrections(db, decision=Decision.ACCEPTED, utterance=utterance), None)
    return found if isinstance(found, Correction) else None


def lost(db: Database) -> tuple[Damage, ...]:
    """Audio that the database does not know, and has not known: it was lost, or put back in an older state."""
    there = set(audio_numbers(db.folder))
    if not there:
        return ()
    known = "SELECT id FROM utterance INDEXED BY utterance_by_time UNION SELECT utterance FROM gone"
    try:
        there -= {number for (number,) in _rows(db, known)}
    except JournalDamaged:
        return ()  # that is told of
    before = time.time() - _PLACED_SECONDS
    count = sum(_is_older(db.audio_path(number), before) for number in there)
    where = paths.shown(db.folder / AUDIO_FOLDER)
    what = "there is audio of 1 dictation" if count == 1 else f"there is audio of {count} dictations"
    return (Damage(where, _LOST.format(what=what)),) if count else ()


def _is_older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def damage(db: Database) -> Iterator[Damage]:
    """All that is damaged, by reading everything; a year's journal takes some seconds.

    Raises:
        KeyLocked: the key cannot be had now.

    """
    try:
        problems = [problem for (problem,) in _rows(db, "PRAGMA quick_check(20)") if problem != "ok"]
    except JournalDamaged:
        problems = ["it cannot be checked"]
    for problem in problems:
        yield Damage(paths.shown(db.path), f"{_OF_A_PAGE} ({problem})")
    yield from lost(db)
    for line in lines(db, None):
        if isinstance(line, Damage):
            yield line
            continue
        whole = utterance(db, line.utterance)
        if isinstance(whole, Damage):
            yield whole
        elif line.has_audio:
            yield from _audio_damage(db, line.utterance)
    yield from (one for one in corrections(db) if isinstance(one, Damage))
    yield from _vocabulary_damage(db)


def _vocabulary_damage(db: Database) -> Iterator[Damage]:
    """Terms, what was heard instead of them, and rules (`sayso.vocabulary.store` seals them for these places)."""
    remedy = "it is not used, and learnt again when you correct it again"
    for table, name, place in (
        ("term", "tag", "term {}"),
        ("sounding", "term", "sounding of term {}"),
        ("rule", "tag", "rule {}"),
    ):
        try:
            rows = _rows(db, f"SELECT {name}, sealed FROM {table}")
        except JournalDamaged:
            yield Damage(f"table {table} in {paths.shown(db.path)}", _OF_A_PAGE)
            continue
        for known_by, sealed in rows:
            try:
                db.seal.open(sealed, place.format(known_by.hex() if isinstance(known_by, bytes) else known_by))
            except WrongKey:
                yield Damage(f"a {table} of the vocabulary in {paths.shown(db.path)}", f"it is damaged; {remedy}")


def _audio_damage(db: Database, utterance: int) -> Iterator[Damage]:
    """Whether the file opens: the seal proves every bit of it, so it need not be decoded."""
    path = db.audio_path(utterance)
    try:
        db.seal_of(utterance).open(path.read_bytes(), f"utterance {utterance} audio")
    except OSError as error:
        yield Damage(paths.shown(path), f"{error.strerror}: its text is still there", utterance)
    except WrongKey:
        why = (
            f"its audio is damaged, its text is still there; to forget both: sayso forget --utterance {utterance}"
        )
        yield Damage(paths.shown(path), why, utterance)


def _rows(db: Database, query: str, *values: object) -> list[Row]:
    """All rows of a query; none where it asks for a number that no row can have.

    Raises:
        JournalDamaged: they are on a damaged page.
        JournalError, StorageError: they cannot be read now.

    """
    try:
        with told(db.path):
            return db.connection.execute(query, values).fetchall()
    except OverflowError:  # a whole number of the database has 64 bits with its sign
        return []


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────


def _lines(
    db: Database, count: int | None, before: int | None, outcomes: Collection[Outcome]
) -> Iterator[Line | Damage]:
    wanted = ", ".join(f"'{outcome.value}'" for outcome in outcomes)
    query = f"SELECT {_LINE} FROM utterance WHERE id < ? AND outcome IN ({wanted}) ORDER BY id DESC LIMIT ?"
    below = (1 << 62) if before is None else before
    most = BATCH if count is None else min(BATCH, count)
    while True:
        try:
            rows = _rows(db, query, below, most)
        except JournalDamaged:
            yield from _one_by_one(db, below, outcomes)
            return
        for row in rows:
            yield _tried(db, row[0], functools.partial(_line, db, row))
        if len(rows) < most:
            return
        below = rows[-1][0]


def _one_by_one(db: Database, below: int, outcomes: Collection[Outcome]) -> Iterator[Line | Damage]:
    """The same where a page is damaged: what other pages have."""
    query = f"SELECT {_LINE} FROM utterance WHERE id = ?"
    for number in _numbers(db, below):
        try:
            rows = _rows(db, query, number)
        except JournalDamaged:
            yield _damaged_row(db, number, "a page of the database is damaged")
            continue
        for row in rows:
            if row[2] in outcomes:
                yield _tried(db, number, functools.partial(_line, db, row))


def _numbers(db: Database, below: int) -> list[int]:
    """Which utterances there are, by whatever can be read of it, newest first."""
    found = {number for number in audio_numbers(db.folder) if number < below}
    try:
        # An index of its own has the numbers, too, and is on other pages than the rows.
        found |= {n for (n,) in _rows(db, "SELECT id FROM utterance INDEXED BY utterance_by_time")}
    except JournalDamaged:
        found |= set(range(1, max(_given(db), *found, 0) + 1))
    return sorted((number for number in found if number < below), reverse=True)


def _given(db: Database) -> int:
    """The highest number that was ever given; 0 where that cannot be read."""
    try:
        found = _rows(db, "SELECT seq FROM sqlite_sequence WHERE name = 'utterance'")
    except JournalDamaged:
        return 0
    return int(found[0][0]) if found else 0


def _line(db: Database, row: Row) -> Line:
    number, ended_at, outcome, seconds, words, model, computing, audio_bytes, key, sealed = row[:10]
    _must_be_numbers(ended_at, seconds, computing, words, audio_bytes)
    application = typed = now = ""
    if db.key is not None:
        where = f"utterance {number} line"
        application, typed, now = map(str, load(db.opened_seal(number, key).open(sealed, where), where))
    return Line(
        number,
        ended_at,
        Outcome(outcome),
        seconds,
        application,
        typed,
        now,
        words,
        model,
        computing,
        audio_bytes > 0,
    )


def _utterance(db: Database, row: Row) -> Utterance:
    number, where = row[0], f"utterance {row[0]} detail"
    detail = load(db.opened_seal(number, row[8]).open(row[10], where), where)
    said = detail["said"]
    return Utterance(
        _line(db, row),
        begun_from_json(detail["begun"], where),
        None if said is None else said_from_json(said, where),
    )


def _correction(db: Database, row: Row) -> Correction:
    number, utterance, made_at, source, trust, decision, is_by_person, sealed, key = row
    _must_be_numbers(made_at, trust)
    where = f"correction of utterance {utterance}"
    kept = load(db.opened_seal(utterance, key).open(sealed, where), where)
    return Correction(
        utterance,
        source,
        trust,
        Decision(decision),
        tuple(map(str, kept["reasons"])),
        str(kept["text"]),
        None if kept["target"] is None else str(kept["target"]),
        tuple((str(heard), str(meant)) for heard, meant in kept["changes"]),
        bool(is_by_person),
        made_at,
        number,
    )


def _must_be_numbers(*values: object) -> None:
    """Times, lengths and counts, of which a damaged page may have made anything."""
    for value in values:
        if not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value < _END_OF_TIME:
            raise JournalDamaged("a number in it is none")


# ── damage ────────────────────────────────────────────────────────────────────────────────────────


def _tried(db: Database, utterance: int, read: Callable[[], T]) -> T | Damage:
    """What is read, or that it cannot be."""
    try:
        return read()
    except KeyLocked:
        raise
    except (WrongKey, JournalDamaged) as error:
        return _damaged_row(db, utterance, str(error))
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # it opens, and is not what was written
        return _damaged_row(db, utterance, type(error).__name__)


def _damaged_row(db: Database, utterance: int, why: str) -> Damage:
    where = f"utterance {utterance} in {paths.shown(db.path)}"
    remedy = f"The rest can be read; to forget it: sayso forget --utterance {utterance}"
    return Damage(where, f"its row cannot be read ({why}). {remedy}", utterance)
