"""What is corrected is learnt, kept sealed in the journal, and taken back when it does not count any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sayso.config.kinds import MOST_TERM_CHARACTERS
from sayso.errors import JournalError
from sayso.events import Edit, TimedWord, UtteranceSaid
from sayso.journal import Begun, Correction, Decision, Line, Outcome, Utterance
from sayso.journal.database import Database
from sayso.journal.keys import find_key
from sayso.vocabulary import Rule, Term, store
from sayso.vocabulary.learning import learn, lessons_of, note_uses, term_of, unlearn
from sayso.vocabulary.matching import Known
from sayso.vocabulary.sounds import Sounds

NOW = 1_800_000_000.0


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path, find_key(tmp_path, "file"), write=True)) as database:
        yield database


def utterance(number: int, text: str, *, language: str = "en") -> Utterance:
    words = tuple(TimedWord(f" {word}", n, n + 1, 0.9) for n, word in enumerate(text.split()))
    said = UtteranceSaid(number, 0.0, words, language, (text, text), Edit(0, text))
    line = Line(number, NOW, Outcome.DELIVERED, 3.0, "", text, text, len(words), "", 0.0, has_audio=True)
    return Utterance(line, Begun(number, NOW, learns=True), said)


def correction(number: int, *changes: tuple[str, str], accepted: bool = True) -> Correction:
    decision = Decision.ACCEPTED if accepted else Decision.DOUBTFUL
    return Correction(number, "explicit", 1.0, decision, (), "", "", changes, made_at_seconds=NOW + number)


def correct(db: Database, number: int, *changes: tuple[str, str], language: str = "en") -> bool:
    heard = utterance(number, " ".join(heard for heard, _ in changes), language=language)
    return learn(db, correction(number, *changes), heard)


def test_a_word_that_is_not_common_is_a_term_and_what_was_heard_its_sounding(db: Database) -> None:
    assert correct(db, 1, ("Cubicle.", "kubectl"))
    assert store.terms(db) == (Term("kubectl", ("cubicle",), 1, NOW + 1, language="en"),)
    assert correct(db, 2, ("Cuba cattle", "kubectl"))
    assert store.terms(db) == (Term("kubectl", ("cuba cattle", "cubicle"), 2, NOW + 2, language="en"),)


def test_common_words_are_no_terms_and_marks_and_common_words_around_one_are_not_of_it(db: Database) -> None:
    assert not correct(db, 1, ("there", "their"), ("of", "off"))
    assert store.snapshot(db) == ((), ())
    assert term_of('the "Grafana Loki", please', "en") == "Grafana Loki"
    assert term_of("to 2024", "en") is None


def test_a_name_that_was_heard_right_and_is_written_otherwise_is_a_term_common_words_are_not(db: Database) -> None:
    correct(db, 1, ("pipe wire", "PipeWire"), ("every day", "everyDay"), ("tense", "Tense"))
    assert [(term.text, term.soundings) for term in store.terms(db)] == [("PipeWire", ("pipe wire",))]
    unlearn(db, 1)
    assert store.terms(db) == ()


def test_words_that_both_sides_have_around_a_change_are_not_of_it() -> None:
    (lesson,) = lessons_of([("ask the cubicle", "ask the kubectl")], "en")
    assert (lesson.term, lesson.heard) == ("kubectl", "cubicle")


def test_the_same_twice_is_a_rule_and_the_same_utterance_twice_is_once(db: Database) -> None:
    correct(db, 1, ("engine X", "Nginx"))
    correct(db, 1, ("engine X", "Nginx"))
    assert store.rules(db) == ()
    correct(db, 2, ("Engine x,", "Nginx"))
    assert store.rules(db) == (Rule("engine x", "Nginx", 2, "en"),)


def test_common_words_are_never_a_rule_however_often_they_are_corrected(db: Database) -> None:
    for number in range(1, 6):
        correct(db, number, ("there", "their"), ("new year", "Nguyen"))
    assert store.rules(db) == ()
    assert [term.text for term in store.terms(db)] == ["Nguyen"]  # asked about, and never put in unasked


def test_what_is_not_accepted_teaches_nothing_and_takes_back_what_the_utterance_taught(db: Database) -> None:
    correct(db, 1, ("cubicle", "kubectl"))
    assert learn(db, correction(1, ("cubicle", "kubectl"), accepted=False), utterance(1, "cubicle"))
    assert store.snapshot(db) == ((), ())


def test_a_second_correction_of_an_utterance_takes_the_place_of_the_first(db: Database) -> None:
    correct(db, 1, ("cubicle", "kubektl"))
    correct(db, 1, ("cubicle", "kubectl"))
    assert [term.text for term in store.terms(db)] == ["kubectl"]


def test_what_an_utterance_taught_can_be_taken_back_and_what_others_taught_stays(db: Database) -> None:
    correct(db, 1, ("cubicle", "kubectl"))
    correct(db, 2, ("cuba cattle", "kubectl"))
    assert unlearn(db, 2)
    assert [term.soundings for term in store.terms(db)] == [("cubicle",)]
    assert unlearn(db, 1)
    assert store.terms(db) == ()
    assert not unlearn(db, 1)


def test_a_term_that_was_written_where_another_word_was_said_loses_that_sounding(db: Database) -> None:
    correct(db, 1, ("cubicle", "kubectl"))
    correct(db, 2, ("kubectl", "cubicle"))  # the recogniser, prompted, wrote the term
    (term,) = store.terms(db)
    assert (term.text, term.soundings, term.refused) == ("kubectl", (), ("cubicle",))
    unlearn(db, 2)
    assert [term.soundings for term in store.terms(db)] == [("cubicle",)]
    correct(db, 2, ("the kubectl", "the cubicle"))
    correct(db, 3, ("cubicle", "kubectl"))  # the last word counts
    assert [(term.soundings, term.refused) for term in store.terms(db)] == [(("cubicle",), ())]


@pytest.mark.parametrize(
    ("heard", "meant"), [("plane", "plain"), ("night", "knight"), ("fairy", "ferry"), ("Jeff", "Geoff")]
)
def test_an_ordinary_word_in_the_place_of_another_is_neither_a_term_nor_a_rule(
    db: Database, heard: str, meant: str
) -> None:
    for number in (1, 2, 3):
        assert not correct(db, number, (heard, meant))
    assert store.snapshot(db) == ((), ())


@pytest.mark.parametrize("removed", ["Postgres", "postgres", "post gress"])
def test_what_was_removed_comes_back_by_no_correction(db: Database, removed: str) -> None:
    for number in (1, 2):
        correct(db, number, ("post gress", "Postgres"))
    store.remove(db, "Postgres") if removed != "post gress" else store.remove(db, removed, "Postgres")
    for number, heard in enumerate(
        ("post gress", "post gress", "post grass", "post grass", "Post-gress"), start=3
    ):
        correct(db, number, (heard, "Postgres"))
        correct(db, number + 10, (heard, "the POSTGRES"))
    assert store.snapshot(db) == ((), ())


def test_the_rules_for_what_was_heard_stay_removed_whatever_is_meant(db: Database) -> None:
    for number in (1, 2):
        correct(db, number, ("engine x", "Nginx"))
    store.remove(db, "engine x")
    for number in (3, 4):
        correct(db, number, ("engine x", "NGINX"))
        correct(db, number + 10, ("engine x", "Enginux"))
    assert store.rules(db) == ()


def test_what_a_term_was_heard_as_wrongly_is_removed_for_good_and_the_term_stays(db: Database) -> None:
    correct(db, 1, ("one", "Siobhan"))
    correct(db, 2, ("shove on", "Siobhan"))
    store.remove(db, "One")
    for again in (1, 2, 3):
        assert [(term.text, term.soundings, term.refused) for term in store.terms(db)] == [
            ("Siobhan", ("shove on",), ("one",))
        ]
        correct(db, again, ("shove on" if again == 2 else "one", "Siobhan"))
    for number in (1, 2, 3):
        unlearn(db, number)
    assert store.terms(db) == ()
    correct(db, 4, ("one", "Siobhan"))  # learnt anew
    assert [(term.soundings, term.refused) for term in store.terms(db)] == [((), ("one",))]
    words = [TimedWord(" one", 0, 1, 0.2)]
    assert not Known(store.terms(db), Sounds("en", None)).may_replace(words, "Siobhan")


def test_a_term_that_is_removed_is_not_taken_from_what_another_was_heard_as(db: Database) -> None:
    store.add(db, Term("Loki", ("low key",)))
    store.add(db, Term("low key"))
    store.remove(db, "low key")
    assert [(term.text, term.soundings) for term in store.terms(db)] == [("Loki", ("low key",))]
    store.remove(db, "low key")
    assert [(term.text, term.soundings, term.refused) for term in store.terms(db)] == [("Loki", (), ("low key",))]


def test_what_cannot_be_removed_takes_nothing_else_away(db: Database) -> None:
    store.add(db, Term("kubectl"))
    with pytest.raises(JournalError, match="neither a term nor a rule 'nothing'"):
        store.remove(db, "kubectl", "nothing")
    assert [term.text for term in store.terms(db)] == ["kubectl"]


def test_a_rule_that_was_learnt_of_ordinary_words_before_they_were_known_holds_no_more(db: Database) -> None:
    with db.transaction() as connection:
        for number in (1, 2):
            store.put_rule(db, connection, Rule("steak", "stake", 1, "en"), number)
            store.put_rule(db, connection, Rule("kubicle", "kubectl", 1, "en"), number)
    assert [rule.heard for rule in store.rules(db)] == ["kubicle"]
    assert [rule.heard for rule in store.proposed(db)] == ["kubicle"]


def test_a_term_that_was_removed_is_not_learnt_again_unless_it_is_added_by_hand(db: Database) -> None:
    correct(db, 1, ("cubicle", "kubectl"))
    correct(db, 2, ("cubicle", "kubectl"))
    store.remove(db, "Kubectl")
    assert store.snapshot(db) == ((), ())
    correct(db, 3, ("cubicle", "kubectl"))
    assert store.terms(db) == ()
    store.add(db, Term("kubectl"))
    assert [term.text for term in store.terms(db)] == ["kubectl"]


def test_a_term_added_by_hand_stays_when_what_else_taught_it_is_taken_back(db: Database) -> None:
    store.add(db, Term("kubectl"))
    correct(db, 1, ("cubicle", "kubectl"))
    unlearn(db, 1)
    assert [(term.text, term.soundings) for term in store.terms(db)] == [("kubectl", ())]


def test_terms_are_pinned_and_unpinned_and_what_is_not_there_is_said(db: Database) -> None:
    store.add(db, Term("kubectl"))
    store.pin(db, "kubectl")
    assert store.terms(db)[0].is_pinned
    store.pin(db, "kubectl", is_pinned=False)
    assert not store.terms(db)[0].is_pinned
    with pytest.raises(JournalError, match="no term 'nothing'"):
        store.pin(db, "nothing")
    with pytest.raises(JournalError, match="neither a term nor a rule 'nothing'"):
        store.remove(db, "nothing")


def test_a_text_file_of_terms_is_taken_whole_or_not_at_all(db: Database) -> None:
    store.add(db, Term("kubectl"))
    assert store.import_terms(db, ["  Grafana   Loki ", "Kubectl", "עברית"]) == 2
    assert {term.text for term in store.terms(db)} == {"kubectl", "Grafana Loki", "עברית"}
    for wrong in ("...", "x" * 200, "a\0b"):
        with pytest.raises(JournalError, match="is no term"):
            store.import_terms(db, ["fine", wrong])
    with pytest.raises(JournalError, match="too many"):
        store.import_terms(db, [f"term {n}" for n in range(store.MOST_OWN)])
    assert len(store.terms(db)) == 3


def test_there_are_never_more_terms_than_are_looked_for_in_time(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_TERMS", 3)
    monkeypatch.setattr(store, "MOST_OWN", 2)
    store.add(db, Term("Grafana"))
    for number, term in enumerate(("kubectl", "Nginx", "etcd"), start=1):
        correct(db, number, (f"misheard {number}", term))
    assert {term.text for term in store.terms(db)} == {"Grafana", "Nginx", "etcd"}  # said longest ago: forgotten
    store.add(db, Term("Loki"))
    assert {term.text for term in store.terms(db)} == {"Grafana", "Loki", "etcd"}
    with pytest.raises(JournalError, match="3 terms of your own would be too many; there may be 2"):
        store.add(db, Term("Tempo"))
    store.add(db, Term("grafana"))  # it is there
    correct(db, 9, ("misheard 9", "Quarkus"))  # there is always room for what is learnt
    assert {term.text for term in store.terms(db)} == {"grafana", "Loki", "Quarkus"}


def test_a_term_that_is_added_again_is_written_as_it_is_given_now(db: Database) -> None:
    correct(db, 1, ("castle", "Kestrel"))
    store.add(db, Term("kestrel"))
    assert [term.text for term in store.terms(db)] == ["kestrel"]
    store.remove(db, "kestrel")
    store.add(db, Term("KESTREL"))
    assert [term.text for term in store.terms(db)] == ["KESTREL"]
    correct(db, 2, ("castle", "Kestrel"))  # what is learnt does not spell what was added by hand
    assert [term.text for term in store.terms(db)] == ["KESTREL"]


def test_terms_that_differ_by_a_sign_are_several(db: Database) -> None:
    for text in ("C++", "C#", "C"):
        store.add(db, Term(text))
    assert {term.text for term in store.terms(db)} == {"C++", "C#", "C"}
    store.remove(db, "c#")
    assert store.import_terms(db, ["C#", "c++"]) == 1


def test_a_term_is_as_long_as_one_of_the_settings_may_be(db: Database) -> None:
    store.add(db, Term("x" * MOST_TERM_CHARACTERS))
    with pytest.raises(JournalError, match="at most 60"):
        store.add(db, Term("x" * (MOST_TERM_CHARACTERS + 1)))


def test_a_term_of_two_languages_is_one_of_any(db: Database) -> None:
    correct(db, 1, ("cubicle", "kubectl"))
    correct(db, 2, ("kubikel", "kubectl"), language="de")
    assert [term.language for term in store.terms(db)] == [""]


def test_uses_are_counted_where_a_term_was_written(db: Database) -> None:
    correct(db, 1, ("loci", "Grafana Loki"))
    heard = utterance(2, "x").said
    assert heard is not None
    said = replace(heard, typed=Edit(0, "Ask grafana loki, please."))
    assert note_uses(db, said, NOW + 50)
    assert not note_uses(db, replace(said, typed=Edit(0, "")), NOW)
    assert not note_uses(db, replace(said, typed=Edit(0, "Ask somebody else.")), NOW)
    assert [(term.uses, term.last_used_seconds) for term in store.terms(db)] == [(2, NOW + 50)]


def test_nothing_of_the_vocabulary_lies_on_disk_in_plain(db: Database, tmp_path: Path) -> None:
    correct(db, 1, ("quixotry", "Quetzaltenango"))
    correct(db, 2, ("quixotry", "Quetzaltenango"))
    store.add(db, Term("Yggdrasil"))
    data = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).lower()
    assert len(data) > 10_000
    assert not [word for word in (b"quixotry", b"quetzaltenango", b"yggdrasil") if word in data]


def test_a_damaged_row_is_left_out_and_the_others_are_as_they_were(db: Database) -> None:
    correct(db, 1, ("cubicle", "kubectl"))
    store.add(db, Term("Grafana"))
    db.connection.execute("UPDATE term SET sealed = zeroblob(40) WHERE id = 1")
    assert [term.text for term in store.terms(db)] == ["Grafana"]
