"""Whatever is said and however it is cut into commits: text is only added, and every word is in it once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.commands.window import Window, timed

from sayso.commands import Grammar, Interpretation, Standing, interpret
from sayso.commands.grammar import Branch
from sayso.commands.patterns import pattern
from sayso.commands.sources import languages, load_grammar
from sayso.events import Edit, TimedWord
from sayso.formatter import difference, joined
from sayso.typist.recording import RecordingTypist
from sayso.vocabulary import Term
from sayso.vocabulary.matching import NO_TERMS, Known
from sayso.vocabulary.sounds import sounds_of


def whole(language: str) -> Grammar:
    grammar = load_grammar(language)
    assert grammar is not None
    own = (pattern(r"(\d+) per ?cent", r"\1 %"), pattern("foo( bar)* end", "F"))
    return replace(grammar, patterns=own, terms=Known((Term("Kubernetes"), Term("new liner")), sounds_of("en")))


GRAMMARS = {language: whole(language) for language in languages()}
ENGLISH = GRAMMARS["en"]
ADDING = (
    "hello world new line full stop period comma dash question mark open quote close bracket cap all caps on off"
    " no space spell alpha x A-B numeral twenty three and 5 point literally literally a the foo bar end per cent"
    " Cooper netties I"
)
TAKING = "scratch that undo that"
MARKS = st.sampled_from(["", "", "", ",", ".", "?", "…", '"', " -"])
PIECES = st.one_of(st.sampled_from(ADDING.split()), st.text(max_size=4))


def words_of(vocabulary: st.SearchStrategy[str]) -> st.SearchStrategy[list[TimedWord]]:
    sound = st.tuples(
        st.sampled_from([" ", " ", " ", "", " -"]),
        vocabulary,
        MARKS,
        st.sampled_from([0.0, 0.0, 0.1, 0.3, 0.6]),
        st.sampled_from([0.1, 0.3, 0.9]),
        st.sampled_from([0.3, 0.9]),
        st.booleans(),
    )

    def timed(sounds: list[tuple[str, str, str, float, float, float, bool]]) -> list[TimedWord]:
        words, at = [], 0.0
        for lead, text, marks, gap, length, confidence, capital in sounds:
            at += gap
            said = text.capitalize() if capital else text
            words.append(TimedWord(f"{lead}{said}{marks}", at, at + length, confidence))
            at += length
        return words

    return st.lists(sound, max_size=14).map(timed)


BEFORE = st.sampled_from([(), (Standing("End.", "."),), (Standing("x,\n"),), (Standing("a"), Standing("b."))])


@given(
    words=words_of(PIECES),
    cuts=st.lists(st.integers(0, 14), max_size=6),
    before=BEFORE,
    language=st.sampled_from(languages()),
)
def test_without_taking_back_text_is_only_added_and_it_is_the_same_however_the_words_come(
    words: list[TimedWord], cuts: list[int], before: tuple[Standing, ...], language: str
) -> None:
    grammar = GRAMMARS[language]
    at_once = interpret(grammar, words, Interpretation.begin(before), closed=True, trims=True)
    state, typed = Interpretation.begin(before), ""
    for cut in sorted(cut for cut in cuts if cut < len(words)):
        state = interpret(grammar, words[:cut], state, closed=False, trims=True)
        assert state.text.startswith(typed)
        typed = state.text
    state = interpret(grammar, words, state, closed=True, trims=True)
    assert state.text.startswith(typed)
    assert state.text == at_once.text
    assert (state.trimmed, state.manner, state.ended) == (at_once.trimmed, at_once.manner, at_once.ended)
    assert [word for piece in state.pieces for word in piece.words] == list(range(len(words)))


@given(words=words_of(st.one_of(PIECES, st.sampled_from(TAKING.split()))), deletes=st.booleans(), before=BEFORE)
def test_edits_make_what_is_meant_and_take_back_no_more_than_was_typed(
    words: list[TimedWord], deletes: bool, before: tuple[Standing, ...]
) -> None:
    typist, state, standing = RecordingTypist(), Interpretation.begin(before), Edit(0, "")
    for count in range(1, len(words) + 1):
        after = interpret(
            ENGLISH, words[:count], state, closed=count == len(words), deletes=deletes, trims=deletes
        )
        edit, _ = difference(standing, state.pieces, after.pieces)
        assert deletes or edit.delete == 0
        typist.type(edit)
        standing = joined(standing, edit)
        assert typist.text == after.text == standing.insert
        said = [word for span in standing.spans for word in span.words]
        assert said == list(range(after.taken))
        state = after


@given(
    texts=st.lists(st.text(max_size=40), max_size=4), deletes=st.booleans(), language=st.sampled_from(languages())
)
def test_no_text_whatever_breaks_the_dictation(texts: list[str], deletes: bool, language: str) -> None:
    window = Window(GRAMMARS[language], deletes=deletes)
    window.say(*texts)


UTTERANCE = words_of(st.one_of(PIECES, st.sampled_from(TAKING.split())))


@given(utterances=st.lists(UTTERANCE, max_size=4), rewriting=st.booleans())
def test_the_window_has_what_was_told_utterance_by_utterance(
    utterances: list[list[TimedWord]], rewriting: bool
) -> None:
    window = Window(ENGLISH)
    window.dictation.rewrite = rewriting
    for words in utterances:
        window.number += 1
        for count in range(1, len(words) + 1, 3):
            for _ in range(2):
                window.hear(words[:count], final=False)
        window.hear(words[: len(words) - 1] if rewriting else words, final=True)


@given(words=words_of(PIECES))
def test_without_a_grammar_words_stand_as_they_were_said(words: list[TimedWord]) -> None:
    said = interpret(None, words, Interpretation(), closed=True)
    no_commands = replace(ENGLISH, root=Branch(), patterns=(), terms=NO_TERMS)
    assert said.text == interpret(no_commands, words, Interpretation(), closed=True).text


@pytest.mark.parametrize(
    ("said", "stands", "held"),
    [("so new", "so", " new"), ("so, new", "so", ", new"), ("so,", "so", ","), ("numeral twenty", "", "20")],
)
def test_a_word_that_may_begin_a_command_is_held_back_and_shown_as_what_may_still_change(
    said: str, stands: str, held: str
) -> None:
    state = interpret(ENGLISH, timed(said), Interpretation(), closed=False)
    assert state.text == stands
    shown = interpret(ENGLISH, timed(said), state, closed=True)
    assert shown.text == stands + held
