"""A context is in the window that has the focus only if it got the focus with it."""

from __future__ import annotations

import functools

from sayso.ibus.owners import Owner, Owners

EDITOR, EDITORS_OTHER, TERMINAL = Owner("process 1", 1), Owner("process 1", 2), Owner("process 2", 3)


def given(*seen: tuple[str, float]) -> Owners:
    owners = Owners()
    for path, now in seen:
        owners.saw(path, now)
    return owners


owns = functools.partial(Owners.owns, stays_in_window=True)


def test_a_context_that_got_the_focus_with_a_window_is_in_it() -> None:
    owners = given(("/1", 10.0))
    assert owns(owners, EDITOR, "/1", focused_since=9.9)
    assert owns(owners, EDITOR, "/1", focused_since=50.0)  # the window had it again


def test_the_two_connections_may_tell_it_in_either_order() -> None:
    assert owns(given(("/1", 10.0)), EDITOR, "/1", focused_since=10.1)


def test_a_context_that_had_the_focus_long_before_a_window_got_it_is_not_in_it() -> None:
    assert not owns(given(("/1", 10.0)), TERMINAL, "/1", focused_since=20.0)


def test_a_context_that_is_known_to_be_in_a_window_is_in_no_other_that_got_the_focus_after_it() -> None:
    owners = given(("/1", 10.0))
    owners.settled(EDITOR)
    owners.settled(TERMINAL)
    assert not owns(owners, TERMINAL, "/1", focused_since=10.1)
    assert not owns(owners, EDITORS_OTHER, "/1", focused_since=10.1)
    assert owns(owners, EDITOR, "/1", focused_since=10.2)


def test_a_context_that_a_program_has_for_all_its_windows_is_in_each_of_them() -> None:
    owners = given(("/1", 10.0))
    owners.settled(EDITOR)
    assert owners.owns(EDITORS_OTHER, "/1", 20.0, stays_in_window=False)
    assert not owners.owns(TERMINAL, "/1", 20.0, stays_in_window=False)


def test_a_context_without_the_focus_is_in_no_window() -> None:
    assert not owns(given(("/1", 10.0), ("/2", 11.0)), EDITOR, "/1", focused_since=5.0)


def test_a_mistake_is_mended_when_the_context_gets_the_focus_anew() -> None:
    owners = given(("/1", 10.0))
    owners.settled(TERMINAL)
    owners.saw("/2", 11.0)
    owners.saw("/1", 12.0)
    assert owns(owners, EDITOR, "/1", focused_since=11.9)
    assert not owns(owners, TERMINAL, "/1", focused_since=12.1)
