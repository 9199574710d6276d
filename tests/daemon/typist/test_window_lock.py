"""The window lock: text goes to the window in which its utterance began, or waits, or is kept; never elsewhere."""

from __future__ import annotations

from tests.daemon.typist.desktop import Bench, Desktop, edit

from sayso.errors import TargetAway, TargetBusy, TypistError
from sayso.events import Edit, Problem, ProblemName, UtteranceDelivered, UtteranceFailed, UtteranceHeld
from sayso.typist import HERE, OnePlace, Target


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


def test_a_clipboard_that_refuses_leaves_the_audio() -> None:
    bench = Bench(keeps=True)

    def refuse(text: str) -> None:
        raise TypistError("the clipboard is taken")

    bench.desktop.keep = refuse  # type: ignore[method-assign]
    bench.deliver.begin(1)
    del bench.desktop.texts[1]
    bench.deliver(1, edit("so"), True)
    assert bench.kinds[-1] is UtteranceFailed


def test_text_that_a_window_may_take_yet_is_not_kept_elsewhere() -> None:
    bench = Bench(keeps=True)

    def type_late(edit: Edit, target: Target = HERE) -> None:
        raise TargetBusy("the window hangs")

    bench.desktop.type = type_late  # type: ignore[method-assign]
    bench.say(1, "so")
    assert bench.desktop.clipboard == ""
    assert bench.kinds == [ProblemName.FOCUS_MOVED, UtteranceHeld]
    bench.desktop.type = lambda edit, target=HERE: None  # type: ignore[method-assign]
    bench.deliver.retry()
    assert bench.kinds[2:] == [UtteranceDelivered, "-focus-moved"]


def test_where_nothing_can_be_kept_the_reason_stays_why_typing_failed() -> None:
    bench = Bench(keeps=True)
    bench.desktop.keep = OnePlace().keep  # type: ignore[method-assign]
    bench.deliver.begin(1)
    del bench.desktop.texts[1]
    bench.deliver(1, edit("so"), True)
    assert [event.message for event in bench.events if isinstance(event, Problem)] == ["the window was closed"]
    assert bench.kinds[-1] is UtteranceFailed


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
    bench.say(2, " second")
    bench.deliver.retry()
    assert bench.desktop.texts[1] == "first second"


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


def test_an_older_utterance_keeps_its_window_when_a_younger_one_is_dropped() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver.begin(2)
    bench.deliver.forget(2)
    bench.deliver(1, edit("so"), True)
    assert bench.desktop.texts == {1: "", 2: ""}
    bench.focus(1)
    assert bench.desktop.texts == {1: "so", 2: ""}
