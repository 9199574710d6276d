"""The dictation: what the recogniser says becomes edits, and edits become the text that stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.fakes import of_type
from tests.daemon.hearing import PACE, Desk, heard, spoken

from sayso.events import (
    Committed,
    Edit,
    HypothesisChanged,
    UtteranceCutShort,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceMoved,
    WindowFailed,
)
from sayso.recogniser import Dropped, Final, Partial


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_agreed_words_are_typed_while_one_speaks_and_the_rest_with_the_final(desk: Desk) -> None:
    desk.partials(1, "so it", "so it goes")
    assert desk.typist.text == "so it"
    desk.final(1, "so it goes on")
    assert desk.typist.text == "so it goes on"
    assert desk.last == [False, True]
    assert of_type(desk.events, Committed) == [Committed(1, desk.typist.edits[0])]
    assert of_type(desk.events, UtteranceFinished) == [
        UtteranceFinished(1, desk.typist.edits[1], "so it goes on", 2.5, 0)
    ]


def test_a_partial_on_which_nothing_is_agreed_types_nothing_but_shows_its_tail(desk: Desk) -> None:
    desk.partials(1, "so it")
    assert desk.typist.edits == []
    assert desk.events == [HypothesisChanged(1, "", "so it")]


def test_the_tail_is_shown_as_it_would_be_typed_after_what_stands(desk: Desk) -> None:
    desk.partials(1, "so it goes", "so it goes")
    assert desk.events[-1] == HypothesisChanged(1, "so it", " goes")


def test_the_end_is_told_even_where_everything_stood_already(desk: Desk) -> None:
    desk.partials(1, "so it goes", "so it goes")
    desk.final(1, "so it")
    assert desk.typist.edits[-1] == Edit(0, "", ())
    assert desk.last[-1]


def test_utterances_are_separated_by_a_space_and_the_first_is_not_preceded_by_one(desk: Desk) -> None:
    desk.final(1, "One.")
    desk.final(2, "Two.")
    assert desk.typist.text == "One. Two."


def test_an_utterance_begins_as_what_really_stands_before_it_asks_for() -> None:
    for standing, text in (("", "Two."), ("One", " Two.")):
        desk = Desk()
        desk.final(1, "One.")
        desk.dictation.correct(UtteranceCutShort(1, standing))
        desk.final(2, "Two.")
        assert desk.typist.edits[-1].insert == text


def test_what_was_moved_to_another_window_is_followed_there_and_no_longer_where_it_was_for() -> None:
    places = {1: 7, 2: 8, 3: 7}
    desk = Desk(place=places.__getitem__)
    desk.final(1, "One.")
    desk.dictation.correct(UtteranceCutShort(1, "", 7))
    desk.dictation.correct(UtteranceMoved(1, 8, "One."))
    desk.final(2, "Two.")
    desk.final(3, "Three.")
    assert [edit.insert for edit in desk.typist.edits] == ["One.", " Two.", "Three."]


def test_an_utterance_that_is_moved_while_it_is_said_goes_on_there_and_is_followed_there() -> None:
    places = {1: 7, 2: 8, 3: 7}
    desk = Desk(place=places.__getitem__)
    desk.partials(1, "so it goes on", "so it goes on")
    desk.dictation.correct(UtteranceCutShort(1, "so", 7))
    desk.dictation.correct(UtteranceMoved(1, 8, "it goes"))
    desk.final(1, "so it goes on")
    desk.final(2, "and on")
    desk.final(3, "again")
    assert [edit.insert for edit in desk.typist.edits] == ["so it goes", " on", " and on", " again"]


def test_what_is_taken_back_in_one_of_two_windows_still_stands_in_the_other() -> None:
    places = {1: 7, 2: 8, 3: 7}
    desk = Desk(place=places.__getitem__)
    desk.final(1, "One it goes.")
    desk.dictation.correct(UtteranceCutShort(1, "One", 7))
    desk.dictation.correct(UtteranceMoved(1, 8, "it goes."))
    desk.dictation.correct(UtteranceCutShort(1, "", 8))
    desk.final(2, "Two.")
    desk.final(3, "Three.")
    assert [edit.insert for edit in desk.typist.edits[1:]] == ["Two.", " Three."]


def test_taking_back_one_utterance_after_the_other_ends_at_an_empty_window(desk: Desk) -> None:
    for number, text in ((1, "One."), (2, "Two.")):
        desk.final(number, text)
    desk.dictation.correct(UtteranceCutShort(2, ""))
    desk.final(3, "Three.")
    assert desk.typist.edits[-1].insert == " Three."
    for number in (3, 1):
        desk.dictation.correct(UtteranceCutShort(number, ""))
    desk.final(4, "Four.")
    assert desk.typist.edits[-1].insert == "Four."


def test_what_is_said_on_after_its_beginning_was_taken_back_begins_anew_and_is_followed_by_a_separator(
    desk: Desk,
) -> None:
    desk.partials(1, "so it goes", "so it goes")
    desk.dictation.correct(UtteranceCutShort(1, ""))
    desk.final(1, "so it goes on")
    assert of_type(desk.events, UtteranceFinished)[0].text == desk.typist.edits[-1].insert == "goes on"
    desk.final(2, "again")
    assert desk.typist.edits[-1].insert == " again"


def test_an_utterance_in_which_nothing_was_heard_leaves_no_separator(desk: Desk) -> None:
    desk.final(1, "One.")
    desk.final(2, "")
    desk.final(3, "Three.")
    assert desk.typist.text == "One. Three."


def test_the_final_of_a_window_that_was_cut_off_commits_it_and_the_utterance_goes_on(desk: Desk) -> None:
    desk.final(1, "a long story", ends=False)
    assert desk.typist.text == "a long story"
    assert of_type(desk.events, UtteranceFinished) == []
    desk.dictation.take(Final(1, heard(1, "goes on", final=True, start=5.0), True, 7.0))
    assert desk.typist.text == "a long story goes on"
    assert of_type(desk.events, UtteranceFinished)[0].text == "a long story goes on"


def test_gaps_between_committed_words_are_known_while_the_utterance_lasts(desk: Desk) -> None:
    desk.partials(1, "so it goes on", "so it goes on")
    assert [(gap.utterance, gap.start_seconds) for gap in desk.dictation.gaps] == [
        (1, pytest.approx(PACE)),
        (1, pytest.approx(2 * PACE)),
    ]
    desk.final(1, "so it goes on")
    assert desk.dictation.gaps == ()


def test_the_prompt_of_a_new_window_is_what_was_committed_before_it(desk: Desk) -> None:
    desk.partials(1, "so it goes on", "so it goes on")
    assert desk.dictation.context(1, 2 * PACE) == "so it"
    assert desk.dictation.context(1, PACE) == "so"


def test_what_was_said_before_a_decoder_went_astray_is_in_no_prompt_any_more(desk: Desk) -> None:
    desk.final(1, "so it goes on")
    desk.dictation.take(Partial(replace(heard(2, "on and on", start=2.6), resets_prompt=True)))
    assert desk.dictation.context(2, 9.0) == "so it goes on", "a partial has heard too little"
    desk.dictation.take(
        Final(2, replace(heard(2, "on and on", final=True, start=2.6), resets_prompt=True), True, 4.5)
    )
    assert desk.dictation.context(3, 9.0) == ""
    desk.dictation.take(Final(3, heard(3, "again", final=True, start=9.0), True, 9.5))
    assert desk.dictation.context(4, 10.0) == "again"


def test_what_was_said_to_another_window_is_no_context() -> None:
    desk = Desk(place={1: 7, 2: 8, 3: 8, 4: 7}.__getitem__)
    desk.final(1, "so it goes")
    assert desk.dictation.context(2, 2.0) == ""
    desk.final(2, "und weiter")
    assert desk.dictation.context(3, 2.0) == "und weiter"
    assert desk.dictation.context(4, 2.0) == "", "by then it is another matter there, too"


@pytest.mark.parametrize("place", [0, None])
def test_what_was_taken_back_is_in_no_prompt_any_more(desk: Desk, place: int | None) -> None:
    desk.final(1, "so it goes")
    desk.final(2, "soy goat")
    desk.dictation.correct(UtteranceCutShort(2, "", place))
    assert desk.dictation.context(3, 2.6) == "so it goes"
    desk.partials(3, "soy goat bleats", "soy goat bleats")
    desk.dictation.correct(UtteranceCutShort(3, "soy", place))
    assert desk.dictation.context(3, 2.6) == "so it goes soy"
    desk.dictation.correct(UtteranceCutShort(3, "", place))
    desk.final(3, "soy goat bleats on")
    assert desk.dictation.context(4, 2.6) == "so it goes bleats on"


def test_what_was_taken_back_in_another_window_or_in_part_still_was_said(desk: Desk) -> None:
    desk.final(1, "so it goes")
    desk.dictation.correct(UtteranceCutShort(1, "", 8))
    desk.dictation.correct(UtteranceCutShort(1, "so it", 0))
    assert desk.dictation.context(2, 2.6) == "so it goes"


def test_what_goes_on_in_another_window_was_said_all_the_same() -> None:
    desk = Desk(place=lambda _: 7)
    desk.partials(1, "so it goes", "so it goes")
    desk.dictation.correct(UtteranceCutShort(1, "", 7))
    desk.dictation.correct(UtteranceMoved(1, 8, "so it"))
    assert desk.dictation.context(1, 2.6) == "so it"


def test_a_failed_utterance_is_told_and_what_was_typed_stays(desk: Desk) -> None:
    desk.partials(1, "so it goes", "so it goes")
    desk.dictation.take(Final(1, None, True, 2.0))
    assert desk.events[-1] == UtteranceFailed(1)
    assert desk.typist.text == "so it"
    desk.final(2, "again")
    assert desk.typist.text == "so it again"


def test_an_utterance_goes_on_after_a_part_of_it_could_not_be_transcribed_and_that_is_told(desk: Desk) -> None:
    desk.partials(1, "so it goes", "so it goes")
    desk.dictation.take(Final(1, None, False, 2.0))
    assert desk.events[-1] == WindowFailed(1)
    desk.dictation.take(Final(1, heard(1, "again", final=True, start=9.0), True, 9.5))
    assert desk.typist.text == "so it again"
    (finished,) = of_type(desk.events, UtteranceFinished)
    assert finished.text == "so it again"
    assert of_type(desk.events, UtteranceFailed) == []


def test_what_is_believed_to_have_been_said_is_expected_only_where_it_reaches_to_the_end_of_the_voice(
    desk: Desk,
) -> None:
    desk.partials(1, "so it goes on")
    ends = 4 * PACE
    assert desk.dictation.expectation(1, 0.0, ends) == " so it goes on"
    assert desk.dictation.expectation(1, PACE, ends + 0.2) == " it goes on"
    assert desk.dictation.expectation(1, 0.0, ends + 0.4) == "", "there is room for another word"
    assert desk.dictation.expectation(2, 0.0, ends) == ""


def test_a_doubtful_word_is_decoded_again_with_its_window_and_no_later_one(desk: Desk) -> None:
    first, *rest = heard(1, "so it goes").words
    words = (replace(first, confidence=0.1), *rest)
    for _ in range(2):
        desk.dictation.take(Partial(spoken(1, words)))
    assert desk.dictation.expectation(1, 0.0, 3 * PACE) == ""
    assert desk.dictation.expectation(1, PACE, 3 * PACE) == " it goes"


def test_a_dropped_utterance_types_nothing_more(desk: Desk) -> None:
    desk.partials(1, "so it goes", "so it goes")
    desk.dictation.take(Dropped(1))
    assert desk.events[-1] == UtteranceDropped(1)
    assert desk.typist.text == "so it"


def test_what_was_cancelled_while_it_was_still_recognised_is_neither_told_nor_remembered(desk: Desk) -> None:
    desk.partials(1, "so it")
    desk.cancelled = 1
    desk.partials(1, "so it goes")
    desk.final(1, "so it goes", ends=False)
    desk.final(1, "so it goes on")
    assert desk.typist.text == ""
    assert desk.events[1:] == [UtteranceDropped(1)]
    assert desk.dictation.context(2, 3.0) == ""
    desk.final(2, "New.")
    assert desk.typist.text == "New."


def test_committed_words_that_the_final_would_have_otherwise_are_counted_and_left_alone(desk: Desk) -> None:
    desk.partials(1, "so it goes", "so it goes")
    desk.final(1, "so is goes on")
    assert desk.typist.text == "so it goes on"
    assert of_type(desk.events, UtteranceFinished)[0].contradicted_words == 1
    desk.final(2, "fine")
    assert of_type(desk.events, UtteranceFinished)[1].contradicted_words == 0
    assert desk.dictation.contradicted == 1


def test_spans_name_the_words_of_the_utterance_across_its_edits(desk: Desk) -> None:
    desk.partials(1, "so it", "so it goes")
    desk.final(1, "so it goes")
    assert [span.words for edit in desk.typist.edits for span in edit.spans] == [(0,), (1,), (2,)]


TEXTS = st.lists(st.sampled_from(["a", "b", "c,", "d"]), max_size=8).map(" ".join)


@given(
    utterances=st.lists(
        st.tuples(st.lists(TEXTS, max_size=5), st.one_of(TEXTS, st.sampled_from(["drop", "fail"]))), max_size=5
    )
)
def test_whatever_is_heard_nothing_is_deleted_and_what_stands_is_what_was_told(
    utterances: list[tuple[list[str], str]],
) -> None:
    desk = Desk()
    for number, (partials, end) in enumerate(utterances, start=1):
        desk.partials(number, *partials)
        if end == "drop":
            desk.dictation.take(Dropped(number))
        elif end == "fail":
            desk.dictation.take(Final(number, None, True, 1.0))
        else:
            desk.final(number, end)
    assert all(edit.delete == 0 for edit in desk.typist.edits)
    told = [e for e in desk.events if isinstance(e, Committed | UtteranceFinished)]
    assert "".join(event.edit.insert for event in told) == desk.typist.text
    for finished in of_type(desk.events, UtteranceFinished):
        mine = [event.edit.insert for event in told if event.utterance == finished.utterance]
        assert finished.text == "".join(mine)
    assert "  " not in desk.typist.text
    assert not desk.typist.text.startswith(" ")
