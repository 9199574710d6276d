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
from sayso.vocabulary.rules import holding, refusal
from sayso.vocabulary.sounds import is_visible, letters, letters_and_signs, spelling

MOST_CHARACTERS = MOST_TERM_CHARACTERS  # of a term: as many as one of the settings may have
MOST_SOUNDINGS = 6  # of a term, the last ones
MOST_TERMS = 1_000  # an unsure stretch is compared with all of them, which takes 1 to 2 ms then
MOST_OWN = 800  # of these, added by hand: the others are learnt

LEARNT, REMOVED, UNDONE = "learnt", "removed", "undone by {}"
"""States of a rule; the last with the number of the utterance whose correction has undone it."""

NO_SOUNDING: Final = "no sounding"
"""State of what is no rule, but says that a term is not meant where something is heard: the person has told so."""

_OWN: Final = "NOT is_removed AND EXISTS (SELECT 1 FROM sounding WHERE term = term.id AND utterance IS NULL)"
_TERMS: Final = "SELECT id, tag, sealed, language, uses, last_used, is_pinned FROM term WHERE NOT is_removed"


def snapshot(db: Database) -> tuple[tuple[Term, ...], tuple[Rule, ...]]:
    """All terms, and the rules that hold: what the live flow is given."""
    return terms(db), rules(db)


def terms(db: Database) -> tuple[Term, ...]:
    """The terms, last used first; what cannot be read is left out (`journal.reading.damage` tells of it)."""
    soundings: dict[int, dict[str, tuple[str, bool]]] = {}  # of each term, the last word on each
    own = {row[0] for row in db.connection.execute("SELECT term FROM sounding WHERE utterance IS NULL")}
    for term, sealed, is_refused in db.connection.execute(
        "SELECT term, sealed, is_refused FROM sounding ORDER BY id DESC"
    ):
        text = _opened(db, sealed, _sounding_place(term))
        if text is not None:
            soundings.setdefault(term, {}).setdefault(spelling(text), (text, bool(is_refused)))
    told: dict[str, dict[str, str]] = {}  # of each term, what is none of its soundings
    for _, one in _rules(db, NO_SOUNDING):
        told.setdefault(letters_and_signs(one.meant), {})[letters(one.heard)] = one.heard
    found = []
    for row in db.connection.execute(f"{_TERMS} ORDER BY last_used DESC, id DESC"):
        number, tag, sealed, language, uses, last_used, is_pinned = row
        text = _opened(db, sealed, _term_place(tag))
        if text is not None:
            no = told.get(letters_and_signs(text), {})
            of_it = [
                (heard_as, is_refused)
                for key, (heard_as, is_refused) in soundings.get(number, {}).items()
                if key != spelling(text) and letters(heard_as) not in no
            ]
            heard = tuple(heard_as for heard_as, is_refused in of_it if not is_refused)[:MOST_SOUNDINGS]
            refused = (*(heard_as for heard_as, is_refused in of_it if is_refused), *no.values())
            found.append(Term(text, heard, uses, last_used, bool(is_pinned), language, number in own, refused))
    return tuple(found)


def rules(db: Database) -> tuple[Rule, ...]:
    """The rules that hold."""
    return holding(proposed(db))


def proposed(db: Database) -> tuple[Rule, ...]:
    """All rules that were not removed, however often they were confirmed; of ordinary words there are none."""
    rules = (rule for _, rule in numbered_rules(db))
    return tuple(rule for rule in rules if refusal(rule.heard, rule.meant, rule.language) is None)


def numbered_rules(db: Database) -> list[tuple[int, Rule]]:
    """The same, with the numbers of their rows."""
    return list(_rules(db, LEARNT))


def has_sounding(db: Database, term: int, heard: str) -> bool:
    """Whether this was heard instead of a term before."""
    rows = db.connection.execute("SELECT sealed FROM sounding WHERE term = ? AND NOT is_refused", (term,))
    place, sought = _sounding_place(term), letters(heard)
    return any(letters(_opened(db, sealed, place) or "") == sought for (sealed,) in rows)


def removed_rules(db: Database) -> tuple[Rule, ...]:
    """The rules that the person has taken away."""
    return tuple(rule for _, rule in _rules(db, REMOVED))


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
    check(term.text)
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
        check(text)
    known = {letters_and_signs(term.text) for term in terms(db)}
    new: dict[str, str] = {}
    for text in wanted:
        if (key := letters_and_signs(text)) not in known:
            new.setdefault(key, text)
    with db.transaction() as connection:
        if (count := _own_count(connection) + len(new)) > MOST_OWN:
            raise _too_many(count)
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


def remove(db: Database, *texts: str) -> None:
    """Take away terms, or what is heard: the rules for it, and that terms are.

    None is learnt again; a term that is added by hand is there again.

    Raises:
        JournalError: of one there is nothing; none is taken away then.

    """
    with db.transaction() as connection:
        for text in texts:
            _remove(db, connection, text)


def _remove(db: Database, connection: sqlite3.Connection, text: str) -> None:
    sought, tag = letters(text), term_tag(db, text)
    is_term = _is_there(connection, tag)
    rules = [
        (number, rule)
        for number, rule in numbered_rules(db)
        if sought in (letters(rule.heard), letters(rule.meant))
    ]
    is_meant = is_term or any(letters(rule.meant) == sought for _, rule in rules)
    of_terms = () if is_meant else terms(db)  # what is written is not taken from what else it was heard for
    heard = [(one, term.text) for term in of_terms for one in term.soundings if letters(one) == sought]
    if not is_term and not rules and not heard:
        raise JournalError(
            f"there is neither a term nor a rule {text!r}, nor was a term heard so; see: sayso vocabulary"
        )
    for one, term in heard:
        _put_no_sounding(db, connection, one, term)
    if is_meant:
        number = put_term(db, connection, text, "")
        connection.execute("UPDATE term SET is_removed = 1, is_pinned = 0 WHERE id = ?", (number,))
    connection.executemany("UPDATE rule SET state = ? WHERE id = ?", ((REMOVED, number) for number, _ in rules))
    connection.execute("DELETE FROM sounding WHERE term IN (SELECT id FROM term WHERE is_removed)")


def _put_no_sounding(db: Database, connection: sqlite3.Connection, heard: str, term: str) -> None:
    """What was heard is no sounding of a term, also where the term is learnt anew."""
    tag = db.seal.tag(f"no sounding {letters(heard)} {letters_and_signs(term)}")
    connection.execute(
        "INSERT OR IGNORE INTO rule (tag, sealed, language, state) VALUES (?, ?, '', ?)",
        (tag, _closed(db, json.dumps((heard, term)), _rule_place(tag)), NO_SOUNDING),
    )


def check(text: str) -> None:
    """Whether a text can be a term.

    Raises:
        JournalError: it cannot.

    """
    if not letters(text) or not is_visible(text) or len(text) > MOST_CHARACTERS:
        raise JournalError(
            f"{text[:MOST_CHARACTERS]!r} is no term: that has letters, no line breaks or other characters "
            f"that cannot be seen, and at most {MOST_CHARACTERS} characters"
        )


def _by_hand(db: Database, connection: sqlite3.Connection, term: Term) -> None:
    tag = term_tag(db, term.text)
    if not _is_own(connection, tag) and (count := _own_count(connection)) >= MOST_OWN:
        raise _too_many(count + 1)
    if not _is_there(connection, tag):
        make_room(connection)
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


def _is_own(connection: sqlite3.Connection, tag: bytes) -> bool:
    found = connection.execute(f"SELECT 1 FROM term WHERE tag = ? AND {_OWN}", (tag,))
    return found.fetchone() is not None


def _own_count(connection: sqlite3.Connection) -> int:
    return int(connection.execute(f"SELECT count(*) FROM term WHERE {_OWN}").fetchone()[0])


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM term WHERE NOT is_removed").fetchone()[0])


def _too_many(terms: int) -> JournalError:
    return JournalError(
        f"{terms} terms of your own would be too many; there may be {MOST_OWN}: every unsure word is compared "
        "with all of them. Take some away: sayso vocabulary remove TERM"
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
    db: Database,
    connection: sqlite3.Connection,
    term: int,
    utterance: int | None,
    heard: str,
    *,
    is_refused: bool = False,
) -> None:
    """What was heard instead of a term; or that it was taken for it, and was itself said. The last word counts."""
    connection.execute(
        "INSERT INTO sounding (term, utterance, sealed, is_refused) VALUES (?, ?, ?, ?)",
        (term, utterance, _closed(db, heard, _sounding_place(term)), is_refused),
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
