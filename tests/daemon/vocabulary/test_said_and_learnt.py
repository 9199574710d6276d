"""What is dictated, what the person does with it, and what is learnt of it: terms and rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.commands.window import Window
from tests.daemon.corrections.saying import utterance

from sayso.commands.sources import Grammars
from sayso.corrections import Seen, Source
from sayso.corrections.judgement import judge
from sayso.events import UtteranceSaid
from sayso.journal import Correction, Decision
from sayso.journal.database import Database
from sayso.journal.encoding import dump, load, said_as_json, said_from_json
from sayso.journal.keys import find_key
from sayso.vocabulary import Rule, Term, store
from sayso.vocabulary.learning import learn
from sayso.vocabulary.live import LiveVocabulary

ACCEPTED = Decision.ACCEPTED
NGINX = Rule("engine x", "Nginx", 2, "en")


class Person:
    """Somebody who dictates and corrects.

    Attributes:
        database: what they taught.
        grammars: with what they taught.

    """

    def __init__(self, database: Database, own: Path) -> None:
        self.database = database
        self._live = LiveVocabulary()
        self.grammars = Grammars(lambda _: None, own=lambda _: (own,), learnt=self._live)
        self._said: dict[int, UtteranceSaid] = {}

    def say(self, text: str, confidence: float = 0.8) -> tuple[int, str]:
        """Say something; returns its number and what was typed."""
        self._live.replace(*store.snapshot(self.database))
        window = Window(self.grammars("en"))
        window.say(text, confidence=confidence)
        (said,) = (event for event in window.events if isinstance(event, UtteranceSaid))
        number = len(self._said) + 1
        kept = load(dump(said_as_json(replace(said, utterance=number))), "here")  # as the journal has it
        self._said[number] = said_from_json(kept, "here")
        return number, said.typed.insert

    def correct(self, number: int, text: str, source: Source = Source.IN_PLACE) -> Correction:
        """Write something else there."""
        known = utterance(self._said[number])
        known = replace(
            known, line=replace(known.line, utterance=number), begun=replace(known.begun, utterance=number)
        )
        made = judge(Seen(number, source, text, 1.7e9 + number), known)
        learn(self.database, made, known)
        return made

    def leave(self, number: int) -> Correction:
        """Leave it as it was typed."""
        return self.correct(number, self._said[number].typed.insert, Source.LEFT)

    def teach(self, heard: str, meant: str) -> None:
        """Correct the same in two utterances."""
        for _ in range(2):
            number, _ = self.say(f"we run {heard} here now")
            assert self.correct(number, f"we run {meant} here now", Source.EXPLICIT).decision is ACCEPTED


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "commands.yaml"


@pytest.fixture
def person(tmp_path: Path, own: Path) -> Iterator[Person]:
    with closing(Database(tmp_path, find_key(tmp_path, "file"), write=True)) as database:
        yield Person(database, own)


# ── what a rule or a sound wrote ─────────────────────────────────────────────────────────────────────


def test_a_rule_holds_on_where_what_it_wrote_is_left_or_another_word_is_corrected(person: Person) -> None:
    person.teach("engine x", "Nginx")
    number, typed = person.say("engine X comma works on cooper netties", 0.6)
    assert typed == "Nginx, works on cooper netties"
    left = person.leave(number)
    assert (left.decision, left.target) == (ACCEPTED, "Nginx comma works on cooper netties")
    assert store.rules(person.database) == (NGINX,)
    made = person.correct(number, "Nginx, works on Kubernetes")
    assert (made.decision, made.target) == (ACCEPTED, "Nginx comma works on Kubernetes")
    assert made.changes == (("cooper netties", "Kubernetes"),)
    assert store.rules(person.database) == (NGINX,)


def test_what_sayso_wrote_itself_and_nobody_changed_confirms_no_rule(person: Person) -> None:
    number, _ = person.say("it runs on cooper netties here", 0.5)
    person.correct(number, "it runs on Kubernetes here")
    for _ in range(3):
        number, typed = person.say("it runs on cooper netties here", 0.5)
        assert typed == "it runs on Kubernetes here"
        assert person.leave(number).target == "it runs on Kubernetes here"
    assert [rule.confirmations for rule in store.proposed(person.database)] == [1]
    assert store.terms(person.database)[0].soundings == ("cooper netties",)


@pytest.mark.parametrize("said", ["engine X works here", "the engine X comma works here"])
def test_a_rule_is_undone_where_the_person_puts_back_what_was_heard(person: Person, said: str) -> None:
    person.teach("engine x", "Nginx")
    number, typed = person.say(said, 0.95)
    assert "Nginx" in typed
    made = person.correct(number, typed.replace("Nginx", "engine X"))
    assert (made.decision, made.target, made.changes) == (ACCEPTED, said, ())
    assert store.rules(person.database) == ()
    assert person.say(said, 0.95)[1] == said.replace(" comma", ",")
    person.teach("engine x", "Nginx")
    assert store.rules(person.database) == ()  # for good


def test_where_the_undoing_itself_is_taken_back_the_rule_holds_again(person: Person) -> None:
    person.teach("engine x", "Nginx")
    number, _ = person.say("the engine X works here")
    person.correct(number, "the engine X works here")
    assert store.rules(person.database) == ()
    person.leave(number)
    assert store.rules(person.database) == (NGINX,)


def test_something_else_in_the_place_of_what_a_rule_wrote_is_what_was_heard_there(person: Person) -> None:
    person.teach("engine x", "Nginx")
    number, _ = person.say("the engine X works here")
    made = person.correct(number, "the Enginux works here", Source.EXPLICIT)
    assert (made.decision, made.changes) == (ACCEPTED, (("engine X", "Enginux"),))
    assert Rule("engine x", "Enginux", 1, "en") in store.proposed(person.database)
    assert NGINX in store.rules(person.database)


def test_a_wrong_term_that_was_found_by_its_sound_is_corrected_and_its_sounding_forgotten(person: Person) -> None:
    number, _ = person.say("we asked cubicle here now")
    person.correct(number, "we asked kubectl here now", Source.EXPLICIT)
    assert store.terms(person.database)[0].soundings == ("cubicle",)
    number, typed = person.say("my cubicle is small", 0.4)
    assert typed == "my kubectl is small"
    made = person.correct(number, "my cubicle is small")
    assert (made.decision, made.target) == (ACCEPTED, "my cubicle is small")
    assert store.terms(person.database)[0].soundings == ()
    assert person.say("my cubicle is small", 0.3)[1] == "my cubicle is small"


def test_what_a_second_look_wrote_is_corrected_once(person: Person) -> None:
    number, _ = person.say("we asked cubicle here now")
    person.correct(number, "we asked kubectl here now", Source.EXPLICIT)
    number, _ = person.say("my kubectl is small", 0.8)  # as the recogniser, prompted, has heard it
    made = person.correct(number, "my cubicle is small", Source.EXPLICIT)
    assert (made.decision, made.changes) == (ACCEPTED, (("kubectl", "cubicle"),))
    assert store.terms(person.database)[0].refused == ("cubicle",)
    assert person.say("my cubicle is small", 0.3)[1] == "my cubicle is small"
    assert person.say("use kubicle here", 0.5)[1] == "use kubectl here"


# ── what the person has written goes before ──────────────────────────────────────────────────────────


def test_no_rule_takes_one_of_the_persons_own_terms_over_and_what_was_meant_is_a_term(person: Person) -> None:
    store.add(person.database, Term("Kafka", is_pinned=True))
    person.teach("Kafka", "Kavka")
    assert store.proposed(person.database) == ()
    assert {term.text for term in store.terms(person.database)} == {"Kafka", "Kavka"}
    assert person.say("so Kafka is here", 0.5)[1] == "so Kafka is here"
    assert person.say("so Kavka is here", 0.5)[1] == "so Kavka is here"


def test_a_rule_whose_words_are_a_term_later_holds_no_more(person: Person) -> None:
    person.teach("cubectl", "kubectl")
    assert person.say("so cubectl is here", 0.95)[1] == "so kubectl is here"
    store.add(person.database, Term("Cubectl"))
    assert person.say("so cubectl is here", 0.95)[1] == "so Cubectl is here"


def test_the_persons_own_pattern_goes_before_a_rule(person: Person, own: Path) -> None:
    person.teach("engine x", "Nginx")
    assert person.say("the engine X here")[1] == "the Nginx here"
    own.write_text("patterns: {'engine (\\w)': 'machine \\1'}\n")
    person.grammars.reload(0.25)
    assert person.say("the engine X here")[1] == "the machine X here"


# ── how a term is written ────────────────────────────────────────────────────────────────────────────


def test_the_capital_of_a_sentences_beginning_is_not_of_the_term_until_it_is_seen_elsewhere(
    person: Person,
) -> None:
    number, _ = person.say("Castro flew by the house")
    person.correct(number, "Kestrel flew by the house", Source.EXPLICIT)
    assert [term.text for term in store.terms(person.database)] == ["kestrel"]
    number, _ = person.say("we saw Castrol by the house")
    person.correct(number, "we saw Kestrel by the house", Source.EXPLICIT)
    assert [term.text for term in store.terms(person.database)] == ["Kestrel"]
    number, _ = person.say("Castrels flew by the house")
    person.correct(number, "Kestrel flew by the house", Source.EXPLICIT)
    assert [term.text for term in store.terms(person.database)] == ["Kestrel"]


@pytest.mark.parametrize(
    ("heard", "meant", "term"),
    [
        ("Post grey runs here", "PostGre runs here", "PostGre"),
        ("Cooper Netties runs here", "Kubernetes runs here", "Kubernetes"),  # the recogniser takes it for a name
        ("it was here. Castro flew by", "it was here. Kestrel flew by", "kestrel"),
    ],
)
def test_what_tells_of_a_name_keeps_the_capital(person: Person, heard: str, meant: str, term: str) -> None:
    number, _ = person.say(heard, 0.5)
    assert person.correct(number, meant, Source.EXPLICIT).decision is ACCEPTED
    assert [found.text for found in store.terms(person.database)] == [term]
