"""The person's terms and rules in the journal, sealed with its key.

Terms are found by a tag of their letters and signs, so that none is there twice; what was removed is remembered,
so that it is not learnt again. What changes something is one short transaction.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from typing import Final

from sayso.config.kinds import MOST_TERM_CHARACTERS
from sayso.errors import JournalError, WrongKey
from sayso.journal.database import Database
from sayso.vocabulary import Rule, Term
from sayso.vocabulary.rules import holding
from sayso.vocabulary.sounds import letters, letters_and_signs, spelling

MOST_CHARACTERS = MOST_TERM_CHARACTERS  # of a term: as many as one of the settings may have
MOST_SOUNDINGS = 6  # of a term, the last ones
MOST_TERMS = 1_000  # an unsure stretch is compared with all of them, which takes 1 to 2 ms then

LEARNT, REMOVED, UNDONE = "learnt", "removed", "undone by {}"
"""States of a rule; the last with the number of the utterance whose correction has undone it."""

_TERMS: Final = "SELECT id, tag, sealed, language, uses, last_used, is_pinned FROM term WHERE NOT is_removed"


def snapshot(db: Database) -> tuple[tuple[Term, ...], tuple[Rule, ...]]:
    """All terms, and the rules that hold: what the live flow is given."""
    return terms(db), rules(db)


def terms(db: Database) -> tuple[Term, ...]:
    """The terms, last used first; what cannot be read is left out (`journal.reading.damage` tells of it)."""
    soundings: dict[int, list[str]] = {}
    for term, sealed in db.connection.execute("SELECT term, sealed FROM sounding ORDER BY id DESC"):
        text = _opened(db, sealed, _sounding_place(term))
        if text is not None:
            soundings.setdefault(term, []).append(text)
    found = []
    for row in db.connection.execute(f"{_TERMS} ORDER BY last_used DESC, id DESC"):
        number, tag, sealed, language, uses, last_used, is_pinned = row
        text = _opened(db, sealed, _term_place(tag))
        if text is not None:
            heard = dict.fromkeys(one for one in soundings.get(number, ()) if spelling(one) != spelling(text))
            kept = tuple(heard)[:MOST_SOUNDINGS]
            found.append(Term(text, kept, uses, last_used, bool(is_pinned), language))
    return tuple(found)


def rules(db: Database) -> tuple[Rule, ...]:
    """The rules that hold."""
    return holding(proposed(db))


def proposed(db: Database) -> tuple[Rule, ...]:
    """All rules that were not removed, however often they were confirmed."""
    return tuple(rule for _, rule in numbered_rules(db))


def numbered_rules(db: Database) -> list[tuple[int, Rule]]:
    """The same, with the numbers of their rows."""
    return list(_rules(db, LEARNT))


def soundings_like(db: Database, term: int, heard: str) -> list[int]:
    """The rows of what was heard instead of a term, and is the same as this."""
    rows = db.connection.execute("SELECT id, sealed FROM sounding WHERE term = ?", (term,)).fetchall()
    place, sought = _sounding_place(term), letters(heard)
    return [number for number, sealed in rows if letters(_opened(db, sealed, place) or "") == sought]


def _rules(db: Database, state: str) -> Iterator[tuple[int, Rule]]:
    rows = db.connection.execute(
        "SELECT id, tag, sealed, language, (SELECT count(*) FROM rule_evidence WHERE rule = rule.id) "
        "FROM rule WHERE state = ? ORDER BY id",
        (state,),
    )
    for number, tag, sealed, language, confirmations in rows:
        found = _opened(db, sealed, _rule_place(tag))
        if found is not None:
            heard, meant = json.loads(found)
            yield number, Rule(heard, meant, confirmations, language)


# ── by the person ────────────────────────────────────────────────────────────────────────────────────


def add(db: Database, term: Term) -> None:
    """Take a term of the person's own; one that is there, or was removed, is there again, as it is given.

    Raises:
        JournalError: it is no term, or there are too many.

    """
    _check(term.text)
    with db.transaction() as connection:
        _by_hand(db, connection, term)


def import_terms(db: Database, texts: Iterable[str]) -> int:
    """Take many terms; those that are there already are left as they are.

    Returns how many are new.

    Raises:
        JournalError: one is no term, or there are too many; none of them is taken then.

    """
    wanted = [" ".join(text.split()) for text in texts]
    for text in wanted:
        _check(text)
    known = {letters_and_signs(term.text) for term in terms(db)}
    new = {key: text for text in wanted if (key := letters_and_signs(text)) not in known}
    if len(known) + len(new) > MOST_TERMS:
        raise _too_many(len(known) + len(new))
    with db.transaction() as connection:
        for text in new.values():
            _by_hand(db, connection, Term(text))
    return len(new)


def pin(db: Database, text: str, *, is_pinned: bool = True) -> None:
    """Have a term in every prompt, or no more.

    Raises:
        JournalError: there is none such.

    """
    with db.transaction() as connection:
        changed = connection.execute(
            "UPDATE term SET is_pinned = ? WHERE tag = ? AND NOT is_removed", (is_pinned, term_tag(db, text))
        )
        if not changed.rowcount:
            raise JournalError(f"there is no term {text!r}; see: sayso vocabulary")


def remove(db: Database, text: str) -> None:
    """Take away a term, or the rules for what is heard; it is not learnt again, unless it is added by hand.

    Raises:
        JournalError: there is neither.

    """
    sought = letters(text)
    with db.transaction() as connection:
        term = connection.execute(
            "UPDATE term SET is_removed = 1, is_pinned = 0 WHERE tag = ? AND NOT is_removed", (term_tag(db, text),)
        )
        numbers = [
            (number,)
            for number, rule in numbered_rules(db)
            if sought in (letters(rule.heard), letters(rule.meant))
        ]
        connection.executemany("UPDATE rule SET state = 'removed' WHERE id = ?", numbers)
        connection.execute("DELETE FROM sounding WHERE term IN (SELECT id FROM term WHERE is_removed)")
        if not term.rowcount and not numbers:
            raise JournalError(f"there is neither a term nor a rule {text!r}; see: sayso vocabulary")


def _check(text: str) -> None:
    if not letters(text) or not text.isprintable() or len(text) > MOST_CHARACTERS:
        raise JournalError(
            f"{text[:MOST_CHARACTERS]!r} is no term: that has letters, no line breaks, and at most "
            f"{MOST_CHARACTERS} characters"
        )


def _by_hand(db: Database, connection: sqlite3.Connection, term: Term) -> None:
    tag = term_tag(db, term.text)
    if not _is_there(connection, tag) and (count := _count(connection)) >= MOST_TERMS:
        raise _too_many(count + 1)
    number = put_term(db, connection, term.text, term.language)
    connection.execute(
        "UPDATE term SET sealed = ?, is_removed = 0, is_pinned = max(is_pinned, ?), uses = max(uses, ?), "
        "last_used = max(last_used, ?) WHERE id = ?",
        (
            *(_closed(db, term.text, _term_place(tag)), term.is_pinned, term.uses, term.last_used_seconds),
            number,
        ),
    )
    # A sounding of its own that no utterance has: it stays when all from which it was learnt are forgotten.
    for sounding in (term.text, *term.soundings):
        put_sounding(db, connection, number, None, sounding)


def _is_there(connection: sqlite3.Connection, tag: bytes) -> bool:
    found = connection.execute("SELECT 1 FROM term WHERE tag = ? AND NOT is_removed", (tag,))
    return found.fetchone() is not None


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM term WHERE NOT is_removed").fetchone()[0])


def _too_many(terms: int) -> JournalError:
    return JournalError(
        f"{terms} terms would be too many; there may be {MOST_TERMS}: every unsure word is compared with all of "
        "them. Take some away: sayso vocabulary remove TERM"
    )


# ── rows, for whoever is within a transaction ────────────────────────────────────────────────────────


def put_term(db: Database, connection: sqlite3.Connection, text: str, language: str) -> int:
    """The row of a term, made where there is none; in a second language it is one of any."""
    tag = term_tag(db, text)
    found = connection.execute("SELECT id, language FROM term WHERE tag = ?", (tag,)).fetchone()
    if found is None:
        row = (tag, _closed(db, text, _term_place(tag)), language)
        made = connection.execute(
            "INSERT INTO term (tag, sealed, language, uses, last_used, is_pinned, is_removed) "
            "VALUES (?, ?, ?, 0, 0.0, 0, 0)",
            row,
        )
        return int(made.lastrowid or 0)
    if found[1] not in ("", language):
        connection.execute("UPDATE term SET language = '' WHERE id = ?", (found[0],))
    return int(found[0])


def make_room(connection: sqlite3.Connection) -> bool:
    """Forget the learnt terms that were said longest ago, so that there is room for one more.

    Returns whether there is: those that the person has added or pinned stay.
    """
    while _count(connection) >= MOST_TERMS:
        gone = connection.execute(
            "DELETE FROM term WHERE id = "
            "(SELECT id FROM term WHERE NOT is_pinned AND NOT is_removed AND NOT EXISTS "
            "(SELECT 1 FROM sounding WHERE term = term.id AND utterance IS NULL) ORDER BY last_used, id LIMIT 1)"
        )
        if not gone.rowcount:
            return False
    return True


def respell(db: Database, connection: sqlite3.Connection, term: int, text: str) -> None:
    """Write a learnt term otherwise than it was seen first; one that was added by hand stays as it is."""
    connection.execute(
        "UPDATE term SET sealed = ? WHERE id = ? AND NOT EXISTS "
        "(SELECT 1 FROM sounding WHERE term = term.id AND utterance IS NULL)",
        (_closed(db, text, _term_place(term_tag(db, text))), term),
    )


def put_sounding(
    db: Database, connection: sqlite3.Connection, term: int, utterance: int | None, heard: str
) -> None:
    """What was heard instead of a term."""
    connection.execute(
        "INSERT INTO sounding (term, utterance, sealed) VALUES (?, ?, ?)",
        (term, utterance, _closed(db, heard, _sounding_place(term))),
    )


def put_rule(db: Database, connection: sqlite3.Connection, rule: Rule, utterance: int) -> None:
    """An utterance in which it was corrected so; where the rule was removed, nothing."""
    tag = db.seal.tag(f"rule {rule.language} {rule.heard} {rule.meant}")
    found = connection.execute("SELECT id, state FROM rule WHERE tag = ?", (tag,)).fetchone()
    if found is None:
        sealed = _closed(db, json.dumps((rule.heard, rule.meant)), _rule_place(tag))
        made = connection.execute(
            "INSERT INTO rule (tag, sealed, language, state) VALUES (?, ?, ?, ?)",
            (tag, sealed, rule.language, LEARNT),
        )
        found = made.lastrowid, LEARNT
    if found[1] == LEARNT:
        connection.execute("INSERT OR IGNORE INTO rule_evidence VALUES (?, ?)", (found[0], utterance))


def used(connection: sqlite3.Connection, term: int, at_seconds: float) -> None:
    """A term was said."""
    connection.execute(
        "UPDATE term SET uses = uses + 1, last_used = max(last_used, ?) WHERE id = ?",
        (at_seconds or time.time(), term),
    )


def term_tag(db: Database, text: str) -> bytes:
    """By which a term is found, however its letters are written; the signs of C++ and C# make others of them."""
    return db.seal.tag(f"term {letters_and_signs(text)}")


def _closed(db: Database, text: str, place: str) -> bytes:
    return db.seal.close(text.encode(), place)


def _opened(db: Database, sealed: bytes, place: str) -> str | None:
    try:
        return db.seal.open(sealed, place).decode()
    except WrongKey:  # damaged: the others are as they were
        return None


def _term_place(tag: bytes) -> str:
    return f"term {tag.hex()}"


def _sounding_place(term: int) -> str:
    return f"sounding of term {term}"


def _rule_place(tag: bytes) -> str:
    return f"rule {tag.hex()}"
