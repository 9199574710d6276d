"""Delivery: edits in order, and a failure that is told and leaves no gap with text behind it."""

from __future__ import annotations

import threading

from sayso.errors import TypistError
from sayso.events import (
    Edit,
    Event,
    Problem,
    ProblemCleared,
    ProblemName,
    UtteranceDelivered,
    UtteranceFailed,
)
from sayso.typist import Abilities
from sayso.typist.delivery import Delivery, DeliveryThread
from sayso.typist.recording import RecordingTypist


class Window(RecordingTypist):
    """A window that can be closed and opened again."""

    def __init__(self, *, preedit: bool = False) -> None:
        super().__init__()
        self.is_open = True
        self.tails: list[str] = []
        self.threads: set[threading.Thread] = set()
        self._preedit = preedit

    @property
    def abilities(self) -> Abilities:
        return Abilities(unicode=True, delete=True, preedit=self._preedit)

    def type(self, edit: Edit) -> None:
        self.threads.add(threading.current_thread())
        if not self.is_open:
            raise TypistError("the window is gone")
        super().type(edit)

    def show(self, unstable: str) -> None:
        self.tails.append(unstable)


def edit(text: str) -> Edit:
    return Edit(0, text)


def test_edits_are_typed_and_the_last_one_makes_the_utterance_delivered() -> None:
    window, events = Window(), list[Event]()
    deliver = Delivery(window, events.append)
    deliver(1, edit("so"), False)
    assert events == []
    deliver(1, edit(" it"), True)
    assert window.text == "so it"
    assert events == [UtteranceDelivered(1)]


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
    assert events[1:] == [UtteranceFailed(1)]


def test_the_next_utterance_is_tried_again_and_ends_the_problem() -> None:
    window, events = Window(), list[Event]()
    deliver = Delivery(window, events.append)
    window.is_open = False
    deliver(1, edit("so"), True)
    window.is_open = True
    deliver(2, edit("it"), True)
    assert window.text == "it"
    assert events[1:] == [UtteranceFailed(1), ProblemCleared(ProblemName.TYPIST_FAILED), UtteranceDelivered(2)]


def test_a_window_that_stays_away_is_told_once_and_every_utterance_fails() -> None:
    window, events = Window(), list[Event]()
    deliver = Delivery(window, events.append)
    window.is_open = False
    for utterance in (1, 2, 3):
        deliver(utterance, edit("x"), True)
    assert [type(event) for event in events] == [Problem, UtteranceFailed, UtteranceFailed, UtteranceFailed]


def test_the_tail_is_shown_only_where_the_backend_can() -> None:
    for preedit, tails in ((True, ["may"]), (False, [])):
        window = Window(preedit=preedit)
        Delivery(window, lambda event: None).show("may")
        assert window.tails == tails


def test_the_thread_delivers_everything_in_order_before_it_ends_and_not_on_the_callers_thread() -> None:
    window, events = Window(preedit=True), list[Event]()
    thread = DeliveryThread(Delivery(window, events.append))
    for number in range(200):
        thread(1 + number // 10, edit(str(number)), number % 10 == 9)
        thread.show(str(number))
    thread.start()
    thread.stop()
    assert window.text == "".join(map(str, range(200)))
    assert window.tails == list(map(str, range(200)))
    assert events == [UtteranceDelivered(1 + n) for n in range(20)]
    assert threading.current_thread() not in window.threads
