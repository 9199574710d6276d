"""Delivery: edits in order, and a failure that is told and leaves no gap with text behind it."""

from __future__ import annotations

import threading

from sayso.errors import TargetAway, TargetGone, TypistError
from sayso.events import (
    Edit,
    Event,
    Problem,
    ProblemCleared,
    ProblemName,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceHeld,
    UtteranceUndone,
)
from sayso.typist import HERE, Abilities, Target
from sayso.typist.delivery import Delivery
from sayso.typist.delivery_thread import DeliveryThread
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

    def type(self, edit: Edit, target: Target = HERE) -> None:
        self.threads.add(threading.current_thread())
        if not self.is_open:
            raise TypistError("the window is gone")
        super().type(edit, target)

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


class Desktop(Window):
    """Windows by number, of which one has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.focused: int | None = 1
        self.texts = {1: "", 2: ""}
        self.clipboard = ""
        self.missing: str | None = None

    def target(self) -> Target | None:
        return None if self.focused is None else Target(self.focused)

    def absence(self) -> str | None:
        return self.missing

    def type(self, edit: Edit, target: Target = HERE) -> None:
        if target.key not in self.texts:
            raise TargetGone("the window was closed")
        if target.key != self.focused:
            raise TargetAway("the focus is elsewhere")
        text = self.texts[target.key]
        assert edit.delete <= len(text)
        self.texts[target.key] = text[: len(text) - edit.delete] + edit.insert

    def keep(self, text: str) -> None:
        self.clipboard = text


class Bench:
    """A delivery on a desktop, and what it told."""

    def __init__(self, *, keeps: bool = False, mirror: RecordingTypist | None = None) -> None:
        self.desktop = Desktop()
        self.events: list[Event] = []
        self.deliver = Delivery(self.desktop, self.events.append, keeps=keeps, mirror=mirror)

    def focus(self, window: int | None) -> None:
        self.desktop.focused = window
        self.deliver.retry()

    @property
    def kinds(self) -> list[object]:
        """Names of problems told and cleared (with a minus), and types of the other events."""
        return [
            event.name
            if isinstance(event, Problem)
            else f"-{event.name}"
            if isinstance(event, ProblemCleared)
            else type(event)
            for event in self.events
        ]


def test_nothing_lands_in_a_window_that_got_the_focus_later() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), False)
    bench.focus(2)
    bench.deliver(1, edit(" it"), False)
    bench.deliver(1, edit(" goes"), True)
    assert bench.desktop.texts == {1: "so", 2: ""}
    assert bench.kinds == [ProblemName.FOCUS_MOVED, UtteranceHeld]
    bench.focus(1)
    assert bench.desktop.texts == {1: "so it goes", 2: ""}
    assert bench.kinds[2:] == [UtteranceDelivered, "-focus-moved"]


def test_an_utterance_that_began_elsewhere_does_not_wait_for_the_one_that_does() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("one"), True)
    bench.deliver.begin(2)
    assert bench.deliver.place(2) == 2
    bench.deliver(2, edit("two"), True)
    assert bench.desktop.texts == {1: "", 2: "two"}
    bench.focus(1)
    assert bench.desktop.texts == {1: "one", 2: "two"}


def test_text_of_a_closed_window_is_typed_nowhere_and_its_audio_is_kept() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), False)
    del bench.desktop.texts[1]
    bench.focus(2)
    bench.deliver(1, edit(" it"), True)
    assert bench.desktop.texts == {2: ""}
    assert bench.kinds == [ProblemName.TYPIST_FAILED, UtteranceFailed]


def test_speech_with_the_focus_on_nothing_is_typed_nowhere() -> None:
    bench = Bench()
    bench.focus(None)
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), True)
    assert bench.desktop.texts == {1: "", 2: ""}
    assert bench.kinds == [ProblemName.TYPIST_FAILED, UtteranceFailed]


def test_by_setting_text_that_lost_its_window_goes_to_the_clipboard_when_it_is_complete() -> None:
    bench = Bench(keeps=True)
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), False)
    bench.focus(2)
    bench.deliver(1, edit(" it"), False)
    assert bench.desktop.clipboard == ""
    bench.deliver(1, edit(" goes"), True)
    assert bench.desktop.clipboard == "it goes"
    assert bench.desktop.texts == {1: "so", 2: ""}
    assert bench.kinds[-2:] == [UtteranceDelivered, "-focus-moved"]


def test_undo_takes_back_what_was_typed_one_utterance_after_the_other() -> None:
    bench = Bench()
    for number, text in ((1, "one"), (2, " two")):
        bench.deliver.begin(number)
        bench.deliver(number, edit(text), True)
    bench.deliver.undo()
    assert bench.desktop.texts[1] == "one"
    bench.deliver.undo()
    assert bench.desktop.texts[1] == ""
    bench.deliver.undo()  # there is nothing left
    assert bench.kinds == [UtteranceDelivered, UtteranceDelivered, UtteranceUndone, UtteranceUndone]


def test_undo_with_the_focus_elsewhere_deletes_nothing_and_says_so() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("one"), True)
    bench.focus(2)
    bench.deliver.undo()
    assert bench.desktop.texts == {1: "one", 2: ""}
    assert bench.kinds == [UtteranceDelivered, ProblemName.TYPIST_FAILED]


def test_a_cancelled_utterance_does_not_come_back_with_the_focus() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), False)
    bench.deliver.forget(1)
    bench.focus(1)
    assert bench.desktop.texts == {1: "", 2: ""}
    assert bench.kinds == [ProblemName.FOCUS_MOVED, "-focus-moved"]


def cancel(deliver: Delivery) -> None:
    """As the thread does it."""
    deliver.cancel()
    deliver.sweep()


def test_what_waits_can_be_cancelled_and_at_the_end_it_has_failed() -> None:
    for end, how in ((cancel, UtteranceDropped), (Delivery.close, UtteranceFailed)):
        bench = Bench()
        bench.deliver.begin(1)
        bench.focus(2)
        bench.deliver(1, edit("so"), True)
        end(bench.deliver)
        bench.focus(1)
        assert bench.desktop.texts == {1: "", 2: ""}
        assert how in bench.kinds


def test_the_terminal_that_runs_the_service_is_drawn_on_and_never_typed_into() -> None:
    mirror = RecordingTypist()
    bench = Bench(mirror=mirror)
    bench.desktop.target = lambda: Target(1, is_ours=True)  # type: ignore[method-assign]
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), True)
    assert bench.desktop.texts == {1: "", 2: ""}
    assert mirror.text == "so"
    assert bench.kinds == [UtteranceDelivered]


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
    assert "secret" not in repr(events)


def test_what_was_cancelled_while_it_was_still_recognised_is_not_typed() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), False)
    cancel(bench.deliver)
    bench.deliver(1, edit(" it"), True)
    bench.deliver.begin(2)
    bench.deliver(2, edit("new"), True)
    assert bench.desktop.texts[1] == "sonew"
    assert bench.kinds == [UtteranceDropped, UtteranceDelivered]
    bench.deliver.undo()
    bench.deliver.undo()
    assert bench.desktop.texts[1] == ""


def test_what_was_said_first_is_typed_first_however_the_focus_moves() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("first"), True)
    asked = []

    def type_late(edit: Edit, target: Target = HERE) -> None:
        asked.append(edit.insert)
        if len(asked) == 1:  # a menu closes between the two attempts
            raise TargetAway("a menu has the keyboard")
        Desktop.type(bench.desktop, edit, target)

    bench.desktop.type = type_late  # type: ignore[method-assign]
    bench.desktop.focused = 1
    bench.deliver.begin(2)
    bench.deliver(2, edit(" second"), True)
    bench.deliver.retry()
    assert bench.desktop.texts[1] == "first second"


def test_an_undo_that_broke_off_is_not_taken_up_again() -> None:
    bench = Bench()
    for number, text in ((1, "mine"), (2, " eight ch")):
        bench.deliver.begin(number)
        bench.deliver(number, edit(text), True)

    def delete_some(edit: Edit, target: Target = HERE) -> None:
        bench.desktop.texts[1] = bench.desktop.texts[1][:-4]
        raise TypistError("only 4 of 8 characters were taken back")

    bench.desktop.type = delete_some  # type: ignore[method-assign]
    bench.deliver.undo()
    bench.deliver.undo()
    assert bench.desktop.texts[1] == "mine eigh"


def test_undo_takes_the_picture_back_as_well_and_leaves_what_is_only_drawn() -> None:
    mirror = RecordingTypist()
    bench = Bench(mirror=mirror)
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), True)
    bench.deliver.undo()
    assert (bench.desktop.texts[1], mirror.text) == ("", "")
    bench.deliver.begin(2)
    bench.deliver(2, edit("typed"), True)
    bench.desktop.target = lambda: Target(2, is_ours=True)  # type: ignore[method-assign]
    bench.deliver.begin(3)
    bench.deliver(3, edit("drawn"), True)
    bench.deliver.undo()
    assert bench.desktop.texts[1] == ""


def test_without_a_picture_the_terminal_that_runs_the_service_gets_nothing_and_nothing_waits() -> None:
    bench = Bench()
    bench.desktop.target = lambda: Target(1, is_ours=True)  # type: ignore[method-assign]
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), True)
    assert bench.kinds == [ProblemName.TYPIST_FAILED, UtteranceFailed]


def test_another_reason_is_told_although_typing_failed_before() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    del bench.desktop.texts[1]
    bench.deliver(1, edit("so"), True)
    bench.focus(None)
    bench.deliver.begin(2)
    bench.deliver(2, edit("it"), True)
    told = [event.message for event in bench.events if isinstance(event, Problem)]
    assert told[0] == "the window was closed"
    assert told[1].startswith("nothing had the focus")


def test_a_clipboard_that_refuses_leaves_the_audio() -> None:
    bench = Bench(keeps=True)

    def refuse(text: str) -> None:
        raise TypistError("the clipboard is taken")

    bench.desktop.keep = refuse  # type: ignore[method-assign]
    bench.deliver.begin(1)
    del bench.desktop.texts[1]
    bench.deliver(1, edit("so"), True)
    assert bench.kinds[-1] is UtteranceFailed


def test_another_backend_takes_over_and_what_waited_for_the_old_ones_windows_has_failed() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), True)
    other = RecordingTypist()
    bench.deliver.replace(other, None)
    bench.deliver.begin(2)
    bench.deliver(2, edit("it"), True)
    assert other.text == "it"
    assert bench.kinds[-3:] == [UtteranceFailed, "-focus-moved", UtteranceDelivered]


def test_undo_takes_what_was_typed_last_whatever_began_last() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("half"), False)
    bench.focus(2)
    bench.deliver(1, edit(" and half"), True)
    bench.deliver.begin(2)
    bench.deliver(2, edit("other"), True)
    bench.deliver.undo()
    assert bench.desktop.texts == {1: "half", 2: ""}


def test_undo_goes_on_to_what_is_left_when_a_window_was_closed() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("one"), True)
    bench.focus(2)
    bench.deliver.begin(2)
    bench.deliver(2, edit("two"), True)
    del bench.desktop.texts[2]
    bench.focus(1)
    bench.deliver.undo()
    assert bench.desktop.texts == {1: ""}


def test_while_text_waits_the_typist_is_not_asked_again_for_each_edit() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    tries = []

    def type_never(edit: Edit, target: Target = HERE) -> None:
        tries.append(edit)
        raise TargetAway("a menu has the keyboard")

    bench.desktop.type = type_never  # type: ignore[method-assign]
    for number in range(10):
        bench.deliver(1, edit(f" {number}"), number == 9)
    assert len(tries) == 1
    assert bench.kinds == [ProblemName.FOCUS_MOVED, UtteranceHeld]


def test_a_later_text_of_a_window_that_is_away_waits_behind_and_is_told_as_waiting() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver.begin(2)
    bench.focus(2)
    bench.deliver(1, edit("one"), True)
    bench.deliver(2, edit(" two"), True)
    assert bench.kinds == [ProblemName.FOCUS_MOVED, UtteranceHeld, UtteranceHeld]
    bench.focus(1)
    assert bench.desktop.texts[1] == "one two"


def test_cancelling_counts_at_once_also_for_what_is_queued() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), True)
    bench.deliver.cancel()
    bench.focus(1)  # before the sweep, which waits its turn
    assert bench.desktop.texts[1] == ""
