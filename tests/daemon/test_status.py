"""The state of the service, derived from what happens."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.events import (
    AwayChanged,
    CaptureOpened,
    Committed,
    Edit,
    Event,
    ListeningChanged,
    PaceChanged,
    Problem,
    ProblemCleared,
    ProblemName,
    Rung,
    State,
    StateChanged,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceStarted,
)
from sayso.status import DEAF, Facts, Status, follow, models_in_words


def finished(utterance: int) -> UtteranceFinished:
    return UtteranceFinished(utterance, Edit(0, "x"), "x", 1.0, 0)


class Announcements(list[State]):
    """The states that were announced."""

    def __call__(self, event: Event) -> None:
        if isinstance(event, StateChanged):
            self.append(event.state)


def states(*events: Event) -> list[State]:
    """What is announced while these events happen."""
    announced = Announcements()
    status = Status(announced)
    assert status.state is State.IDLE
    for event in events:
        status.watch(event)
    return list(announced)


LISTEN, HUSH = ListeningChanged(True), ListeningChanged(False)


def test_while_nobody_is_there_it_is_paused_whatever_the_microphone_does() -> None:
    gone = Problem(ProblemName.MICROPHONE_LOST, "unplugged")
    assert states(LISTEN, HUSH, AwayChanged(True), gone, AwayChanged(False)) == [
        State.LISTENING,
        State.IDLE,
        State.PAUSED,
        State.PROBLEM,
    ]


def test_how_the_engine_keeps_up_is_known_and_changes_no_state() -> None:
    facts = follow(Facts(), PaceChanged(Rung.SEGMENTS))
    assert (facts.rung, facts.state) == (Rung.SEGMENTS, State.IDLE)


def test_an_utterance_in_hands_free_mode_is_listening_speaking_listening() -> None:
    assert states(
        LISTEN, UtteranceStarted(1, 0), Committed(1, Edit(0, "x")), finished(1), UtteranceDelivered(1)
    ) == [
        State.LISTENING,
        State.SPEAKING,
        State.LISTENING,
    ]


def test_after_the_key_is_let_go_it_is_finishing_until_the_text_is_delivered() -> None:
    assert states(LISTEN, UtteranceStarted(1, 0), HUSH, finished(1), UtteranceDelivered(1)) == [
        State.LISTENING,
        State.SPEAKING,
        State.FINISHING,
        State.IDLE,
    ]


@pytest.mark.parametrize("end", [UtteranceDropped(1), UtteranceFailed(1)])
def test_an_utterance_that_comes_to_nothing_is_over_too(end: Event) -> None:
    assert states(LISTEN, UtteranceStarted(1, 0), end)[-1] is State.LISTENING


def test_the_end_of_an_earlier_utterance_does_not_end_the_one_being_spoken() -> None:
    assert states(LISTEN, UtteranceStarted(1, 0), UtteranceStarted(2, 9), finished(1), UtteranceDelivered(1)) == [
        State.LISTENING,
        State.SPEAKING,
    ]


@pytest.mark.parametrize("name", sorted(DEAF))
def test_a_problem_with_which_nothing_can_be_heard_is_the_state_until_it_is_cleared(name: ProblemName) -> None:
    assert states(LISTEN, Problem(name, "…"), ProblemCleared(name)) == [
        State.LISTENING,
        State.PROBLEM,
        State.LISTENING,
    ]


def test_a_problem_that_leaves_the_microphone_alone_is_known_but_is_not_the_state() -> None:
    status = Status(Announcements())
    status.watch(LISTEN)
    status.watch(Problem(ProblemName.STORAGE_FAILED, "the disk is full"))
    assert status.state is State.LISTENING
    assert status.facts.problems == {ProblemName.STORAGE_FAILED: "the disk is full"}


def test_what_does_not_concern_the_state_changes_nothing() -> None:
    facts = Facts(listening=True)
    assert follow(facts, CaptureOpened("pulse", 16_000)) is facts
    assert follow(facts, ProblemCleared(ProblemName.ENGINE_FAILED)) == facts


@pytest.mark.parametrize(
    ("facts", "needed"),
    [
        (Facts(), False),
        (Facts(listening=True), False),
        (Facts(unfinished=frozenset({1})), True),
        (Facts(held=frozenset({1}), speaking=1), False),
    ],
)
def test_the_engine_is_needed_while_somebody_speaks_or_is_not_understood_yet(facts: Facts, needed: bool) -> None:
    assert facts.needs_engine is needed


def test_the_model_that_drafts_is_named_after_the_one_that_it_drafts_for() -> None:
    assert models_in_words("base", "") == "base"
    assert models_in_words("base", "tiny.en") == "base with drafts by tiny.en"


def test_waiting_ends_when_the_last_utterance_is_delivered() -> None:
    status = Status(Announcements())
    assert status.wait_until_finished(0)
    status.watch(UtteranceStarted(1, 0))
    assert not status.wait_until_finished(0)
    delivery = threading.Thread(target=lambda: status.watch(UtteranceDelivered(1)))
    delivery.start()
    assert status.wait_until_finished(5)
    delivery.join()


EVENTS = st.one_of(
    st.builds(ListeningChanged, st.booleans()),
    st.builds(UtteranceStarted, st.integers(1, 3), st.just(0)),
    st.builds(finished, st.integers(1, 3)),
    st.builds(UtteranceDelivered, st.integers(1, 3)),
    st.builds(UtteranceDropped, st.integers(1, 3)),
    st.builds(Problem, st.sampled_from(ProblemName), st.just("…")),
    st.builds(ProblemCleared, st.sampled_from(ProblemName)),
)


@given(st.lists(EVENTS))
def test_a_state_is_announced_exactly_when_it_is_another(events: list[Event]) -> None:
    announced = Announcements()
    status = Status(announced)
    expected = []
    for event in events:
        before = status.state
        status.watch(event)
        if status.state is not before:
            expected.append(status.state)
    assert announced == expected
