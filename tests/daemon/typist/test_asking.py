"""Text that waits for its window: it is typed here, brought back, or copied; barred fields get nothing."""

from __future__ import annotations

import pytest
from tests.daemon.typist.desktop import Bench, edit

from sayso.errors import SecretField, TakesNoText, TypistError
from sayso.events import (
    Edit,
    ProblemName,
    UtteranceBarred,
    UtteranceCutShort,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceHeld,
    UtteranceMoved,
)
from sayso.typist import HERE, Target
from sayso.typist.delivery import Delivery


def moved(*, ended: bool = True) -> Bench:
    """The focus moved to 2 after "so" stood in 1; " it goes" waits."""
    bench = Bench()
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), False)
    bench.focus(2)
    bench.deliver(1, edit(" it goes"), ended)
    return bench


def test_what_waits_is_typed_where_the_person_says_and_nothing_of_it_twice() -> None:
    bench = moved()
    bench.deliver.here()
    assert bench.desktop.texts == {1: "so", 2: "it goes"}
    assert bench.kinds[-2:] == [UtteranceDelivered, "-focus-moved"]
    bench.focus(1)
    assert bench.desktop.texts == {1: "so", 2: "it goes"}


def test_an_utterance_that_goes_on_is_typed_on_where_the_person_said() -> None:
    bench = moved(ended=False)
    bench.deliver.here()
    bench.deliver(1, edit(" on"), True)
    assert bench.desktop.texts == {1: "so", 2: "it goes on"}


def test_where_what_waits_goes_instead_is_told_with_what_goes_there() -> None:
    bench = moved(ended=False)
    bench.deliver.here()
    assert [event for event in bench.events if isinstance(event, UtteranceMoved | UtteranceCutShort)] == [
        UtteranceCutShort(1, "so", 1),
        UtteranceMoved(1, 2, "it goes"),
    ]


def test_the_window_that_it_is_for_is_no_other_place() -> None:
    bench = moved(ended=False)
    bench.desktop.focused = 1  # and the backend has not told so yet
    bench.deliver.here()
    assert bench.desktop.texts == {1: "so it goes", 2: ""}
    assert bench.standing == []


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Next.", "First. Next."),
        (" next", "First. next"),
        (", next", "First., next"),
        ("次です。", "First.次です。"),
        ("\nnext", "First. next"),
    ],
)
def test_it_begins_behind_what_we_typed_there_as_a_word_does(text: str, stands: str) -> None:
    bench = Bench()
    bench.focus(2)
    bench.say(1, "First.")
    bench.focus(1)
    bench.deliver.begin(2)
    bench.focus(2)
    bench.deliver(2, edit(text), True)
    bench.deliver.here()
    assert bench.desktop.texts == {1: "", 2: stands}


def test_two_that_wait_are_two_words_there() -> None:
    bench = Bench()
    for number in (1, 2):
        bench.deliver.begin(number)
    bench.focus(2)
    for number, text in ((1, "One."), (2, " Two.")):
        bench.deliver(number, edit(text), True)
    bench.deliver.here()
    assert bench.desktop.texts == {1: "", 2: "One. Two."}


def test_both_halves_of_a_text_that_was_typed_in_two_windows_can_be_taken_back() -> None:
    bench = moved()
    bench.deliver.here()
    bench.deliver.undo()
    assert bench.desktop.texts == {1: "so", 2: ""}
    bench.focus(1)
    bench.deliver.undo()
    assert bench.desktop.texts == {1: "", 2: ""}


def test_with_the_focus_on_nothing_text_waits_on() -> None:
    bench = moved()
    bench.focus(None)
    bench.deliver.here()
    assert bench.desktop.texts == {1: "so", 2: ""}
    bench.focus(1)
    assert bench.desktop.texts == {1: "so it goes", 2: ""}


def test_going_back_gives_the_window_the_focus_and_the_text() -> None:
    bench = moved()
    bench.desktop.obeys = True
    bench.deliver.back()
    bench.deliver.retry()  # as the backend tells that the focus moved
    assert bench.desktop.texts == {1: "so it goes", 2: ""}


def test_a_desktop_that_lets_nobody_move_the_focus_is_told_and_the_text_waits_on() -> None:
    bench = moved()
    bench.desktop.refuses = TypistError("this compositor lets no program move the focus")
    bench.deliver.back()
    assert bench.kinds[-1] is ProblemName.FOCUS_MOVED
    bench.focus(1)
    assert bench.desktop.texts == {1: "so it goes", 2: ""}


def test_what_waits_is_copied_and_no_longer_waits() -> None:
    bench = moved()
    bench.deliver.copy()
    assert bench.desktop.clipboard == "it goes"
    assert bench.kinds[-2:] == [UtteranceDelivered, "-focus-moved"]
    bench.focus(1)
    assert bench.desktop.texts == {1: "so", 2: ""}


def test_asked_with_nothing_waiting_nothing_happens() -> None:
    bench = Bench()
    bench.say(1, "so")
    for ask in (bench.deliver.here, bench.deliver.back, bench.deliver.copy):
        ask()
    assert bench.desktop.texts == {1: "so", 2: ""}
    assert bench.kinds == [UtteranceDelivered]


def test_a_text_whose_window_is_closed_is_told_whole() -> None:
    bench = moved(ended=False)
    del bench.desktop.texts[1]
    bench.deliver(1, edit(" on"), True)
    bench.focus(1)
    failed = [event for event in bench.events if isinstance(event, UtteranceFailed)]
    assert [event.text for event in failed] == ["so it goes on"]


class Barred(Bench):
    """A desktop on which nothing may be typed into window 2."""

    def __init__(self) -> None:
        super().__init__()
        self.barred = {2}
        self.deliver = Delivery(self.desktop, self.events.append, barred=self.why)

    def why(self, target: Target) -> str | None:
        return "the focus is in a password field" if target.key in self.barred else None


def test_what_is_said_to_a_barred_field_is_neither_typed_nor_kept() -> None:
    bench = Barred()
    bench.focus(2)
    bench.say(1, "secret")
    assert bench.deliver.is_barred(1) is False  # it is over
    assert bench.desktop.texts == {1: "", 2: ""}
    assert bench.kinds == [ProblemName.NOT_HERE, UtteranceDropped]
    bench.focus(1)
    bench.say(2, "so")
    assert bench.desktop.texts == {1: "so", 2: ""}
    assert bench.kinds[2:] == ["-not-here", UtteranceDelivered]


def test_while_it_is_said_it_is_known_for_barred() -> None:
    bench = Barred()
    bench.focus(2)
    bench.deliver.begin(1)
    assert bench.deliver.is_barred(1)
    assert bench.deliver.is_cancelled(1)


def test_of_an_utterance_in_whose_midst_a_password_is_asked_for_no_more_is_typed_and_nothing_is_kept() -> None:
    bench = Barred()
    bench.deliver.keeps = True
    bench.deliver.begin(1)
    bench.deliver(1, edit("so"), False)
    bench.barred.add(1)
    bench.deliver(1, edit(" hunter"), False)
    assert bench.deliver.is_barred(1)
    bench.barred.clear()  # the prompt has been answered
    bench.deliver(1, edit(" two"), True)
    assert bench.desktop.texts == {1: "so", 2: ""}
    assert bench.desktop.clipboard == ""
    assert bench.kinds == [UtteranceBarred, ProblemName.NOT_HERE, UtteranceDropped]


def test_at_the_end_nothing_is_kept_of_what_was_said_to_a_barred_field() -> None:
    bench = Barred()
    bench.deliver.begin(1)
    bench.barred.add(1)
    bench.deliver(1, edit("hunter"), False)
    bench.deliver.close()
    assert bench.kinds == [UtteranceBarred, ProblemName.NOT_HERE, UtteranceDropped]


def test_text_that_waits_is_not_lost_to_a_barred_field_of_another_window() -> None:
    bench = Barred()
    bench.barred = {1, 2}  # as with a field for passwords, whose window is not looked at
    bench.desktop.focused = 1
    bench.deliver._targets[1] = Target(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), True)
    assert bench.kinds == [ProblemName.FOCUS_MOVED, UtteranceHeld]
    bench.barred.clear()
    bench.focus(1)
    assert bench.desktop.texts == {1: "so", 2: ""}


@pytest.mark.parametrize("is_seen", [True, False])
def test_what_was_said_before_a_barred_field_had_the_focus_waits(is_seen: bool) -> None:
    bench = Barred()
    bench.deliver.begin(1)
    bench.focus(None)
    bench.deliver(1, edit("so"), True)
    if is_seen:
        bench.barred.add(1)
    else:
        bench.desktop.secret = SecretField("the field wants a password")
    bench.focus(1)
    assert bench.desktop.texts[1] == ""
    assert bench.deliver.looks_again
    bench.barred.clear()
    bench.desktop.secret = None
    bench.deliver.retry()
    assert bench.desktop.texts[1] == "so"
    assert not bench.deliver.looks_again


def test_what_waits_is_not_typed_into_a_barred_field_though_the_person_says_here() -> None:
    bench = Barred()
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), True)
    bench.deliver.here()
    bench.barred.clear()
    bench.deliver.retry()
    assert bench.desktop.texts == {1: "", 2: ""}
    bench.focus(1)
    assert bench.desktop.texts == {1: "so", 2: ""}


def test_what_turns_out_to_be_secret_where_the_person_sent_text_does_not_cost_the_text() -> None:
    bench = moved()
    bench.desktop.secret = SecretField("the field wants a password")
    bench.deliver.here()
    bench.desktop.secret = None
    bench.deliver.retry()
    assert bench.desktop.texts == {1: "so", 2: "it goes"}


class Button(Bench):
    """A desktop of which some windows have the focus on something that takes no text."""

    def __init__(self) -> None:
        super().__init__()
        self.on_buttons = {1}
        self._type = self.desktop.type
        self.desktop.type = self.type  # type: ignore[method-assign]

    def type(self, edit: Edit, target: Target = HERE) -> None:
        if target.key == self.desktop.focused and target.key in self.on_buttons and not target.is_chosen:
            raise TakesNoText("the focus is on a button")
        self._type(edit, target)


def test_what_is_said_to_a_button_waits_and_is_typed_when_a_field_has_the_focus() -> None:
    bench = Button()
    bench.say(1, "so")
    assert bench.kinds == [ProblemName.FOCUS_MOVED, UtteranceHeld]
    assert bench.deliver.looks_again
    bench.on_buttons.clear()
    bench.deliver.retry()
    assert bench.desktop.texts == {1: "so", 2: ""}
    assert not bench.deliver.looks_again


def test_what_was_said_to_a_button_is_typed_there_all_the_same_where_the_person_says_here() -> None:
    bench = Button()
    bench.say(1, "so")
    bench.deliver.here()
    assert bench.desktop.texts == {1: "so", 2: ""}
    assert not [event for event in bench.events if isinstance(event, UtteranceMoved | UtteranceCutShort)]
    bench.deliver.undo()
    assert bench.desktop.texts == {1: "", 2: ""}


def test_text_that_is_sent_to_a_window_whose_button_has_the_focus_waits_there_until_the_person_insists() -> None:
    bench = Button()
    bench.on_buttons = {2}
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit("so"), True)
    bench.deliver.here()
    assert bench.desktop.texts == {1: "", 2: ""}
    bench.deliver.here()
    assert bench.desktop.texts == {1: "", 2: "so"}


def test_what_waited_at_a_button_to_the_end_is_told_whole() -> None:
    bench = Button()
    bench.say(1, "so it goes")
    bench.deliver.close()
    assert [event.text for event in bench.events if isinstance(event, UtteranceFailed)] == ["so it goes"]


def test_a_field_that_is_known_for_secret_only_when_it_is_typed_into_drops_the_utterance() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.desktop.secret = SecretField("the field wants a password")
    bench.deliver(1, edit("hunter"), False)
    assert bench.deliver.is_barred(1)
    bench.desktop.secret = None
    bench.deliver(1, edit(" two"), True)
    assert bench.desktop.texts == {1: "", 2: ""}
    assert bench.kinds == [UtteranceBarred, ProblemName.NOT_HERE, UtteranceDropped]
    bench.say(2, "so")
    assert bench.desktop.texts[1] == "so"


def test_of_utterances_that_were_forgotten_nothing_stays_behind() -> None:
    bench = Barred()
    bench.focus(2)
    for utterance in range(100):
        bench.deliver.begin(utterance)
        bench.deliver.forget(utterance)
    assert not any(bench.deliver.is_barred(utterance) for utterance in range(100))


def test_an_utterance_that_is_taken_back_by_name_while_it_waits_is_never_typed_and_no_other_is_touched() -> None:
    bench = Bench()
    bench.say(1, "Foo bar")
    bench.deliver.begin(2)
    bench.focus(2)
    bench.deliver(2, edit(" Hello."), True)
    bench.deliver.undo(2)
    bench.focus(1)
    assert bench.desktop.texts == {1: "Foo bar", 2: ""}
    assert UtteranceDelivered in bench.kinds[-2:] or bench.kinds[-1] == "-focus-moved"


def test_the_end_of_an_utterance_that_waits_goes_before_it_is_typed() -> None:
    bench = Bench()
    bench.say(1, "Foo bar")
    bench.deliver.begin(2)
    bench.focus(2)
    bench.deliver(2, edit(" Hello."), True)
    bench.deliver.trim(2, 1)
    bench.focus(1)
    assert bench.desktop.texts == {1: "Foo bar Hello", 2: ""}


def test_what_was_typed_elsewhere_since_is_not_taken_for_what_is_meant() -> None:
    bench = Bench()
    bench.say(1, "One.")
    bench.focus(2)
    bench.say(2, "Bee.")
    bench.focus(1)
    bench.deliver.trim(1, 1)
    bench.deliver.undo(1)
    assert bench.desktop.texts == {1: "", 2: "Bee."}


def test_what_is_no_longer_known_is_not_taken_back_and_that_is_told() -> None:
    bench = Bench()
    bench.say(1, "One.")
    bench.deliver.undo(7)
    assert bench.desktop.texts[1] == "One."
    assert bench.kinds[-1] is ProblemName.TYPIST_FAILED


def test_text_that_waits_when_no_more_of_it_can_be_recognised_is_typed_when_its_window_is_back() -> None:
    bench = moved(ended=False)
    bench.deliver.fail(1)
    assert bench.kinds[-1] is UtteranceHeld
    bench.focus(1)
    assert bench.desktop.texts == {1: "so it goes", 2: ""}
    assert bench.kinds[-2:] == [UtteranceDelivered, "-focus-moved"]


def test_text_that_waits_for_a_window_that_is_closed_is_told_though_recognition_failed_before() -> None:
    bench = moved(ended=False)
    bench.deliver.fail(1)
    del bench.desktop.texts[1]
    bench.deliver.retry()
    failed = [event.text for event in bench.events if isinstance(event, UtteranceFailed)]
    assert failed == ["so it goes"]


def test_where_text_went_elsewhere_its_own_window_is_told_to_have_no_more_of_it() -> None:
    bench = moved()
    bench.deliver.here()
    assert bench.standing == [(1, "so")]


def test_behind_a_locked_screen_what_was_said_before_waits_and_what_is_said_then_is_not_kept() -> None:
    bench = Bench()
    bench.deliver.begin(1)
    bench.locked = True
    bench.deliver(1, edit("so"), True)
    assert bench.deliver.looks_again
    bench.say(2, "secret")
    assert bench.deliver.is_barred(2) is False, "it is over"
    assert bench.desktop.texts[1] == ""
    assert ProblemName.NOT_HERE in bench.kinds
    bench.locked = False
    bench.deliver.retry()
    assert bench.desktop.texts[1] == "so"
