"""What stands in the tray's menu."""

from __future__ import annotations

from sayso.events import State
from sayso.indicator.menu import QUIT, ROOT, Entry, find, layout, menu, properties
from sayso.indicator.model import Facts, StateTold, StatusTold, follow


def lines(facts: Facts) -> dict[str, str]:
    """Label → what it does."""
    return {entry.label: entry.does for entry in menu(facts).entries if entry.label}


def test_it_starts_dictation_while_there_is_none_and_stops_it_otherwise() -> None:
    assert lines(Facts())["Start listening"] == "Start"
    dictating = lines(follow(Facts(), StateTold(State.LISTENING), 0))
    assert dictating["Stop listening"] == "Stop"
    assert dictating["Forget what is being said"] == "Cancel"
    assert dictating["Undo what was typed last"] == "Undo"
    assert dictating["Close this indicator"] == QUIT


def test_the_three_answers_are_there_while_text_waits_and_at_no_other_time() -> None:
    waiting = follow(Facts(), StatusTold(State.IDLE, {"focus-moved": "it waits"}), 0)
    answers = {"Type here": "TypeHere", "Go back": "GoBack", "Copy": "Copy"}
    assert answers.items() <= lines(waiting).items()
    assert not answers.keys() & lines(Facts()).keys()


def test_problems_are_under_a_line_that_counts_them_each_in_its_own_words() -> None:
    told = StatusTold(State.IDLE, {"a": "first thing", "b": "second\nthing" + "!" * 200})
    problems = next(entry for entry in menu(follow(Facts(), told, 0)).entries if entry.label == "Problems (2)")
    first, second = (entry.label for entry in problems.entries)
    assert first == "first thing"
    assert second.startswith("second thing!")
    assert len(second) == 100
    assert all(not entry.does for entry in problems.entries)


def test_what_is_offered_can_be_chosen_there_too_and_not_once_it_was() -> None:
    offers = {"learning": "may it?", "recovered": "2 of them"}
    offered = lines(follow(Facts(), StatusTold(State.IDLE, {}, offers=offers), 0))
    assert offered["Learn"] == "LearningOn"
    assert offered["Do not learn"] == "LearningOff"
    assert offered["Copy"] == "CopyRecovered"
    assert "Learn" not in lines(follow(Facts(), StatusTold(State.IDLE, {}), 0))


def test_no_two_lines_have_the_same_number() -> None:
    offers = {"learning": "may it?", "recovered": "2 of them"}
    told = StatusTold(State.LISTENING, {"focus-moved": "it waits", "b": "c"}, offers=offers)
    numbers: list[int] = []

    def count(entry: Entry) -> None:
        numbers.append(entry.number)
        for one in entry.entries:
            count(one)

    count(menu(follow(Facts(), told, 0)))
    assert len(numbers) == len(set(numbers))


def test_what_is_told_of_lines_is_what_dbusmenu_knows() -> None:
    separator, action, text = Entry(1), Entry(2, "snake_case", "Start"), Entry(3, "only words")
    assert {name: value.value for name, value in properties(separator).items()} == {"type": "separator"}
    assert {name: value.value for name, value in properties(action).items()} == {"label": "snake__case"}
    assert {name: value.value for name, value in properties(text).items()} == {
        "label": "only words",
        "enabled": False,
    }
    assert properties(action, ["enabled"]) == {}


def test_the_layout_goes_as_deep_as_it_is_asked_for() -> None:
    root = Entry(ROOT, "", "", (Entry(1, "a", "", (Entry(2, "b", "Stop"),)),))
    number, told, below = layout(root, 1)
    assert (number, told["children-display"].value) == (ROOT, "submenu")
    assert below[0].value[0] == 1
    assert below[0].value[2] == []
    assert layout(root, -1)[2][0].value[2][0].value[0] == 2
    assert find(root, 2) == Entry(2, "b", "Stop")
    assert find(root, 7) is None
