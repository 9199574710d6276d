"""Delivery: edits in order, and a failure that is told and leaves no gap with text behind it."""

from __future__ import annotations

import threading

from tests.daemon.typist.desktop import Bench, Window, edit

from sayso.events import (
    Edit,
    Event,
    Problem,
    ProblemCleared,
    ProblemName,
    TextStands,
    UtteranceCutShort,
    UtteranceDelivered,
    UtteranceFailed,
)
from sayso.typist import HERE, Target
from sayso.typist.delivery import Delivery
from sayso.typist.delivery_thread import DeliveryThread
from sayso.typist.recording import RecordingTypist


def test_edits_are_typed_and_the_last_one_makes_the_utterance_delivered() -> None:
    window, events = Window(), list[Event]()
    deliver = Delivery(window, events.append)
    deliver(1, edit("so"), False)
    assert events == []
    deliver(1, edit(" it"), True)
    assert window.text == "so it"
    assert events == [TextStands(1, "so it", "", HERE.key, 0), UtteranceDelivered(1)]


def test_after_an_edit_that_failed_the_rest_of_the_utterance_is_not_typed_into_its_gap() -> None:
    window, events = Window(), list[Event]()
    deliver = Delivery(window, events.append)
    deliver(1, edit("so"), False)
    window.is_open = False
    deliver(1, edit(" it"), False)
    window.is_open = True
    deliver(1, edit(" goes"), True)
    assert window.text == "so"
    assert isinstance(events[0], Problem)
    assert events[0].name is ProblemName.TYPIST_FAILED
    assert events[0].message == "the window is gone"
    assert events[1:] == [UtteranceCutShort(1, "so", HERE.key), UtteranceFailed(1, "so it goes")]


def test_the_next_utterance_is_tried_again_and_ends_the_problem() -> None:
    window, events = Window(), list[Event]()
    deliver = Delivery(window, events.append)
    window.is_open = False
    deliver(1, edit("so"), True)
    window.is_open = True
    deliver(2, edit("it"), True)
    assert window.text == "it"
    assert events[1:3] == [UtteranceCutShort(1, "", HERE.key), UtteranceFailed(1, "so")]
    assert events[3] == ProblemCleared(ProblemName.TYPIST_FAILED)
    assert events[4:] == [TextStands(2, "it", "", HERE.key, 0), UtteranceDelivered(2)]


def test_a_window_that_stays_away_is_told_once_and_every_utterance_fails() -> None:
    window, events = Window(), list[Event]()
    deliver = Delivery(window, events.append)
    window.is_open = False
    for utterance in (1, 2, 3):
        deliver(utterance, edit("x"), True)
    assert [type(event) for event in events] == [Problem, *(UtteranceCutShort, UtteranceFailed) * 3]


def test_the_tail_is_shown_only_where_the_backend_can() -> None:
    for preedit, tails in ((True, ["may"]), (False, [])):
        window = Window(preedit=preedit)
        Delivery(window, lambda event: None).show(1, "may")
        assert window.tails == tails


def test_an_utterance_that_ended_in_its_window_leaves_the_tail_of_the_next_alone() -> None:
    window = Window(preedit=True)
    deliver = Delivery(window, lambda event: None)
    deliver.begin(1)
    deliver.begin(2)
    window.is_open = False
    deliver(1, edit("so"), True)
    deliver.show(2, "may")
    deliver.forget(1)  # as the flow does for each that failed
    assert window.tails == ["may"]
    deliver.forget(2)
    assert window.tails == ["may", ""]


def test_the_thread_delivers_everything_in_order_before_it_ends_and_not_on_the_callers_thread() -> None:
    window, events = Window(preedit=True), list[Event]()
    thread = DeliveryThread(Delivery(window, events.append))
    for number in range(200):
        thread(1 + number // 10, edit(str(number)), number % 10 == 9)
        thread.show(1 + number // 10, str(number))
    thread.start()
    thread.stop()
    assert window.text == "".join(map(str, range(200)))
    assert window.tails == list(map(str, range(200)))
    assert [e for e in events if not isinstance(e, TextStands)] == [UtteranceDelivered(1 + n) for n in range(20)]
    assert threading.current_thread() not in window.threads


def test_all_of_a_text_that_stands_in_its_window_is_told_before_it_is_delivered() -> None:
    bench = Bench()
    bench.say(1, "so it")
    bench.say(2, " goes")
    assert bench.stands == [(1, "so it", 1), (2, " goes", 1)]
    bench.deliver.trim(2, 3)
    assert bench.stands[2:] == [(2, " g", 1)]
    bench.deliver.undo(2)
    assert bench.stands[3:] == []


def test_of_a_text_that_stands_in_parts_or_nowhere_it_is_not_told_that_it_stands() -> None:
    bench = Bench(keeps=True)
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), False)
    bench.focus(2)
    bench.deliver(1, edit(" it"), True)
    assert bench.desktop.clipboard == "it"
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), False)
    bench.focus(2)
    bench.deliver(1, edit(" it"), True)
    bench.deliver.here()
    assert bench.desktop.texts == {1: "so", 2: "it"}
    assert bench.stands == []


def test_a_text_that_was_said_elsewhere_and_typed_here_stands_here() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), True)
    bench.deliver.here()
    assert bench.stands == [(1, "so", 2)]


def test_the_terminal_that_runs_the_service_is_drawn_on_and_never_typed_into() -> None:
    mirror = RecordingTypist()
    bench = Bench(mirror=mirror)
    bench.desktop.target = lambda: Target(1, is_ours=True)  # type: ignore[method-assign]
    bench.say(1, "so")
    assert bench.desktop.texts == {1: "", 2: ""}
    assert mirror.text == "so"
    assert bench.kinds == [UtteranceDelivered]


def test_without_a_picture_the_terminal_that_runs_the_service_gets_nothing_and_nothing_waits() -> None:
    bench = Bench()
    bench.desktop.target = lambda: Target(1, is_ours=True)  # type: ignore[method-assign]
    bench.say(1, "so")
    assert bench.kinds == [ProblemName.TYPIST_FAILED, UtteranceFailed]


def test_a_display_that_is_away_is_a_problem_until_it_is_back() -> None:
    bench = Bench()
    bench.desktop.missing = "the display is gone"
    bench.focus(None)
    bench.desktop.missing = None
    bench.focus(1)
    assert bench.kinds == [ProblemName.DISPLAY_LOST, "-display-lost"]


def test_what_a_strangers_backend_raises_is_not_repeated_to_anybody() -> None:
    class Careless(Window):
        def type(self, edit: Edit, target: Target = HERE) -> None:
            raise ValueError(f"cannot type {edit.insert!r}")

    events = list[Event]()
    Delivery(Careless(), events.append)(1, edit("secret"), True)
    assert "secret" not in repr([event for event in events if isinstance(event, Problem)])


def test_another_reason_is_told_although_typing_failed_before() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    del bench.desktop.texts[1]
    bench.deliver(1, edit("so"), True)
    bench.focus(None)
    bench.say(2, "it")
    told = [event.message for event in bench.events if isinstance(event, Problem)]
    assert told[0] == "the window was closed"
    assert told[1].startswith("nothing had the focus")


def test_another_backend_takes_over_and_what_waited_for_the_old_ones_windows_has_failed() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), True)
    other = RecordingTypist()
    bench.deliver.replace(other, None)
    bench.say(2, "it")
    assert other.text == "it"
    assert bench.kinds[-3:] == [UtteranceFailed, "-focus-moved", UtteranceDelivered]
