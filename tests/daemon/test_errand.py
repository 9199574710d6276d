"""A call that may never return: waited for only so long, and undone where it comes too late."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from sayso.errand import Errand, Overdue

AT_ONCE = 0.01
PATIENCE_SECONDS = 5.0


class Stuck:
    """A call that waits until it is let go."""

    def __init__(self) -> None:
        self._gate = threading.Event()
        self.undone: list[str] = []
        self._was_undone = threading.Event()

    def __call__(self) -> str:
        assert self._gate.wait(PATIENCE_SECONDS)
        return "done"

    def let_go(self) -> None:
        """Let it return."""
        self._gate.set()

    def undo(self, result: str) -> None:
        """Take the result back."""
        self.undone.append(result)
        self._was_undone.set()

    def wait_until_undone(self) -> None:
        """Wait for that."""
        assert self._was_undone.wait(PATIENCE_SECONDS)


def join() -> None:
    """Wait for the threads of all errands to end."""
    for thread in threading.enumerate():
        if thread.name == "sayso-errand":
            thread.join(PATIENCE_SECONDS)


def raises(error: Exception) -> Callable[[], None]:
    """Make a call that raises."""

    def call() -> None:
        raise error

    return call


def test_what_the_call_returns_is_handed_over() -> None:
    assert Errand(lambda: 7).wait(PATIENCE_SECONDS) == 7


def test_what_the_call_raises_is_raised_where_it_is_waited_for() -> None:
    with pytest.raises(ValueError, match="no such rate"):
        Errand(raises(ValueError("no such rate"))).wait(PATIENCE_SECONDS)


def test_a_call_that_hangs_is_given_up_and_undone_when_it_returns() -> None:
    stuck = Stuck()
    errand = Errand(stuck, stuck.undo)
    with pytest.raises(Overdue):
        errand.wait(AT_ONCE)
    assert not errand.is_over
    stuck.let_go()
    stuck.wait_until_undone()
    assert stuck.undone == ["done"]


def test_a_call_that_returned_in_time_is_not_undone() -> None:
    stuck = Stuck()
    stuck.let_go()
    errand = Errand(stuck, stuck.undo)
    assert errand.wait(PATIENCE_SECONDS) == "done"
    join()
    assert errand.is_over
    assert stuck.undone == []
