"""What is told of an utterance when it ends: every word, and how the text that was typed came of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.daemon.fakes import of_type
from tests.daemon.hearing import Desk, heard

from sayso.commands.sources import load_grammar, with_learnt
from sayso.events import Edit, TermWritten, UtteranceCutShort, UtteranceFailed, UtteranceFinished, UtteranceSaid
from sayso.formatter import Formatter, check_spans, rewrite
from sayso.recogniser import Final
from sayso.vocabulary import Rule, Term
from sayso.vocabulary.live import Snapshot


def one_said(desk: Desk) -> UtteranceSaid:
    (said,) = of_type(desk.events, UtteranceSaid)
    assert isinstance(said, UtteranceSaid)
    check_spans(said.typed)
    return said


def shouted(edit: Edit) -> Edit:
    return replace(edit, insert=edit.insert.upper())


def politely(edit: Edit) -> Edit:
    """A transform that changes lengths."""
    at = edit.insert.upper().find("GO")
    return edit if at < 0 else rewrite(edit, at, at + 2, "WALK")


def with_commands(desk: Desk) -> Desk:
    grammar = load_grammar("en")
    desk.dictation.commands = lambda _utterance, _language: grammar
    return desk


def test_every_word_is_told_with_the_characters_that_it_became() -> None:
    desk = Desk()
    desk.dictation.begins_at = lambda utterance: 10.0 + utterance
    desk.partials(1, "so it goes", "so it goes")
    desk.final(1, "so it goes on")
    said = one_said(desk)
    assert [word.text for word in said.words] == [" so", " it", " goes", " on"]
    assert (said.typed.delete, said.typed.insert) == (0, "so it goes on")
    words = {span.words: said.typed.insert[span.start : span.end].strip() for span in said.typed.spans}
    assert words == {(0,): "so", (1,): "it", (2,): "goes", (3,): "on"}
    assert said.steps == ("so it goes on", "so it goes on")
    assert (said.start_seconds, said.language, said.commands) == (11.0, "en", ())


def test_it_is_told_before_the_last_edit_is_handed_over_and_before_the_end() -> None:
    desk, order = Desk(), []
    deliver = desk.dictation._deliver

    def handed(utterance: int, edit: Edit, last: bool) -> None:
        order.append(("edit", last, bool(of_type(desk.events, UtteranceSaid))))
        deliver(utterance, edit, last)

    desk.dictation._deliver = handed
    desk.partials(1, "so it", "so it goes")
    desk.final(1, "so it goes on")
    assert order == [("edit", False, False), ("edit", True, True)]
    kinds = [type(event) for event in desk.events]
    assert kinds.index(UtteranceSaid) < kinds.index(UtteranceFinished)


def test_the_text_is_told_before_and_after_each_transform() -> None:
    desk = Desk(formatter=Formatter([shouted, politely]))
    desk.partials(1, "so it goes", "so it goes on", "so it goes on and")
    desk.final(1, "so it goes on and on")
    said = one_said(desk)
    assert said.steps == (
        "so it goes on and on",
        "so it goes on and on",
        "SO IT GOES ON AND ON",
        "SO IT WALKES ON AND ON",
    )
    assert said.typed.insert == said.steps[-1] == desk.typist.text


@pytest.mark.parametrize("formatter", [Formatter(), Formatter([shouted])])
def test_words_that_were_commands_are_told_and_what_was_said_has_them(formatter: Formatter) -> None:
    desk = with_commands(Desk(formatter=formatter))
    desk.final(1, "dear Anna comma new line thank you")
    said = one_said(desk)
    assert said.steps[0] == "dear Anna comma new line thank you"
    assert said.steps[1] == "dear Anna,\nThank you"
    assert [said.words[n].text.strip() for n in said.commands] == ["comma", "new", "line"]
    assert said.typed.insert == said.steps[-1] == desk.typist.text


def test_terms_that_were_written_in_place_of_what_was_recognised_are_told() -> None:
    desk = Desk()
    learnt = Snapshot((Term("kubectl"),), (Rule("engine x", "Nginx", 2, "en"),))
    grammar = with_learnt(load_grammar("en"), "en", learnt)
    desk.dictation.commands = lambda _utterance, _language: grammar
    desk.final(1, "engine X. Comma Kubectl runs")
    said = one_said(desk)
    assert said.typed.insert == "Nginx, kubectl runs"
    assert said.terms == (TermWritten(0, 2, "Nginx"), TermWritten(3, 4, "kubectl"))
    assert said.commands == (2,)


def test_of_what_was_taken_back_within_an_utterance_only_the_rest_is_told_as_typed() -> None:
    desk = with_commands(Desk(formatter=Formatter([shouted])))
    desk.final(1, "this is wrong. Scratch that. This is right.")
    said = one_said(desk)
    assert said.steps == (
        "this is wrong. Scratch that. This is right.",
        "This is right.",
        "THIS IS RIGHT.",
    )
    assert said.typed.insert == desk.typist.text == "THIS IS RIGHT."


def test_what_stood_before_the_person_took_a_part_back_has_no_words_any_more() -> None:
    desk = Desk(formatter=Formatter([shouted]))
    desk.partials(1, "so it goes on", "so it goes on")
    desk.dictation.correct(UtteranceCutShort(1, "SO"))
    desk.final(1, "so it goes on")
    said = one_said(desk)
    assert said.typed.insert == "SO" + desk.typist.edits[-1].insert
    assert said.typed.spans[0].words == ()
    assert said.steps[0] == "so it goes on"


def test_where_the_end_was_not_recognised_nothing_is_told_as_said() -> None:
    desk = Desk()
    desk.partials(1, "so it goes", "so it goes")
    desk.dictation.take(Final(1, None, True, 2.5))
    assert of_type(desk.events, UtteranceFailed) == [UtteranceFailed(1)]
    assert of_type(desk.events, UtteranceSaid) == []


def test_the_prompt_is_that_of_the_final_decode() -> None:
    desk = Desk()
    final = replace(heard(1, "so it goes", final=True), prompt="before", vocabulary=("Łódź",))
    desk.partials(1, "so it goes")
    desk.dictation.take(Final(1, final, True, 2.5))
    assert (one_said(desk).prompt, one_said(desk).vocabulary) == ("before", ("Łódź",))


def test_each_utterance_is_told_alone() -> None:
    desk, told = Desk(), list[str]()
    say: Callable[[int, str], None] = desk.final
    for number, text in ((1, "One."), (2, "Two.")):
        say(number, text)
        told.append(of_type(desk.events, UtteranceSaid)[-1].typed.insert)
    assert told == ["One.", " Two."]
