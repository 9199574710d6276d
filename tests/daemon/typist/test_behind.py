"""What is taken back is only ever what was typed, as far as that is known."""

from __future__ import annotations

from sayso.events import Edit
from sayso.typist.behind import MOST_WINDOWS, Behind
from sayso.x11.backspaces import REMEMBERED


def test_as_much_can_be_deleted_unseen_as_was_typed_and_not_deleted_since() -> None:
    behind = Behind()
    assert not behind.may_be_deleted(1, 1, None)
    behind.typed(1, Edit(0, "hello"))
    behind.typed(1, Edit(2, "p"))
    assert behind.may_be_deleted(1, 4, None)
    assert not behind.may_be_deleted(1, 5, None)
    assert not behind.may_be_deleted(2, 1, None)


def test_what_is_seen_must_be_what_was_typed() -> None:
    behind = Behind()
    behind.typed(1, Edit(0, "hello"))
    assert behind.may_be_deleted(1, 3, "say hello".endswith)
    assert not behind.may_be_deleted(1, 3, "hello you".endswith)
    assert not behind.may_be_deleted(1, 6, lambda _: True)


def test_after_a_doubt_only_what_is_seen_or_was_typed_since_can_be_deleted() -> None:
    behind = Behind()
    behind.typed(1, Edit(0, "hello"))
    behind.doubt(1)
    assert not behind.may_be_deleted(1, 1, None)
    assert behind.may_be_deleted(1, 5, "hello".endswith)
    behind.typed(1, Edit(0, " you"))
    assert behind.may_be_deleted(1, 4, None)
    assert not behind.may_be_deleted(1, 5, None)


def test_a_text_longer_than_what_is_remembered_can_be_deleted_where_its_end_stands_there() -> None:
    behind = Behind()
    behind.typed(1, Edit(0, "x" * (REMEMBERED + 9)))
    assert behind.may_be_deleted(1, REMEMBERED + 9, None)
    assert behind.may_be_deleted(1, REMEMBERED + 9, ("x" * REMEMBERED).__eq__)


def test_the_window_that_was_not_typed_into_for_longest_is_forgotten() -> None:
    behind = Behind()
    for window in range(MOST_WINDOWS + 1):
        behind.typed(window, Edit(0, "so"))
    assert not behind.may_be_deleted(0, 1, None)
    assert behind.may_be_deleted(1, 1, None)
