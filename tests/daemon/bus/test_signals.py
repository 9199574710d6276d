"""Which event becomes which signal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.bus.signals import SIGNALS, Signal, fit, signals_of
from sayso.events import (
    Committed,
    Edit,
    Event,
    HypothesisChanged,
    Learnt,
    ListeningChanged,
    Problem,
    ProblemName,
    State,
    StateChanged,
    UtteranceFinished,
)


@pytest.mark.parametrize(
    ("event", "member", "body"),
    [
        (HypothesisChanged(3, "é", "ש 😀"), "HypothesisChanged", (3, "é", "ש 😀")),
        (Committed(3, Edit(2, "hello ")), "Committed", (3, "hello ")),
        (UtteranceFinished(3, Edit(0, ""), "hello.", 2, 0), "UtteranceFinished", (3, "hello.", 2.0)),
        (Learnt(2), "Learnt", (2,)),
        (Problem(ProblemName.BUS_LOST, "gone"), "Problem", ("bus-lost", "gone")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_event_is_told_by_its_signal(event: Event, member: str, body: tuple[object, ...]) -> None:
    assert signals_of(event) == (Signal(member, body),)
    assert len(body) == len(SIGNALS[member])


@pytest.mark.parametrize("event", [ListeningChanged(True), StateChanged(State.SPEAKING)])
def test_what_the_interface_has_no_signal_for_or_tells_as_it_stands_is_not_told_as_it_was(event: Event) -> None:
    assert signals_of(event) == ()


def test_what_the_end_of_an_utterance_still_typed_is_told_as_committed_first() -> None:
    assert signals_of(UtteranceFinished(3, Edit(0, " you."), "hello you.", 2, 0)) == (
        Signal("Committed", (3, " you.")),
        Signal("UtteranceFinished", (3, "hello you.", 2.0)),
    )


def test_a_signature_is_made_of_the_arguments_types() -> None:
    assert Signal("UtteranceFinished", (1, "", 0.0)).signature == "tsd"


@given(st.text(st.characters()))
def test_any_text_is_made_fit_for_the_bus_and_good_text_is_left_alone(text: str) -> None:
    carried = fit(text)
    assert "\0" not in carried
    carried.encode("utf-8")
    assert fit(carried) == carried


def test_a_nul_and_half_a_character_do_not_take_the_rest_with_them() -> None:
    assert fit("a\0b\udce9c — 😀") == "ab?c — 😀"
