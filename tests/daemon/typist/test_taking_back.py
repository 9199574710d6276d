"""What was typed can be taken back, and what was not typed yet can be cancelled."""

from __future__ import annotations

import pytest
from tests.daemon.typist.desktop import Bench, Window, edit

from sayso.errors import ArrivedInPart, NotBeforeCursor, SecretField, TargetAway, TargetBusy, TypistError
from sayso.events import Edit, ProblemName, UtteranceDelivered, UtteranceDropped, UtteranceFailed
from sayso.typist import HERE, Target
from sayso.typist.delivery import Delivery
from sayso.typist.recording import RecordingTypist


def test_undo_takes_back_what_was_typed_one_utterance_after_the_other() -> None:
    bench = Bench()
    for number, text in ((1, "one"), (2, " two")):
        bench.say(number, text)
    bench.deliver.undo()
    assert bench.desktop.texts[1] == "one"
    bench.deliver.undo()
    assert bench.desktop.texts[1] == ""
    bench.deliver.undo()  # there is nothing left
    assert bench.kinds == [UtteranceDelivered, UtteranceDelivered]
    assert bench.standing == [(2, ""), (1, "")]


def test_undo_with_the_focus_elsewhere_deletes_nothing_and_says_so() -> None:
    bench = Bench()
    bench.say(1, "one")
    bench.focus(2)
    bench.deliver.undo()
    assert bench.desktop.texts == {1: "one", 2: ""}
    assert bench.kinds == [UtteranceDelivered, ProblemName.TYPIST_FAILED]


def test_undo_takes_what_was_typed_last_whatever_began_last() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("half"), False)
    bench.focus(2)
    bench.deliver(1, edit(" and half"), True)
    bench.say(2, "other")
    bench.deliver.undo()
    assert bench.desktop.texts == {1: "half", 2: ""}


def test_undo_goes_on_to_what_is_left_when_a_window_was_closed() -> None:
    bench = Bench()
    bench.say(1, "one")
    bench.focus(2)
    bench.say(2, "two")
    del bench.desktop.texts[2]
    bench.focus(1)
    bench.deliver.undo()
    assert bench.desktop.texts == {1: ""}


def test_an_undo_that_broke_off_is_not_taken_up_again() -> None:
    bench = Bench()
    for number, text in ((1, "mine"), (2, " eight ch")):
        bench.say(number, text)

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
    bench.say(1, "so")
    bench.deliver.undo()
    assert (bench.desktop.texts[1], mirror.text) == ("", "")
    bench.say(2, "typed")
    bench.desktop.target = lambda: Target(2, is_ours=True)  # type: ignore[method-assign]
    bench.say(3, "drawn")
    bench.deliver.undo()
    assert bench.desktop.texts[1] == ""


def cancel(deliver: Delivery) -> None:
    """As the thread does it."""
    deliver.cancel()
    deliver.sweep()


def test_a_cancelled_utterance_does_not_come_back_with_the_focus() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), False)
    bench.deliver.forget(1)
    bench.focus(1)
    assert bench.desktop.texts == {1: "", 2: ""}
    assert bench.kinds == [ProblemName.FOCUS_MOVED, "-focus-moved"]


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


def test_what_was_cancelled_while_it_was_still_recognised_is_not_typed() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), False)
    cancel(bench.deliver)
    bench.deliver(1, edit(" it"), True)
    bench.say(2, "new")
    assert bench.desktop.texts[1] == "sonew"
    assert bench.kinds == [UtteranceDropped, UtteranceDelivered]
    bench.deliver.undo()
    bench.deliver.undo()
    assert bench.desktop.texts[1] == ""


def test_cancelling_counts_at_once_also_for_what_is_queued() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), True)
    bench.deliver.cancel()
    bench.focus(1)  # before the sweep, which waits its turn
    assert bench.desktop.texts[1] == ""


def test_nothing_is_taken_back_in_a_window_where_a_text_was_begun_and_may_stand_in_part() -> None:
    bench = Bench()
    bench.say(1, "One.")
    bench.desktop.secret = TargetBusy("the text was begun")
    bench.say(2, " Two.")
    bench.desktop.secret = None
    for number in (None, 1, 2):
        bench.deliver.undo(number)
        assert bench.desktop.texts[1] == "One."
        assert bench.kinds[-1] is ProblemName.TYPIST_FAILED
    bench.deliver.retry()
    assert bench.desktop.texts[1] == "One. Two."


def test_what_stands_of_text_that_was_cut_short_is_told_whatever_cut_it() -> None:
    for cut, standing in (
        (cancel, "so"),
        (lambda deliver: deliver.forget(1), "so"),
        (Delivery.close, "so"),
        (Delivery.undo, ""),
    ):
        bench = Bench()
        bench.deliver.begin(1)
        bench.deliver(1, edit("so"), False)
        if cut is not Delivery.undo:
            bench.focus(2)
            bench.deliver(1, edit(" it"), False)
        cut(bench.deliver)
        bench.deliver(1, edit(" goes"), True)
        assert bench.standing[0] == (1, standing)


@pytest.mark.parametrize("trouble", [TargetAway("a menu has the keyboard"), TypistError("the window hangs")])
def test_what_is_cancelled_while_its_window_keeps_it_waiting_is_not_kept_either(trouble: TypistError) -> None:
    bench = Bench(keeps=True)

    def type_late(edit: Edit, target: Target = HERE) -> None:
        bench.deliver.cancel()
        raise trouble

    bench.desktop.type = type_late  # type: ignore[method-assign]
    bench.deliver.begin(1)
    bench.deliver(1, edit("secret"), True)
    bench.deliver.sweep()
    assert bench.desktop.clipboard == ""
    assert UtteranceDropped in bench.kinds
    assert UtteranceDelivered not in bench.kinds


def test_a_cancelled_utterance_leaves_no_tail_behind() -> None:
    window = Window(preedit=True)
    deliver = Delivery(window, lambda event: None)
    deliver.begin(1)
    deliver(1, edit("so"), False)
    deliver.show(1, "may")
    cancel(deliver)
    deliver(1, edit(" it"), True)
    assert window.tails == ["may", ""]


def test_what_stands_of_text_that_failed_or_was_kept_is_told() -> None:
    for keeps in (False, True):
        bench = Bench(keeps=keeps)
        bench.deliver.begin(1)
        bench.deliver(1, edit("so"), False)
        del bench.desktop.texts[1]
        bench.deliver(1, edit(" it"), True)
        assert bench.standing == [(1, "so")]


def test_text_that_was_cancelled_before_anything_of_it_came_stands_nowhere() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    cancel(bench.deliver)
    bench.deliver(1, edit("so"), True)
    assert bench.standing == [(1, "")]
    assert bench.kinds == [UtteranceDropped]


def test_nothing_is_told_of_what_stands_where_it_was_meant_to() -> None:
    bench = Bench()
    bench.say(1, "so")
    bench.deliver.forget(2)  # it was too short to be speech
    assert bench.standing == []


def test_of_a_text_that_arrived_in_part_only_that_part_is_taken_back_and_all_of_it_is_told() -> None:
    bench = Bench()
    bench.desktop.texts[1] = "mine "

    def take_four(edit: Edit, target: Target = HERE) -> None:
        bench.desktop.texts[1] += edit.insert[:4]
        raise ArrivedInPart("only a part", 4)

    whole, bench.desktop.type = bench.desktop.type, take_four  # type: ignore[method-assign]
    bench.say(1, "eight ch")
    assert [event.text for event in bench.events if isinstance(event, UtteranceFailed)] == ["eight ch"]
    assert bench.standing == [(1, "eigh")]
    bench.desktop.type = whole  # type: ignore[method-assign]
    bench.deliver.trim(1, 8)
    assert bench.desktop.texts[1] == "mine "


@pytest.mark.parametrize("refusal", [NotBeforeCursor("it is not known"), SecretField("a password")])
def test_what_was_refused_to_be_taken_back_can_be_taken_back_later(refusal: TypistError) -> None:
    bench = Bench()
    bench.say(1, "one")
    bench.desktop.secret = refusal
    bench.deliver.undo()
    assert bench.kinds[-1] is ProblemName.TYPIST_FAILED
    bench.desktop.secret = None
    bench.deliver.undo()
    assert bench.desktop.texts[1] == ""


@pytest.mark.parametrize("refusal", [NotBeforeCursor("it is not known"), TypistError("in part, perhaps")])
def test_text_whose_correction_failed_is_told_whole(refusal: TypistError) -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("hello wor"), False)
    bench.desktop.secret = refusal
    bench.deliver(1, Edit(3, "world"), True)
    assert [event.text for event in bench.events if isinstance(event, UtteranceFailed)] == ["hello world"]
