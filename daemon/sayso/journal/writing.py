"""Writing the journal: one short transaction for each thing that happened."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from sayso.audio import seconds
from sayso.errors import JournalDamaged, NoSuchUtterance, WrongKey
from sayso.events import UtteranceSaid
from sayso.journal import Begun, Correction, Decision, Outcome, Spooled
from sayso.journal.database import Database, application_tag, told
from sayso.journal.durable import make_folder, place, written
from sayso.journal.encoding import begun_as_json, dump, load, said_as_json
from sayso.journal.flac import to_flac
from sayso.journal.sealing import Seal, new_key

_SAME_SECONDS: Final = 0.001  # what is lost by adding its length and taking that away again, and far more
_OF_THE_PERSON: Final = 1.0  # trust in what the person decided


def add(db: Database, spooled: Spooled, outcome: Outcome) -> bool:
    """Take an utterance from the spool; one that is there already is left as it is.

    Its audio is on the disk before its row is, and the row when this returns: then the spool may go.

    Args:
        db: the journal, open for writing.
        spooled: the utterance.
        outcome: what became of it; of what is withheld neither text nor audio nor application is kept.

    Returns:
        False where another one has its number, which began at another time: nothing is written then.

    Raises:
        KeyLocked: the key cannot be had now.
        JournalError, StorageError, OSError: it could not be written; nothing is there then.

    """
    begun = spooled.begun
    if outcome is Outcome.WITHHELD:
        spooled = Spooled(_nameless(begun), spooled.audio[:0], computing_seconds=spooled.computing_seconds)
    number, key = begun.utterance, new_key()
    sealed_key = db.seal.close(key, f"utterance {number} key")
    with told(db.path):
        if _is_there(db.connection, number):
            return _is_same(db.connection, begun)
    seal, path = Seal(key), db.audio_path(number)
    sound = b""
    if len(spooled.audio):
        sound = seal.close(to_flac(spooled.audio), f"utterance {number} audio")
        make_folder(path.parent)
    beside = written(path, sound) if sound else None
    try:
        with db.transaction() as connection:
            if _is_there(connection, number):
                return _is_same(connection, begun)
            row = _row(db, spooled, outcome, seal, sealed_key)
            connection.execute(
                f"INSERT INTO utterance VALUES ({', '.join('?' * len(row))}, ?)", (*row, len(sound))
            )
            if beside is not None:
                place(beside, path)
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
    return True


def put_text(db: Database, said: UtteranceSaid, typed: str, computing_seconds: float) -> None:
    """Say what was said in an utterance of which only the audio was known.

    Raises:
        NoSuchUtterance: it is not there, or has been forgotten.
        WrongKey, JournalDamaged: its row is damaged.

    """
    number = said.utterance
    with db.transaction() as connection:
        seal = db.seal_of(number)
        line, detail = connection.execute("SELECT line, detail FROM utterance WHERE id = ?", (number,)).fetchone()
        application, _, _ = _opened(seal, line, f"utterance {number} line")
        known = _opened(seal, detail, f"utterance {number} detail")
        connection.execute(
            "UPDATE utterance SET words = ?, language = ?, computing_seconds = ?, line = ?, detail = ? "
            "WHERE id = ?",
            (
                len(said.words),
                said.language,
                computing_seconds,
                _line(seal, number, application, typed, typed),
                _closed(seal, {**known, "said": said_as_json(said)}, f"utterance {number} detail"),
                number,
            ),
        )


def correct(db: Database, correction: Correction) -> int | None:
    """Keep a correction; returns its number, or None where it is not kept.

    An utterance has one accepted correction at most, the last of those trusted most, and of each source at most
    one other. What is trusted less than that which stands is not kept, nor is what the person has rejected
    already.

    Raises:
        NoSuchUtterance: its utterance is not there, or has been forgotten.
        WrongKey, JournalDamaged: the row of the utterance is damaged.

    """
    number = correction.utterance
    place = f"correction of utterance {number}"
    with db.transaction() as connection:
        seal = db.seal_of(number)
        for row in connection.execute(
            "SELECT id, source, trust, decision, is_by_person, sealed FROM correction WHERE utterance = ?",
            (number,),
        ).fetchall():
            if _outweighs(row, correction, seal, place):
                return None
            if _gives_way(row, correction):
                connection.execute("DELETE FROM correction WHERE id = ?", (row[0],))
        kept = {
            "text": correction.text,
            "target": correction.target,
            "changes": correction.changes,
            "reasons": correction.reasons,
        }
        made = connection.execute(
            "INSERT INTO correction (utterance, made_at, source, trust, decision, is_by_person, sealed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                correction.made_at_seconds,
                correction.source,
                correction.trust,
                correction.decision.value,
                correction.is_by_person,
                _closed(seal, kept, place),
            ),
        ).lastrowid
        _show(connection, number, seal)
    return int(made or 0)


def decide(db: Database, correction: int, decision: Decision) -> None:
    """The person says what a correction counts for.

    Raises:
        NoSuchUtterance: there is no such correction, or its utterance has been forgotten.
        WrongKey, JournalDamaged: the row of the utterance is damaged.

    """
    with db.transaction() as connection:
        found = connection.execute("SELECT utterance FROM correction WHERE id = ?", (correction,)).fetchone()
        if found is None:
            raise NoSuchUtterance(f"there is no correction {correction}; see: sayso review")
        if decision is Decision.ACCEPTED:
            connection.execute(
                "DELETE FROM correction WHERE utterance = ? AND id != ? "
                "AND NOT (decision = 'rejected' AND is_by_person)",
                (found[0], correction),
            )
        connection.execute(
            "UPDATE correction SET decision = ?, is_by_person = 1 WHERE id = ?", (decision.value, correction)
        )
        _show(connection, found[0], db.seal_of(found[0]))


def withdraw(db: Database, correction: int) -> None:
    """Take a correction back: what was typed is all that is known then. Nothing happens where it is gone already.

    Raises:
        WrongKey, JournalDamaged: the row of its utterance is damaged.

    """
    with db.transaction() as connection:
        found = connection.execute("SELECT utterance FROM correction WHERE id = ?", (correction,)).fetchone()
        if found is not None:
            connection.execute("DELETE FROM correction WHERE id = ?", (correction,))
            _show(connection, found[0], db.seal_of(found[0]))


def mark_trained(db: Database, model: str, utterances: Sequence[int]) -> None:
    """A model has learnt from these utterances."""
    with db.transaction() as connection:
        connection.executemany(
            "INSERT OR IGNORE INTO trained (utterance, model) VALUES (?, ?)", ((one, model) for one in utterances)
        )


def mark_derived(db: Database, utterance: int, kind: str, path: str) -> None:
    """A file has been made of an utterance, sealed with its key (`Database.seal_of`); one of each kind.

    Raises:
        NoSuchUtterance: it is not there, or has been forgotten: the file is to be removed.

    """
    with db.transaction() as connection:
        if not _is_there(connection, utterance):
            raise NoSuchUtterance(f"nothing is kept of utterance {utterance}")
        connection.execute(
            "INSERT INTO derived VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET path = excluded.path",
            (utterance, kind, path),
        )


def _is_there(connection: sqlite3.Connection, utterance: int) -> bool:
    return connection.execute("SELECT 1 FROM utterance WHERE id = ?", (utterance,)).fetchone() is not None


def _is_same(connection: sqlite3.Connection, begun: Begun) -> bool:
    """Whether there is a row of the utterance that began then, if under another number; needs no key."""
    query = "SELECT 1 FROM utterance WHERE abs(ended_at - seconds - ?) < ?"
    return connection.execute(query, (begun.at_seconds, _SAME_SECONDS)).fetchone() is not None


def _nameless(begun: Begun) -> Begun:
    return Begun(begun.utterance, begun.at_seconds, "", begun.model, begun.engine, begun.device, begun.learns)


def _row(db: Database, spooled: Spooled, outcome: Outcome, seal: Seal, sealed_key: bytes) -> tuple[object, ...]:
    """The columns of its row in their order, but for the size of its audio."""
    begun, said = spooled.begun, spooled.said
    typed = spooled.typed if spooled.typed is not None else said.typed.insert if said is not None else ""
    detail = {"begun": begun_as_json(begun), "said": None if said is None else said_as_json(said)}
    spoken_seconds = seconds(len(spooled.audio))
    return (
        begun.utterance,
        begun.at_seconds + spoken_seconds,
        outcome.value,
        spoken_seconds,
        0 if said is None else len(said.words),
        "" if said is None else said.language,
        begun.model,
        begun.engine,
        spooled.computing_seconds,
        application_tag(db.seal, begun.application) if begun.application else None,
        sealed_key,
        _line(seal, begun.utterance, begun.application, typed, typed),
        _closed(seal, detail, f"utterance {begun.utterance} detail"),
        begun.learns,
    )


def _line(seal: Seal, utterance: int, application: str, typed: str, now: str) -> bytes:
    return _closed(seal, (application, typed, now), f"utterance {utterance} line")


def _closed(seal: Seal, value: object, place: str) -> bytes:
    return seal.close(dump(value), place)


def _opened(seal: Seal, sealed: bytes, place: str) -> Any:
    return load(seal.open(sealed, place), place)


def _outweighs(row: tuple[Any, ...], new: Correction, seal: Seal, place: str) -> bool:
    """Whether a correction that is there keeps a new one out."""
    _, source, trust, decision, is_by_person, sealed = row
    trusted = _OF_THE_PERSON if is_by_person else trust
    if decision == Decision.ACCEPTED:
        return bool(source != new.source or is_by_person) and trusted > new.trust
    if decision == Decision.REJECTED and is_by_person and not new.is_by_person:
        try:
            return bool(_opened(seal, sealed, place)["text"] == new.text) and new.trust < _OF_THE_PERSON
        except (WrongKey, JournalDamaged, TypeError, KeyError):
            return False
    return False


def _gives_way(row: tuple[Any, ...], new: Correction) -> bool:
    """Whether a correction that is there goes when a new one comes that it does not outweigh."""
    _, source, _, decision, is_by_person, _ = row
    if decision == Decision.REJECTED and is_by_person:
        return False  # so that the same is not asked again
    if new.decision is Decision.ACCEPTED:
        return True
    return bool(source == new.source and decision != Decision.ACCEPTED)


def _show(connection: sqlite3.Connection, utterance: int, seal: Seal) -> None:
    """Put into the utterance's line what its text is now."""
    found = connection.execute(
        "SELECT sealed FROM correction WHERE utterance = ? AND decision = 'accepted'", (utterance,)
    ).fetchone()
    sealed_line = connection.execute("SELECT line FROM utterance WHERE id = ?", (utterance,)).fetchone()[0]
    application, typed, _ = _opened(seal, sealed_line, f"utterance {utterance} line")
    now = typed if found is None else str(_opened(seal, found[0], f"correction of utterance {utterance}")["text"])
    connection.execute(
        "UPDATE utterance SET line = ? WHERE id = ?",
        (_line(seal, utterance, application, typed, now), utterance),
    )
