"""Following the focus where it fails; with a display it is tested in tests/desktop/typing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sayso.x11.focus import FocusWatch


class BrokenDisplay:
    """A connection of which the first use fails, in a way that nobody has thought of."""

    def __init__(self) -> None:
        self.is_closed = False

    def set_error_handler(self, _: object) -> None:
        raise RuntimeError("broken")

    def close(self) -> None:
        self.is_closed = True


@contextmanager
def watching(find_display: Callable[[], str | None]) -> Iterator[FocusWatch]:
    """A watch that has seen for the first time how things stand."""
    watch = FocusWatch(find_display, lambda: None)
    try:
        watch.wait_for_first_look(60)
        yield watch
    finally:
        watch.close()


def test_a_failure_leaves_no_connection_open_and_is_not_tried_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[BrokenDisplay] = []

    def connect(_: str) -> BrokenDisplay:
        opened.append(BrokenDisplay())
        return opened[-1]

    monkeypatch.setattr("sayso.x11.focus.connect", connect)
    monkeypatch.setattr("sayso.x11.focus.RETRY_SECONDS", (3600.0,))
    with watching(lambda: ":7") as watch:
        assert "RuntimeError" in str(watch.absence)
        assert watch.display is None
    assert [display.is_closed for display in opened] == [True]


def test_failures_in_a_row_are_tried_again_ever_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    tries, third = [0], threading.Event()

    def connect(_: str) -> BrokenDisplay:
        tries[0] += 1
        if tries[0] == 3:
            third.set()
        return BrokenDisplay()

    monkeypatch.setattr("sayso.x11.focus.connect", connect)
    monkeypatch.setattr("sayso.x11.focus.RETRY_SECONDS", (0.0, 0.0, 3600.0))
    with watching(lambda: ":7"):
        assert third.wait(60)
    assert tries == [3]


def test_a_display_that_cannot_even_be_looked_for_does_not_end_the_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[None] = []
    again = threading.Event()

    def find_display() -> str | None:
        asked.append(None)
        if len(asked) == 1:
            raise RuntimeError("broken")
        again.set()
        return None

    monkeypatch.setattr("sayso.x11.focus.RETRY_SECONDS", (0.0, 3600.0))
    with watching(find_display):
        assert again.wait(60)
