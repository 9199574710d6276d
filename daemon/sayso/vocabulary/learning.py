"""What the person's words are is learnt from what they correct.

A stretch of words that was heard as something else, and has a word in it that is not common, is a term; what
was heard is one of its soundings. One ordinary word in the place of another is none: the other would be taken for
it elsewhere. The same correction of what is not ordinary, in a second utterance, is a rule (`rules`). What the
person puts in the place of a term that was written, by a rule, its sound or a second look, is not taken for it
again, and such a rule is one no more. What an utterance taught is taken back when it is corrected otherwise.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sayso.corrections.undoing import Refused, refused
from sayso.events import UtteranceSaid
from sayso.journal import Correction, Decision, Utterance
from sayso.journal.database import Database
from sayso.vocabulary import Rule, store
from sayso.vocabulary.common_words import is_all_ordinary, is_common, is_everyday, may_be_ordinary
from sayso.vocabulary.matching import MOST_WORDS
from sayso.vocabulary.rules import heard_as, refusal
from sayso.vocabulary.sounds import is_visible, letters, letters_and_signs

LEAST_LETTERS = 2  # of a term
CAPITALISED = frozenset({"de", "lb"})  # languages in which nouns have capitals wherever they stand


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one change of a correction teaches.

    Attributes:
        term: to be known; None for none.
        heard: instead of it.
        rule: that it is evidence of; None for none.
        is_spelt: whether it is known how the term is written: it does not only begin a sentence.
        is_name: the recogniser has given a word within what was heard a capital.

    """

    term: str | None
    heard: str
    rule: Rule | None
    is_spelt: bool = True
    is_name: bool = False


def learn(db: Database, correction: Correction, utterance: Utterance) -> bool:
    """Learn from a correction that counts; from others of the utterance nothing stays. On the journal's thread.

    Returns:
        Whether the vocabulary is another now.

    """
    language = utterance.said.language if utterance.said is not None else ""
    accepted = correction.decision is Decision.ACCEPTED
    lessons = tuple(lessons_of(correction.changes, language)) if accepted else ()
    at_seconds = correction.made_at_seconds or utterance.line.ended_at_seconds
    with db.transaction() as connection:
        before = connection.total_changes
        _unlearn(connection, correction.utterance)
        if accepted and utterance.said is not None and correction.target:
            for one in refused(utterance.said, correction.target):
                _refuse(db, connection, one, utterance)
        for change in correction.changes if accepted else ():
            _refuse_asked(db, connection, change, correction.utterance)
        for lesson in lessons:
            known = _spelt(lesson, correction.target or "", language)
            _take(db, connection, known, correction.utterance, language, at_seconds)
        return connection.total_changes != before


def unlearn(db: Database, utterance: int) -> bool:
    """Take back what an utterance taught: its correction does not count any more.

    Returns:
        Whether the vocabulary is another now.

    """
    with db.transaction() as connection:
        before = connection.total_changes
        _unlearn(connection, utterance)
        return connection.total_changes != before


def note_uses(db: Database, said: UtteranceSaid, at_seconds: float) -> bool:
    """Count the terms that were said in an utterance and written right. Returns whether there were any."""
    words = [letters_and_signs(word) for word in said.typed.insert.split()]
    spans = ((n, end) for n in range(len(words)) for end in range(n + 1, min(len(words), n + MOST_WORDS) + 1))
    tags = {store.term_tag(db, "".join(words[first:end])) for first, end in spans}
    if not tags:
        return False
    with db.transaction() as connection:
        found = connection.execute(
            f"SELECT id FROM term WHERE NOT is_removed AND tag IN ({', '.join('?' * len(tags))})", tuple(tags)
        ).fetchall()
        for (term,) in found:
            store.used(connection, term, at_seconds)
    return bool(found)


def lessons_of(changes: Sequence[tuple[str, str]], language: str) -> Iterator[Lesson]:
    """What the changes of a correction teach: (heard, meant) of each stretch of words that changed."""
    for change in changes:
        heard, meant = _core(*change)
        rule = Rule(heard_as(heard), " ".join(meant.split()).strip(_MARKS), 1, language)
        term = term_of(meant, language) if rule.heard else None
        is_rule = refusal(rule.heard, rule.meant, language) is None
        if term is not None and letters(term) == letters(heard) and not _is_spelling(rule.heard, term, language):
            term = None
        if term is not None and _are_ordinary(rule.heard, term, language):
            term = None
        if term is not None or is_rule:
            is_name = any(word[:1].isupper() for word in heard.split()[1:])
            yield Lesson(term, rule.heard, rule if is_rule else None, is_name=is_name)


def _are_ordinary(heard: str, term: str, language: str) -> bool:
    """Whether one ordinary word stands for another: "plane" for "plain"."""
    is_one = len(heard.split()) == len(term.split()) == 1
    return is_one and may_be_ordinary(heard, language) and is_all_ordinary(term, language)


def _spelt(lesson: Lesson, target: str, language: str) -> Lesson:
    """The lesson without the capital of a sentence's beginning, where nothing tells of a name."""
    term = lesson.term
    if term is None or not term[:1].isupper():
        return lesson
    places = [found.start() for found in re.finditer(re.escape(term), target)]
    if not places or any(not _begins_sentence(target[:at]) for at in places):
        return lesson
    is_name = lesson.is_name or language in CAPITALISED or any(c.isupper() or c.isdecimal() for c in term[1:])
    return replace(lesson, term=term if is_name else term[:1].lower() + term[1:], is_spelt=is_name)


def _begins_sentence(before: str) -> bool:
    plain = before.rstrip(' "“„‘«([{¿¡\n')
    return not plain or plain[-1] in STOPS


def _is_spelling(heard: str, term: str, language: str) -> bool:
    """Whether what was heard right is always written so: "PipeWire" for "pipe wire", no common words."""
    is_name = any(c.isupper() or c.isdecimal() for c in term[1:])
    return is_name and not all(is_everyday(word, language) for word in heard.split())


def _core(heard: str, meant: str) -> tuple[str, str]:
    """A change without the words that both sides begin or end with."""
    before, after = heard.split(), meant.split()
    while before and after and letters(before[0]) == letters(after[0]):
        del before[0], after[0]
    while before and after and letters(before[-1]) == letters(after[-1]):
        del before[-1], after[-1]
    return " ".join(before), " ".join(after)


def term_of(meant: str, language: str) -> str | None:
    """The term in a stretch of words: from its first uncommon word to its last; None where all are common."""
    words = [bare for word in meant.split() if (bare := word.strip(_MARKS))]
    uncommon = [n for n, word in enumerate(words) if _is_uncommon(word, language)]
    if not uncommon:
        return None
    text = " ".join(words[uncommon[0] : uncommon[-1] + 1])
    is_term = uncommon[-1] - uncommon[0] < MOST_WORDS and is_visible(text) and len(text) <= store.MOST_CHARACTERS
    return text if is_term else None


def _is_uncommon(word: str, language: str) -> bool:
    plain = letters(word)
    return len(plain) >= LEAST_LETTERS and not plain.isdecimal() and not is_common(word, language)


def _take(
    db: Database, connection: sqlite3.Connection, lesson: Lesson, utterance: int, language: str, at_seconds: float
) -> None:
    wrong = _term_row(connection, store.term_tag(db, lesson.heard))
    if lesson.rule is not None and wrong is None and not _is_removed_rule(db, connection, lesson):
        store.put_rule(db, connection, lesson.rule, utterance)  # one of the person's terms is never always another
    if lesson.term is None or _is_removed(db, connection, lesson.term):
        return
    is_same = letters_and_signs(lesson.term) == letters_and_signs(lesson.heard)
    if wrong is not None and not is_same and store.has_sounding(db, wrong, lesson.term):
        return  # the term was heard where one of its soundings was said
    tag = store.term_tag(db, lesson.term)
    is_known = _term_row(connection, tag) is not None
    if not is_known and not store.make_room(connection):
        return
    term = store.put_term(db, connection, lesson.term, language)
    if is_known and lesson.is_spelt:
        store.respell(db, connection, term, lesson.term)
    # What is another term is no sounding of this; with its own spelling it is known which utterance taught it.
    store.put_sounding(db, connection, term, utterance, lesson.heard if wrong is None else lesson.term)
    store.used(connection, term, at_seconds)


def _refuse(db: Database, connection: sqlite3.Connection, one: Refused, utterance: Utterance) -> None:
    """A term was written where it was not said: what was heard is never taken for it again.

    Where what was heard is what was said, the rule that made a term of it is undone.
    """
    if (wrong := _term_row(connection, store.term_tag(db, one.term))) is not None:
        store.put_sounding(db, connection, wrong, utterance.line.utterance, one.heard, is_refused=True)
    heard, meant = heard_as(one.heard), heard_as(one.meant)
    if f" {heard} " not in f" {meant} " or utterance.said is None:
        return
    for number, rule in store.numbered_rules(db):
        is_it = rule.heard == heard and letters(rule.meant) == letters(one.term)
        if is_it and rule.language in ("", utterance.said.language):
            state = store.UNDONE.format(utterance.line.utterance)
            connection.execute("UPDATE rule SET state = ? WHERE id = ?", (state, number))


def _refuse_asked(db: Database, connection: sqlite3.Connection, change: tuple[str, str], utterance: int) -> None:
    """The recogniser, asked about a term, has heard it where another word was said: that is not taken for it."""
    heard, meant = (text.split() for text in _core(*change))
    pairs = [(" ".join(heard), " ".join(meant))]
    if len(heard) == len(meant) > 1:
        pairs += zip(heard, meant, strict=True)
    for wrong, right in pairs:
        term = _term_row(connection, store.term_tag(db, wrong))
        if term is not None and letters(right) not in ("", letters(wrong)):
            store.put_sounding(db, connection, term, utterance, heard_as(right), is_refused=True)


def _unlearn(connection: sqlite3.Connection, utterance: int) -> None:
    of_it = "(SELECT term FROM sounding WHERE utterance = ?)"
    terms = [row[0] for row in connection.execute(of_it[1:-1], (utterance,))]
    rules = [
        row[0] for row in connection.execute("SELECT rule FROM rule_evidence WHERE utterance = ?", (utterance,))
    ]
    connection.execute("DELETE FROM sounding WHERE utterance = ?", (utterance,))
    connection.execute("DELETE FROM rule_evidence WHERE utterance = ?", (utterance,))
    connection.execute("UPDATE rule SET state = ? WHERE state = ?", (store.LEARNT, store.UNDONE.format(utterance)))
    connection.executemany(
        "DELETE FROM term WHERE id = ? AND NOT is_pinned AND NOT is_removed "
        "AND NOT EXISTS (SELECT 1 FROM sounding WHERE term = term.id AND NOT is_refused)",
        ((term,) for term in terms),
    )
    connection.executemany(
        "DELETE FROM rule WHERE id = ? AND state = 'learnt' "
        "AND NOT EXISTS (SELECT 1 FROM rule_evidence WHERE rule = rule.id)",
        ((rule,) for rule in rules),
    )


def _term_row(connection: sqlite3.Connection, tag: bytes) -> int | None:
    found = connection.execute("SELECT id FROM term WHERE tag = ? AND NOT is_removed", (tag,)).fetchone()
    return int(found[0]) if found is not None else None


def _is_removed(db: Database, connection: sqlite3.Connection, text: str) -> bool:
    found = connection.execute("SELECT is_removed FROM term WHERE tag = ?", (store.term_tag(db, text),)).fetchone()
    return found is not None and bool(found[0])


def _is_removed_rule(db: Database, connection: sqlite3.Connection, lesson: Lesson) -> bool:
    """Whether the person has taken away what a rule writes, or the rules for what it has heard."""
    if lesson.rule is None:
        return False
    texts = (lesson.rule.meant, *([lesson.term] if lesson.term is not None else []))
    if any(_is_removed(db, connection, text) for text in texts):
        return True
    heard = letters(lesson.rule.heard)
    return any(
        letters(rule.heard) == heard and rule.language == lesson.rule.language for rule in store.removed_rules(db)
    )


STOPS = ".!?…。！？"
_MARKS = ' .,;:!?…"“”„‘«»()[]{}¿¡。，、！？；：'
