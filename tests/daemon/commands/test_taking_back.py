"""What "scratch that" and "undo that" take back, and what they leave alone."""

from __future__ import annotations

from tests.daemon.commands.window import Window, timed
from tests.daemon.fakes import of_type

from sayso.commands.sources import load_grammar
from sayso.dictation import Dictation
from sayso.events import (
    Committed,
    Event,
    HypothesisChanged,
    Problem,
    ProblemCleared,
    ProblemName,
    UtteranceCutShort,
    UtteranceFailed,
)
from sayso.formatter import Formatter
from sayso.recogniser import Final
from sayso.typist.delivery import Delivery
from sayso.typist.recording import RecordingTypist

GRAMMAR = load_grammar("en")


def test_what_was_typed_since_the_last_pause_goes_by_backspaces() -> None:
    window = Window(GRAMMAR)
    window.say("keep this _ but not that _ scratch that _ and this")
    assert window.text == "keep this and this"
    assert sum(edit.delete for edit in window.edits) == len(" but not that")


def test_the_utterance_before_is_taken_back_where_this_one_has_typed_nothing() -> None:
    window = Window(GRAMMAR)
    window.say("One.", "Two.", "Scratch that.")
    assert window.texts == {1: "One.", 2: "", 3: ""}
    assert all(edit.delete == 0 for edit in window.edits)


def test_its_own_text_goes_before_that_of_the_utterance_before() -> None:
    window = Window(GRAMMAR)
    window.say("One.", "two _ undo that _ undo that _ three")
    assert window.text == "three"
    told = [event.edit.delete for event in of_type(window.events, Committed)]
    assert [delete for delete in told if delete] == [len(" two")]


def test_what_cannot_be_deleted_stays_and_that_is_told_once_until_the_next_utterance() -> None:
    window = Window(GRAMMAR, deletes=False)
    window.say("this is wrong _ scratch that _ and _ scratch that _ so on")
    assert window.text.startswith("this is wrong")
    assert all(edit.delete == 0 for edit in window.edits)
    (problem,) = of_type(window.events, Problem)
    assert problem.name is ProblemName.TYPIST_FAILED
    assert "by hand" in problem.message
    window.say("next")
    assert of_type(window.events, ProblemCleared) == [ProblemCleared(ProblemName.TYPIST_FAILED)]


def test_what_was_not_typed_yet_needs_no_deleting() -> None:
    window = Window(GRAMMAR, deletes=False)
    window.number = 1
    window.hear(timed("this is wrong _ scratch that _ this is right"), final=True)
    assert window.text == "this is right"
    assert of_type(window.events, Problem) == []


def test_what_the_person_took_back_is_not_taken_back_again_and_held_back_words_still_come() -> None:
    window = Window(GRAMMAR)
    window.number = 1
    for _ in range(2):
        window.hear(timed("so it goes new line"), final=False)
    assert window.text == "so it goes"  # "new" is held back, and "line" is the last word
    window.undo(1)
    window.hear(timed("so it goes new line then"), final=True)
    assert window.text == "\nThen"


def test_what_would_be_typed_is_shown_while_it_may_still_change() -> None:
    window = Window(GRAMMAR)
    window.number = 1
    window.hear(timed("hello comma world"), final=False)
    assert of_type(window.events, HypothesisChanged)[-1] == HypothesisChanged(1, "", "hello, world")


def test_nothing_is_shown_where_the_tail_would_take_something_back() -> None:
    window = Window(GRAMMAR)
    window.number = 1
    for _ in range(2):
        window.hear(timed("this is wrong _ scratch that"), final=False)
    shown = of_type(window.events, HypothesisChanged)[-1]
    assert (shown.stable, shown.unstable) == ("this is wrong", "")


def test_a_final_that_rewrites_decides_anew_what_was_a_command() -> None:
    window = Window(GRAMMAR)
    window.dictation.rewrite = True
    window.number = 1
    for _ in range(2):
        window.hear(timed("so new line then it"), final=False)
    assert window.text == "so\nThen"
    window.hear(timed("so new lane then it"), final=True)
    assert window.text == "so new lane then it"


def test_an_earlier_utterance_that_rewriting_asks_for_twice_is_taken_back_once() -> None:
    window = Window(GRAMMAR)
    window.dictation.rewrite = True
    window.say("One.", "Two.")
    window.number += 1
    start = window.now
    for _ in range(2):
        window.hear(timed("scratch that _ so it goes", start=start), final=False)
    window.hear(timed("scratch that _ so is goes", start=start), final=True)
    assert window.text == "One. so is goes"


def test_the_end_of_the_utterance_before_is_trimmed_once() -> None:
    window = Window(GRAMMAR)
    trimmed: list[int] = []
    window.dictation._trim = lambda _, count: trimmed.append(count)
    window.say("Hello.", "Comma. My dear. Comma. So")
    assert trimmed == [1]
    window.dictation.correct(UtteranceCutShort(1, "Hello"))


def test_a_grammar_is_asked_for_once_an_utterance_by_its_number_and_language() -> None:
    window = Window(GRAMMAR)
    asked: list[tuple[int, str]] = []

    def grammar_for(utterance: int, language: str) -> None:
        asked.append((utterance, language))

    window.dictation.commands = grammar_for
    assert window.say("hello comma world", "full stop") == "hello comma world full stop"
    assert asked == [(1, "en"), (2, "en")]


def test_through_the_delivery_the_utterance_before_goes_from_the_window() -> None:
    window, typist = Window(GRAMMAR), RecordingTypist()

    def tell(event: Event) -> None:
        if isinstance(event, UtteranceCutShort):
            window.dictation.correct(event)

    delivery = Delivery(typist, tell)
    window.dictation = Dictation(Formatter(), delivery, tell, deletes=delivery.deletes, undo=delivery.undo)
    window.dictation.commands = lambda _utterance, _language: GRAMMAR
    window.say("One.", "Two.", "Scratch that. Three.")
    assert typist.text == "One. Three."
    window.say("Scratch that.", "Scratch that.", "Four.")
    assert typist.text == "Four."


def test_where_the_engine_fails_at_the_end_a_word_that_was_held_back_is_typed_as_it_is() -> None:
    window = Window(GRAMMAR)
    window.number = 1
    for _ in range(2):
        window.hear(timed("I have a new house"), final=False)
    assert window.text == "I have a"
    window.dictation.take(Final(1, None, True, 2.0))
    assert window.text == "I have a new"
    assert of_type(window.events, UtteranceFailed) == [UtteranceFailed(1)]


def test_where_nothing_can_be_taken_back_what_follows_begins_as_after_what_stands() -> None:
    window = Window(GRAMMAR, deletes=False)
    window.say("One.", "Scratch that.", "Two.")
    assert window.text == "One. Two."
    assert [problem.name for problem in of_type(window.events, Problem)] == [ProblemName.TYPIST_FAILED]


def test_an_utterance_that_could_not_be_taken_back_still_stands_before_the_next() -> None:
    window = Window(GRAMMAR)
    window.say("One.")
    window.dictation._undo = lambda _: None  # the focus is elsewhere: it is told, and nothing goes
    window.say("Scratch that.", "Two.")
    assert window.text == "One. Two."


def test_a_final_does_not_contradict_a_command_that_has_changed_earlier_text() -> None:
    window = Window(GRAMMAR)
    window.dictation.rewrite = True
    window.say("One.")
    window.number += 1
    for _ in range(2):
        window.hear(timed("Scratch that. Two then", start=window.now), final=False)
    window.hear(timed("Scratch this. Two then", start=window.now), final=True)
    assert window.text == "Two then"


def test_what_was_taken_back_is_in_no_prompt_any_more_nor_the_words_that_did_it() -> None:
    window = Window(GRAMMAR)
    window.say("keep this _ butt knot _ scratch that _ and this", "Soy goat.")
    assert window.dictation.context(3, window.now) == "keep this and this Soy goat."
    window.undo = lambda _: None  # type: ignore[method-assign]  # the typist tells that it is gone some time later
    window.say("Scratch that.")
    assert window.dictation.context(4, window.now) == "keep this and this"
    window.say("new line so")
    assert window.dictation.context(5, window.now) == "keep this and this new line so"


def test_what_was_taken_back_is_not_in_the_prompt_of_the_rest_of_the_utterance_either() -> None:
    window = Window(GRAMMAR)
    window.number = 1
    words = timed("keep this _ butt knot _ scratch that _ and this")
    window.hear(words, final=False)
    window.hear(words, final=False)
    assert window.dictation.context(1, words[-1].end_seconds).startswith("keep this and")


def test_what_begins_right_behind_what_stands_is_told_to_and_nothing_else_is() -> None:
    window = Window(GRAMMAR)
    window.say("foot", "no space _ ball", "so")
    assert window.text == "football so"
    assert [edit.joins for edit in window.edits if edit.insert] == [False, True, False]
