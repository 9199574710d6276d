"""Whether a space comes before an utterance's text, by what stands before the cursor when it is typed."""

from __future__ import annotations

import pytest
from tests.daemon.typist.desktop import Bench, Desktop, edit

from sayso.errors import TargetBusy
from sayso.events import Edit, Span, TextStands, UtteranceCutShort
from sayso.formatter import check_spans
from sayso.typist import HERE, Target
from sayso.typist.delivery import Delivery
from sayso.typist.fitting import fitted


@pytest.mark.parametrize(
    ("before", "text", "typed"),
    [
        ("", " We should", "We should"),
        ("Dear all,\n", " Please", "Please"),
        ("Notes: ", " one", "one"),
        ("a\u00a0", " b", "b"),
        ("(", " so", "so"),
        ('say "', " so", "so"),
        ('"', " so", "so"),
        ('say "so"', " and", " and"),
        ("One.", " Two.", " Two."),
        ("One", " two", " two"),
        ("/", " so", " so"),
        ("", "so", "so"),
        ("Hello", "world", " world"),
        ("Notes:", "one", " one"),
        ("(so)", "it", " it"),
        ('"so"', "it", " it"),
        ('"', "it", "it"),
        ("Hello ", "world", "world"),
        ("/", "so", "so"),
        ("Hello", "(so)", " (so)"),
        ("Hello", ", so", ", so"),
        ("Hello", "\nso", "\nso"),
        ("Hello", "\u4e16\u754c", "\u4e16\u754c"),
        ("\u4e16\u754c", "so", "so"),
        ("\ufffc", " so", " so"),
        ("", " ", " "),
        ("", "  so", "  so"),
    ],
)
def test_the_space_is_there_only_where_one_belongs(before: str, text: str, typed: str) -> None:
    spans = (Span(0, len(text), (0,)),)
    found = fitted(Edit(0, text, spans), before)
    assert found.insert == typed
    check_spans(found)


def test_what_the_person_said_belongs_right_behind_stays_there() -> None:
    assert fitted(Edit(0, "world", joins=True), "Hello").insert == "world"


class Seeing(Desktop):
    """Windows in which is seen what stands before the cursor, which is at their end."""

    def stands_before(self, edit: Edit, target: Target) -> str | None:
        text = self.texts[target.key]
        return text[: len(text) - edit.delete] if target.key == self.focused else None


class SeeingBench(Bench):
    """A delivery that sees."""

    def __init__(self) -> None:
        super().__init__()
        self.desktop = Seeing()
        self.deliver = Delivery(self.desktop, self.events.append)


@pytest.fixture
def bench() -> SeeingBench:
    return SeeingBench()


def test_what_is_told_to_stand_is_what_was_typed(bench: SeeingBench) -> None:
    bench.say(1, "One.")
    bench.desktop.texts[1] = ""
    bench.say(2, " Two.")
    bench.desktop.texts[1] = "Hello"
    bench.say(3, "world")
    assert bench.desktop.texts[1] == "Hello world"
    assert bench.stands == [(1, "One.", 1), (2, "Two.", 1), (3, " world", 1)]


def test_an_utterance_goes_on_behind_its_beginning_as_it_was_told(bench: SeeingBench) -> None:
    bench.deliver.begin(1)
    bench.deliver(1, edit(" so"), False)
    bench.deliver(1, edit(" it"), True)
    assert bench.desktop.texts[1] == "so it"


@pytest.mark.parametrize(("before", "text"), [("", " so it"), ("Hello", "so it")])
def test_what_is_taken_back_whole_is_gone_with_its_space_and_what_is_said_instead_is_fitted_again(
    bench: SeeingBench, before: str, text: str
) -> None:
    bench.desktop.texts[1] = before
    bench.deliver.begin(1)
    bench.deliver(1, edit(text), False)
    bench.deliver(1, Edit(len(text), text[:-5] + "as it"), False)
    assert bench.desktop.texts[1] == f"{before} as it".lstrip()
    bench.deliver(1, Edit(3, ""), False)
    assert bench.desktop.texts[1] == f"{before} as".lstrip()
    bench.deliver(1, Edit(len(text) - 3, ""), False)
    assert bench.desktop.texts[1] == before
    bench.deliver(1, edit(text), True)
    assert bench.desktop.texts[1] == f"{before} so it".lstrip()
    bench.deliver.undo()
    assert bench.desktop.texts[1] == before
    assert bench.events[-1] == UtteranceCutShort(1, "", 1)


def test_text_that_waits_is_fitted_to_what_stands_when_it_is_typed(bench: SeeingBench) -> None:
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit(" so"), True)
    bench.desktop.texts[1] = "Hello "
    bench.focus(1)
    assert bench.desktop.texts[1] == "Hello so"
    bench.deliver.undo()
    assert bench.desktop.texts[1] == "Hello "


def test_what_goes_to_another_window_is_fitted_there(bench: SeeingBench) -> None:
    bench.desktop.texts[2] = "Hello"
    bench.deliver.begin(1)
    bench.focus(2)
    bench.deliver(1, edit(" so"), True)
    bench.deliver.here()
    assert bench.desktop.texts == {1: "", 2: "Hello so"}
    assert [event.text for event in bench.events if isinstance(event, TextStands)] == [" so"]


def test_a_text_that_a_window_was_told_to_paste_is_tried_again_as_it_was() -> None:
    tried: list[Edit] = []

    class Busy(Seeing):
        def type(self, edit: Edit, target: Target = HERE) -> None:
            tried.append(edit)
            if len(tried) == 1:
                raise TargetBusy("told")
            super().type(edit, target)

    bench = SeeingBench()
    bench.deliver = Delivery(busy := Busy(), bench.events.append)
    bench.say(1, " so")
    busy.texts[1] = "Hello"
    bench.deliver.retry()
    assert tried[0] is tried[1]
    assert bench.stands == [(1, "so", 1)]
