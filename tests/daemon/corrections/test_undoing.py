"""From what stands back to what was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.daemon.commands.window import Window
from tests.daemon.corrections.saying import ENGLISH, said, timed

from sayso.commands.grammar import Grammar
from sayso.commands.sources import load_grammar, with_learnt
from sayso.corrections.undoing import believed, heard, recognised, refused, spoken
from sayso.events import Edit, Span, UtteranceSaid
from sayso.formatter import rewrite
from sayso.vocabulary import Rule
from sayso.vocabulary.live import Snapshot

SAYINGS = (
    "we", "meet", "comma", "new line", "question mark", "cap", "Ann.", "at", "seven", "full stop", "all caps",
    "scratch that", "cooper",
)  # fmt: skip
SPOKEN = st.lists(st.sampled_from(SAYINGS), min_size=1, max_size=12).map(" ".join)


@given(SPOKEN)
def test_of_text_that_stands_as_it_was_typed_what_was_said_is_what_was_heard(text: str) -> None:
    one = said(text)
    assert spoken(one.typed.insert, one) == heard(one) == text


@given(st.lists(st.sampled_from([*SAYINGS, "_"]), min_size=1, max_size=12))
@settings(max_examples=40)
def test_so_it_is_of_what_is_committed_word_by_word_while_one_speaks(sayings: list[str]) -> None:
    window = Window(ENGLISH)
    window.say(f"well {' '.join(sayings)}")
    (one,) = (event for event in window.events if isinstance(event, UtteranceSaid))
    assert spoken(one.typed.insert, one) == heard(one)


@pytest.mark.parametrize(
    ("heard_as", "stands", "target"),
    [
        ("run cooper netties comma now", "run Kubernetes, now", "run Kubernetes comma now"),
        ("hello Anne new line how are you", "hello Ann\nHow are you", "hello Ann new line how are you"),
        ("it works full stop see you", "it works. See you", "it works full stop see you"),
        ("see you at ate.", "see you at eight!", "see you at eight."),
        ("see you at ate, Ann", "see you at eight Ann", "see you at eight, Ann"),
        ("cap cooper netties is here", "Kubernetes is here", "cap Kubernetes is here"),
        ("we met at comma seven", "we met today at, seven", "we met today at comma seven"),
        ("we met comma seven", "we met, about seven", "we met comma about seven"),
        ("we met comma seven", "we met there, seven", "we met there comma seven"),
        ("no that is wrong", "no is wrong", "no is wrong"),
        ("we the run it", "we run it", "we run it"),
    ],
)  # fmt: skip
def test_commands_are_said_again_and_what_was_fixed_is_what_was_said(
    heard_as: str, stands: str, target: str
) -> None:
    assert spoken(stands, said(heard_as)) == target


@pytest.mark.parametrize(
    ("heard_as", "stands"),
    [
        ("we met comma seven", "we met karma seven"),  # the command may have been a word
        ("hello new line there", "hello nine there"),
    ],
)
def test_where_a_command_was_changed_it_cannot_be_told_what_was_said(heard_as: str, stands: str) -> None:
    assert spoken(stands, said(heard_as)) is None


@pytest.fixture
def replacing(tmp_path: Path) -> Callable[[str, str], Grammar | None]:
    """English, with one replacement of the person's own."""

    def grammar(heard_as: str, meant: str) -> Grammar | None:
        own = tmp_path / "commands.yaml"
        own.write_text(f"replacements:\n  {heard_as}: {meant}\n", "utf-8")
        return load_grammar("en", (own,))

    return grammar


def test_a_replacement_is_said_as_it_was_said_and_one_that_was_changed_cannot_be_told(
    replacing: Callable[[str, str], Grammar | None],
) -> None:
    one = said("run cube control now", grammar=replacing("cube control", "kubectl"))
    assert one.typed.insert == "run kubectl now"
    assert spoken("run kubectl now", one) == "run cube control now"
    assert spoken("run kubectl today", one) == "run cube control today"
    assert spoken("run kubecfg now", one) is None
    assert spoken("run now", one) is None


def test_a_term_that_was_found_by_its_sound_was_said_and_may_be_corrected(
    replacing: Callable[[str, str], Grammar | None],
) -> None:
    one = said(
        "run cooper netties now", grammar=replacing("cooper netties", "Kubernetes"), vocabulary=("Kubernetes",)
    )
    assert spoken("run Kubernetes now", one) == "run Kubernetes now"
    assert spoken("run Cooper Nettie now", one) == "run Cooper Nettie now"


def test_a_term_that_was_written_in_place_of_what_was_recognised_is_what_was_said() -> None:
    grammar = with_learnt(ENGLISH, "en", Snapshot((), (Rule("cooper netties", "Kubernetes", 2, "en"),)))
    one = said("well, cooper netties, comma runs on ate", grammar=grammar)
    assert one.typed.insert == "well, Kubernetes, runs on ate"
    assert believed(one) == "well, Kubernetes, comma runs on ate"
    assert spoken("well, Kubernetes, runs on eight", one) == "well, Kubernetes, comma runs on eight"
    assert spoken("well, Cooper Nettie, runs on ate", one) == "well, Cooper Nettie, comma runs on ate"
    assert recognised(one, 1, 2) == "cooper netties"
    (found,) = refused(one, "well, Cooper Nettie, comma runs on ate")
    assert (found.heard, found.term, found.meant) == ("cooper netties,", "Kubernetes", "Cooper Nettie")
    assert refused(one, "well, Kubernetes, comma runs on eight") == ()


def test_formatting_that_takes_a_term_together_with_other_words_leaves_what_was_said() -> None:
    grammar = with_learnt(ENGLISH, "en", Snapshot((), (Rule("cooper netties", "Kubernetes", 2, "en"),)))
    one = said("on cooper netties twenty nodes", grammar=grammar)
    typed = rewrite(one.typed, 3, 20, "K8s (20)")
    assert typed.insert == "on K8s (20) nodes"
    assert spoken("on K8s (20) hosts", replace(one, typed=typed)) == "on Kubernetes twenty hosts"


def test_what_formatting_made_is_undone() -> None:
    one = said("it costs twenty five dollars today")
    typed = rewrite(one.typed, 9, 28, "$25")
    one = replace(one, typed=typed)
    assert typed.insert == "it costs $25 today"
    assert spoken("it costs $25 today", one) == "it costs twenty five dollars today"
    assert spoken("it costs $25 tomorrow", one) == "it costs twenty five dollars tomorrow"
    assert spoken("it costs $35 today", one) is None


def test_what_was_typed_by_hand_or_taken_back_in_part_cannot_be_told() -> None:
    one = said("see you at ate")
    for spans in ((Span(0, 14, ()),), (Span(0, 14, (0, 1)),), (Span(0, 7, (0, 1)), Span(7, 14, (1, 2, 3)))):
        assert spoken("see you at eight", replace(one, typed=Edit(0, "see you at ate", spans))) is None


def test_a_language_without_spaces_gets_none() -> None:
    words = tuple(
        replace(word, text=text) for word, text in zip(timed("a b c"), ["我", "今天", "去"], strict=True)
    )
    one = said("", words=words, grammar=None, language="zh")
    assert one.typed.insert == "我今天去"
    assert spoken("我明天去", one) == "我明天去"
    assert spoken("我今天就去", one) == "我今天就去"


@given(SPOKEN, st.text("abc, .\n", max_size=40))
def test_whatever_stands_there_it_is_told_or_not_and_never_fails(text: str, stands: str) -> None:
    target = spoken(stands, said(text))
    assert target is None or target == target.strip()
