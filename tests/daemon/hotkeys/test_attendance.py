from __future__ import annotations

import threading
import time

import pytest
from Xlib.error import ConnectionClosedError

from sayso.errors import DisplayError
from sayso.hotkeys.attendance import ABANDON_SECONDS, Attendance, WaitableEvent


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, none of which took time."""
    pauses: list[float] = []
    wait = WaitableEvent.wait

    def without_waiting(self: WaitableEvent, seconds: float) -> bool:
        if seconds:
            pauses.append(seconds)
        return wait(self, 0)

    monkeypatch.setattr(WaitableEvent, "wait", without_waiting)
    return pauses


def test_it_tries_again_ever_more_patiently_and_eagerly_after_a_loss(hurried: list[float]) -> None:
    gone = ConnectionClosedError("server")
    outcomes: list[Exception | None] = [*[DisplayError("none")] * 4, gone, DisplayError("none"), None]
    tries: list[str] = []
    done = threading.Event()

    def attend(name: str, _closing: WaitableEvent) -> None:
        tries.append(name)
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        done.set()

    attendance = Attendance(str, attend, lambda: ":7")
    attendance.start()
    assert done.wait(5)
    attendance.close()
    assert tries == [":7"] * 7
    assert hurried == [1.0, 2.0, 4.0, 5.0, 1.0, 2.0]


def test_without_a_display_nothing_is_attended_to_and_closing_needs_no_patience() -> None:
    asked = threading.Event()

    def find() -> None:
        asked.set()

    def attend(_name: str, _closing: WaitableEvent) -> None:
        raise AssertionError("there is no display")

    attendance = Attendance(str, attend, find)
    attendance.start()
    assert asked.wait(5)
    attendance.close()
    attendance.close()
    assert "sayso-hotkeys" not in {thread.name for thread in threading.enumerate()}


class Stuck:
    """Somebody who does not answer until told to."""

    def __init__(self) -> None:
        self.was_asked, self.may_answer = threading.Event(), threading.Event()

    def ask(self, *_: str) -> str:
        self.was_asked.set()
        assert self.may_answer.wait(10)
        return ":7"


@pytest.mark.parametrize("stuck_in", ["finding", "reaching"])
def test_closing_does_not_wait_for_a_display_that_nobody_has_yet(stuck_in: str) -> None:
    stuck, told_to_close = Stuck(), []

    def attend(_name: str, closing: WaitableEvent) -> None:
        told_to_close.append(closing.wait(0))

    reach, find = (str, stuck.ask) if stuck_in == "finding" else (stuck.ask, lambda: ":7")
    attendance = Attendance(reach, attend, find)
    attendance.start()
    assert stuck.was_asked.wait(5)
    began = time.monotonic()
    attendance.close()
    assert time.monotonic() - began < ABANDON_SECONDS + 0.2
    (thread,) = (one for one in threading.enumerate() if one.name == "sayso-hotkeys")
    stuck.may_answer.set()
    thread.join(5)
    assert not thread.is_alive()
    assert told_to_close == [True]


def test_closing_waits_longer_where_there_are_keys_to_give_back() -> None:
    attending, given_back = threading.Event(), []

    def attend(_name: str, closing: WaitableEvent) -> None:
        attending.set()
        closing.wait(5)
        threading.Event().wait(2 * ABANDON_SECONDS)  # a display that takes its time
        given_back.append(True)

    attendance = Attendance(str, attend, lambda: ":7")
    attendance.start()
    assert attending.wait(5)
    attendance.close()
    assert given_back == [True]
