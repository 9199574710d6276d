"""Terms and rules that were learnt, in the grammars of the live flow: replaced whole, below the person's own."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.daemon.commands.window import Window

from sayso.commands import Grammar, sources
from sayso.commands.grammar import phrases
from sayso.commands.sources import Grammars, load_grammar, obeyed, with_learnt
from sayso.vocabulary import Rule, Term
from sayso.vocabulary.live import LiveVocabulary, Snapshot

RULE = Rule("engine x", "Nginx", 2, "en")
KUBECTL = Term("kubectl", ("cubicle",), language="en")


def grammars(learnt: LiveVocabulary, *own: Path) -> Grammars:
    return Grammars(lambda _: None, own=lambda _: own, learnt=learnt)


def test_what_was_learnt_holds_from_the_next_utterance_on_and_no_more_when_it_is_gone() -> None:
    learnt = LiveVocabulary()
    all_of_them = grammars(learnt)
    assert Window(all_of_them("en")).say("we run engine X here") == "we run engine X here"
    learnt.replace((KUBECTL,), (RULE,))
    assert Window(all_of_them("en")).say("we run engine X here") == "we run Nginx here"
    assert Window(all_of_them("en")).say("so cubicle is here", confidence=0.4) == "so kubectl is here"
    learnt.replace((), ())
    assert Window(all_of_them("en")).say("we run engine X here") == "we run engine X here"


def test_a_rule_is_held_back_no_longer_than_it_may_still_come() -> None:
    learnt = LiveVocabulary()
    learnt.replace((), (RULE,))
    assert Window(grammars(learnt)("en")).say("the engine is off") == "the engine is off"
    assert Window(grammars(learnt)("en")).say("the engine") == "the engine"


def test_what_is_learnt_in_one_language_holds_in_no_other() -> None:
    learnt = LiveVocabulary()
    learnt.replace((KUBECTL, Term("Anaïs")), (RULE,))
    german = grammars(learnt)("de")
    assert german is not None
    assert [term.text for term in german.terms.terms] == ["Anaïs"]
    assert Window(german).say("das engine x da") == "das engine x da"


def test_in_a_language_without_commands_what_was_learnt_holds_all_the_same() -> None:
    learnt = LiveVocabulary()
    assert grammars(learnt)("haw") is None
    learnt.replace((Term("Anaïs"),), ())
    assert Window(grammars(learnt)("haw")).say("o anaïs") == "o Anaïs"


def test_the_persons_own_replacement_goes_before_a_rule(tmp_path: Path) -> None:
    own = tmp_path / "commands.yaml"
    own.write_text("replacements: {engine x: search engine}\n")
    learnt = LiveVocabulary()
    learnt.replace((), (RULE,))
    assert Window(grammars(learnt, own)("en")).say("the engine X here") == "the search engine here"


def test_nobody_who_asks_for_a_grammar_waits_until_what_was_learnt_is_made_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learnt = LiveVocabulary()
    all_of_them = grammars(learnt)
    before = all_of_them("en")
    making, goes_on = threading.Event(), threading.Event()
    make = sources.with_learnt

    def slowly(grammar: Grammar | None, language: str, snapshot: Snapshot) -> Grammar | None:
        if threading.current_thread() is learner:
            making.set()
            goes_on.wait(10)
        return make(grammar, language, snapshot)

    monkeypatch.setattr(sources, "with_learnt", slowly)
    learner = threading.Thread(target=lambda: learnt.replace((), (RULE,)))
    learner.start()
    assert making.wait(10)
    try:
        assert all_of_them("en") is before
        german = all_of_them("de")
        learnt.replace((KUBECTL,), ())  # what comes later is what holds, whoever is ready first
    finally:
        goes_on.set()
        learner.join(10)
    assert german is not None
    assert Window(all_of_them("en")).say("we run engine X here") == "we run engine X here"
    assert Window(all_of_them("en")).say("so cubicle is here", confidence=0.4) == "so kubectl is here"


def test_a_language_that_is_asked_for_while_another_is_made_ready_has_what_was_learnt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learnt = LiveVocabulary()
    all_of_them = grammars(learnt)
    all_of_them("en")
    make, asked = sources.with_learnt, list[str]()

    def meanwhile(grammar: Grammar | None, language: str, snapshot: Snapshot) -> Grammar | None:
        asked.append(language)
        if len(asked) == 1:
            all_of_them("de")
        return make(grammar, language, snapshot)

    monkeypatch.setattr(sources, "with_learnt", meanwhile)
    learnt.replace((Term("Anaïs"),), ())
    for language in ("en", "de"):
        grammar = all_of_them(language)
        assert grammar is not None
        assert [term.text for term in grammar.terms.terms] == ["Anaïs"]


def test_what_was_learnt_outlives_a_reload() -> None:
    learnt = LiveVocabulary()
    learnt.replace((), (RULE,))
    all_of_them = grammars(learnt)
    all_of_them("en")
    all_of_them.reload(0.25)
    assert Window(all_of_them("en")).say("we run engine X") == "we run Nginx"


def test_a_term_in_small_letters_has_a_capital_only_where_a_sentence_begins() -> None:
    learnt = LiveVocabulary()
    learnt.replace((KUBECTL,), ())
    grammar = grammars(learnt)("en")
    assert (
        Window(grammar).say("we use Cubicle. Cubicle is fine", confidence=0.4) == "we use kubectl. Kubectl is fine"
    )


def test_without_commands_terms_and_rules_are_left_and_nothing_else() -> None:
    learnt = Snapshot((KUBECTL,), (RULE,))
    left = obeyed(with_learnt(load_grammar("en"), "en", learnt), commands=False)
    assert left is not None
    assert [parts for parts, _ in phrases(left.root)] == [("engine", "x")]
    assert Window(left).say("engine X comma new line", confidence=0.5) == "Nginx comma new line"
    assert obeyed(load_grammar("en"), commands=False) is None
    assert obeyed(None, commands=False) is None


def test_a_better_stretch_that_begins_a_word_later_is_the_term() -> None:
    grammar = with_learnt(None, "en", Snapshot((Term("PostgreSQL", ("poster sql",)),)))
    assert Window(grammar).say("with poster SQL today", confidence=0.5) == "with PostgreSQL today"


def test_the_prompt_of_an_utterance_is_of_its_language() -> None:
    learnt = LiveVocabulary()
    learnt.replace((Term("kubectl", (), 50, 1e12, language="en"), Term("Zsófia", is_pinned=True)), ())
    assert grammars(learnt).asking("en", ("mine",)).prompt == ("mine", "Zsófia", "kubectl")
    assert grammars(learnt).asking("de", ()).prompt == ("Zsófia",)
    assert grammars(LiveVocabulary()).asking("haw", ("mine",)).prompt == ("mine",)
