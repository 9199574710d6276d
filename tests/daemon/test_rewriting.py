"""Rewriting: the final mends what was typed before it, as far as that is its own to take back."""

from __future__ import annotations

import re

import pytest
from tests.daemon.fakes import of_type
from tests.daemon.hearing import PACE, Desk, heard, spoken

from sayso.events import Committed, Edit, Span, TimedWord, UtteranceCutShort, UtteranceFinished
from sayso.formatter import Formatter, rewrite
from sayso.recogniser import Final, Partial


@pytest.fixture
def desk() -> Desk:
    return Desk(rewrite=True)


def test_a_final_mends_from_the_first_word_on_that_it_has_otherwise(desk: Desk) -> None:
    desk.partials(1, "so it goes on", "so it goes on")
    assert desk.typist.text == "so it goes"
    desk.final(1, "so is goes on")
    assert desk.typist.text == "so is goes on"
    assert desk.typist.edits[-1] == Edit(
        len(" it goes"), " is goes on", (Span(0, 3, (1,)), Span(3, 8, (2,)), Span(8, 11, (3,)))
    )


def test_what_was_typed_as_the_final_has_it_is_left_alone(desk: Desk) -> None:
    desk.partials(1, "so it goes", "so it goes")
    desk.final(1, "so it goes on")
    assert [edit.delete for edit in desk.typist.edits] == [0, 0]


def test_marks_and_capitals_are_mended_as_well_but_are_no_contradiction(desk: Desk) -> None:
    desk.partials(1, "so it goes", "so it goes")
    desk.final(1, "So, it goes.")
    (finished,) = of_type(desk.events, UtteranceFinished)
    assert (desk.typist.text, finished.text, finished.contradicted_words) == ("So, it goes.", "So, it goes.", 0)


def test_what_the_final_mends_is_still_counted_as_contradicted(desk: Desk) -> None:
    desk.partials(1, "so it goes", "so it goes")
    desk.final(1, "so is goes")
    assert of_type(desk.events, UtteranceFinished)[0].contradicted_words == desk.dictation.contradicted == 1


def test_a_final_that_has_less_takes_the_rest_away(desk: Desk) -> None:
    desk.partials(1, "so it goes on", "so it goes on")
    desk.final(1, "so")
    assert desk.typist.edits[-1] == Edit(len(" it goes"), "", ())
    assert of_type(desk.events, UtteranceFinished)[0].text == desk.typist.text == "so"


def test_where_a_final_leaves_nothing_the_next_utterance_begins_as_if_it_had_never_been(desk: Desk) -> None:
    desk.partials(1, "thanks for watching", "thanks for watching")
    desk.final(1, "")
    desk.final(2, "One.")
    assert desk.typist.text == "One."


def test_the_next_utterance_follows_the_text_that_was_mended(desk: Desk) -> None:
    desk.final(1, "One.")
    desk.partials(2, "two or three", "two or three")
    desk.final(2, "Too or")
    desk.final(3, "Three.")
    assert desk.typist.text == "One. Too or Three."


@pytest.mark.parametrize(("rewrite", "deletes"), [(False, True), (True, False)])
def test_without_the_setting_or_where_nothing_can_be_taken_back_words_are_only_added(
    rewrite: bool, deletes: bool
) -> None:
    desk = Desk(rewrite=rewrite, deletes=deletes)
    desk.partials(1, "so it goes", "so it goes")
    desk.final(1, "so is goes on")
    assert desk.typist.text == "so it goes on"
    assert all(edit.delete == 0 for edit in desk.typist.edits)


def test_a_partial_never_mends_anything(desk: Desk) -> None:
    desk.partials(1, "so it goes on", "so it goes on", "so is goes on", "so is goes on")
    assert desk.typist.text == "so it goes"


def test_a_final_within_an_utterance_mends_its_window_and_tells_it_as_committed(desk: Desk) -> None:
    desk.partials(1, "a long story", "a long story")
    desk.final(1, "a wrong story", ends=False)
    assert desk.typist.text == "a wrong story"
    told = of_type(desk.events, Committed)[-1]
    assert (told.edit.delete, told.edit.insert) == (len(" long"), " wrong story")


def test_a_final_within_an_utterance_that_only_takes_away_is_told_too(desk: Desk) -> None:
    desk.partials(1, "a long story", "a long story")
    desk.final(1, "a", ends=False)
    assert desk.typist.text == "a"
    assert of_type(desk.events, Committed)[-1] == Committed(1, Edit(len(" long"), "", ()))


def test_a_final_leaves_the_words_of_earlier_windows_alone(desk: Desk) -> None:
    desk.final(1, "a long story", ends=False)
    later = 10.0
    for _ in range(2):
        desk.dictation.take(Partial(heard(1, "goes on and", start=later)))
    desk.dictation.take(Final(1, heard(1, "grows on", final=True, start=later), True, 12.0))
    assert desk.typist.text == "a long story grows on"
    assert desk.typist.edits[-1].delete == len(" goes on")


def test_what_the_person_took_back_does_not_come_again_and_what_was_typed_since_is_mended(desk: Desk) -> None:
    desk.partials(1, "so it goes on", "so it goes on")
    desk.typist.type(Edit(len(desk.typist.text), ""))
    desk.dictation.correct(UtteranceCutShort(1, ""))
    desk.partials(1, "so it goes on and on", "so it goes on and on")
    assert desk.typist.text == "on and"
    desk.final(1, "so it grows on and in")
    assert desk.typist.text == "on and in"
    assert of_type(desk.events, UtteranceFinished)[0].text == "on and in"


def test_prompt_and_gaps_follow_the_words_as_they_were_mended(desk: Desk) -> None:
    desk.partials(1, "so it goes on", "so it goes on")
    desk.final(1, "so is goes on here", ends=False)
    assert desk.dictation.context(1, 9.0) == "so is goes on here"
    assert len(desk.dictation.gaps) == 4
    desk.final(1, "so is goes on here", ends=True)
    assert desk.dictation.context(2, 3.0) == "so is goes on here"


def test_words_that_a_transform_made_one_go_together_and_are_said_again_together() -> None:
    def line_break(edit: Edit) -> Edit:
        found = re.search(r" new line\b", edit.insert)
        return rewrite(edit, *found.span(), "\n") if found else edit

    desk = Desk(rewrite=True, formatter=Formatter([line_break]))
    desk.partials(1, "so new line then", "so new line then")
    assert desk.typist.text == "so\n"
    desk.final(1, "so new lane then")
    assert desk.typist.text == "so new lane then"
    assert desk.typist.edits[-1].delete == len("\n")
    assert [span.words for span in desk.typist.edits[-1].spans] == [(1,), (2,), (3,)]


def test_a_word_that_may_share_a_character_with_the_one_before_goes_with_it() -> None:
    desk = Desk(rewrite=True)

    def words(*texts: str) -> tuple[TimedWord, ...]:
        return tuple(TimedWord(text, n * PACE, (n + 1) * PACE, 0.9) for n, text in enumerate(texts))

    for _ in range(2):
        desk.dictation.take(Partial(spoken(1, words(" see", " caf", "e", "\u0301", " now"))))
    assert desk.typist.text == "see cafe\u0301"
    desk.dictation.take(Final(1, spoken(1, words(" see", " caf", "e", "\u0302"), final=True), True, 2.0))
    assert desk.typist.text == "see cafe\u0302"
    assert desk.typist.edits[-1].delete == 2
