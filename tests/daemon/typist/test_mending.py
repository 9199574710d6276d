"""Edits that take back: as much as the utterance typed and still stands, in its window, and no more."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.typist.desktop import Bench, Desktop, edit

from sayso.errors import TargetAway, TargetBusy, TypistError
from sayso.events import Edit, ProblemName, UtteranceDelivered, UtteranceFailed
from sayso.typist import HERE, Target
from sayso.typist.recording import RecordingTypist
from sayso.typist.stdout import StdoutTypist


class Slow(Desktop):
    """Windows that may be busy, and what was given to them."""

    def __init__(self) -> None:
        super().__init__()
        self.trouble: TypistError | None = None
        self.given: list[Edit] = []

    def type(self, edit: Edit, target: Target = HERE) -> None:
        self.given.append(edit)
        if self.trouble is not None:
            raise self.trouble
        super().type(edit, target)


def slow_bench(*, keeps: bool = False) -> tuple[Bench, Slow]:
    bench = Bench(keeps=keeps)
    bench.desktop = desktop = Slow()
    bench.deliver.typist = desktop
    desktop.texts[1] = "mine: "
    bench.deliver.begin(1)
    return bench, desktop


def test_what_was_typed_is_mended_in_its_window() -> None:
    bench, desktop = slow_bench()
    bench.deliver(1, edit("so it goes"), False)
    bench.deliver(1, Edit(len("it goes"), "is on"), True)
    assert desktop.texts[1] == "mine: so is on"
    assert bench.kinds == [UtteranceDelivered]


def test_what_waits_is_mended_before_it_is_typed() -> None:
    bench, desktop = slow_bench()
    bench.deliver(1, edit("so"), False)
    bench.focus(2)
    bench.deliver(1, edit(" it"), False)
    bench.deliver(1, edit(" goes"), False)
    bench.deliver(1, Edit(len("o it goes"), "he goes on"), True)
    assert desktop.texts == {1: "mine: so", 2: ""}
    desktop.given.clear()
    bench.focus(1)
    assert desktop.given == [Edit(1, "he goes on")]
    assert desktop.texts[1] == "mine: she goes on"


def test_what_waits_and_is_taken_back_whole_is_never_typed_and_nothing_waits_any_more() -> None:
    bench, desktop = slow_bench()
    bench.deliver(1, edit("so"), False)
    bench.focus(2)
    bench.deliver(1, edit(" it"), False)
    desktop.given.clear()
    bench.deliver(1, Edit(len(" it"), ""), True)
    assert desktop.given == []
    assert desktop.texts == {1: "mine: so", 2: ""}
    assert bench.kinds == [ProblemName.FOCUS_MOVED, UtteranceDelivered, "-focus-moved"]


def test_what_a_busy_window_may_have_struck_already_is_left_as_it_is_and_mended_after_it() -> None:
    bench, desktop = slow_bench()
    desktop.trouble = TargetBusy("the window hangs")
    bench.deliver(1, edit("so it"), False)
    struck = desktop.given[0]
    bench.deliver(1, edit(" goes"), False)
    bench.deliver(1, Edit(len("it goes"), "is"), True)
    desktop.trouble = None
    desktop.given.clear()
    bench.deliver.retry()
    assert desktop.given[0] is struck
    assert desktop.given[1:] == [Edit(len("it"), "is")]
    assert desktop.texts[1] == "mine: so is"


def test_no_more_is_taken_back_than_stands_when_the_person_took_some_back_before() -> None:
    bench, desktop = slow_bench()
    bench.deliver(1, edit("so it"), False)
    bench.deliver.undo()
    bench.deliver(1, Edit(len("it"), "is"), True)
    assert desktop.texts[1] == "mine: is"
    bench.deliver.undo()
    assert desktop.texts[1] == "mine: "


def test_an_undo_takes_back_the_text_as_it_was_mended() -> None:
    bench, desktop = slow_bench()
    bench.deliver(1, edit("so it goes"), False)
    bench.deliver(1, Edit(len("it goes"), "is"), True)
    bench.deliver.undo()
    assert desktop.texts[1] == "mine: "
    assert bench.standing == [(1, "")]


def test_where_taking_back_broke_off_only_what_was_not_to_go_is_said_to_stand_and_undo_leaves_it_alone() -> None:
    bench, desktop = slow_bench()
    bench.deliver(1, edit("so it goes"), False)
    desktop.trouble = TypistError("only 4 of 7 characters were taken back")
    bench.deliver(1, Edit(len("it goes"), "is"), True)
    desktop.trouble = None
    desktop.given.clear()
    bench.deliver.undo()
    assert desktop.given == []
    assert bench.standing == [(1, "so ")]
    assert bench.kinds == [ProblemName.TYPIST_FAILED, UtteranceFailed]


def test_a_window_that_was_closed_before_it_could_be_mended_leaves_what_was_typed_elsewhere_to_undo() -> None:
    bench, desktop = slow_bench()
    bench.deliver(1, edit("so it"), False)
    bench.focus(2)
    bench.say(2, "two")
    del desktop.texts[1]
    bench.deliver(1, Edit(2, "is"), True)
    bench.deliver.undo()
    assert desktop.texts == {2: ""}


def test_what_goes_to_the_clipboard_is_what_was_not_typed_as_it_was_mended() -> None:
    bench, desktop = slow_bench(keeps=True)
    bench.deliver(1, edit("so"), False)
    bench.focus(2)
    bench.deliver(1, edit(" it goes"), False)
    bench.deliver(1, Edit(len("it goes"), "is on"), True)
    assert desktop.clipboard == "is on"
    assert desktop.texts == {1: "mine: so", 2: ""}
    assert bench.standing == [(1, "so")]


@pytest.mark.parametrize("trouble", [TargetAway("the focus is elsewhere"), TypistError("the window is gone")])
def test_where_the_mending_leaves_nothing_to_keep_the_clipboard_is_left_alone(trouble: TypistError) -> None:
    bench, desktop = slow_bench(keeps=True)
    bench.deliver(1, edit("so it"), False)
    desktop.clipboard = "mine"
    desktop.trouble = trouble
    bench.deliver(1, Edit(len(" it"), ""), True)
    assert desktop.clipboard == "mine"


def test_the_picture_in_the_terminal_is_mended_with_the_text() -> None:
    mirror = RecordingTypist()
    bench = Bench(mirror=mirror)
    bench.deliver.begin(1)
    bench.deliver(1, edit("so it"), False)
    bench.focus(2)
    bench.deliver(1, edit(" goes"), False)
    bench.deliver(1, Edit(len("it goes"), "is"), True)
    assert mirror.text == "so is"


def test_whether_text_can_be_taken_back_is_what_the_backend_says_that_is_in_use() -> None:
    bench = Bench()
    assert bench.deliver.deletes()

    bench.deliver.replace(StdoutTypist(io.StringIO()), None)
    assert not bench.deliver.deletes()


DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(0, 9), st.text("ab ", max_size=4)),
        st.tuples(st.sampled_from(["away", "busy", "back", "undo"]), st.just(0), st.just("")),
    ),
    max_size=20,
)


@given(doings=DOINGS)
def test_whatever_waits_and_is_taken_back_the_window_keeps_what_was_there_before_and_ends_with_the_sum(
    doings: list[tuple[str, int, str]],
) -> None:
    bench, desktop = slow_bench()
    expected = ""  # the sum of the edits since the last undo that reached the window
    for doing, delete, text in doings:
        match doing:
            case "edit":
                stay = max(0, len(expected) - delete)
                bench.deliver(1, Edit(len(expected) - stay, text), False)
                expected = expected[:stay] + text
            case "undo":
                bench.deliver.undo()
                if (1, "") in bench.standing:
                    bench.events.clear()
                    expected = ""
            case "back":
                desktop.trouble = None
                bench.focus(1)
            case "away":
                bench.focus(2)
            case "busy":
                desktop.trouble = TargetBusy("the window hangs")
        assert desktop.texts[1].startswith("mine: ")
        assert desktop.texts[2] == ""
    desktop.trouble = None
    bench.focus(1)
    bench.deliver(1, Edit(0, ""), True)
    assert desktop.texts[1] == "mine: " + expected
