"""What was begun of one edit is never another's."""

from __future__ import annotations

from sayso.events import Edit
from sayso.typist.begun import BegunEdits


def test_two_edits_that_say_the_same_are_two() -> None:
    known: BegunEdits[int] = BegunEdits()
    first, second = Edit(0, "the same"), Edit(0, "the same")
    known.put(first, 1)
    assert known.take(second) is None
    known.put(second, 2)
    assert (known.take(first), known.take(second)) == (1, 2)


def test_what_is_taken_is_forgotten() -> None:
    known: BegunEdits[int] = BegunEdits()
    edit = Edit(0, "one")
    known.put(edit, 0)
    assert known.take(edit) == 0
    assert known.take(edit) is None


def test_of_too_many_the_one_that_was_put_first_is_forgotten() -> None:
    known: BegunEdits[int] = BegunEdits(most=2)
    edits = [Edit(0, str(number)) for number in range(3)]
    for number in (0, 1, 0, 2):
        known.put(edits[number], number)
    assert [known.take(edit) for edit in edits] == [0, None, 2]
