"""Each problem is told once and cleared once."""

from __future__ import annotations

from sayso.capture import CaptureEvent
from sayso.capture.problems import PendingProblems
from sayso.events import Problem, ProblemCleared, ProblemName

LOST, ABSENT = ProblemName.MICROPHONE_LOST, ProblemName.MICROPHONE_ABSENT


def test_the_same_problem_is_told_once_and_a_new_message_again() -> None:
    told: list[CaptureEvent] = []
    problems = PendingProblems(told.append)
    for message in ("a", "a", "b"):
        problems.tell(ABSENT, message)
    assert told == [Problem(ABSENT, "a"), Problem(ABSENT, "b")]


def test_why_nothing_is_heard_is_the_first_reason() -> None:
    told: list[CaptureEvent] = []
    problems = PendingProblems(told.append)
    problems.tell_unheard(LOST, "unplugged")
    problems.tell_unheard(ABSENT, "no microphone")
    assert told == [Problem(LOST, "unplugged")]


def test_only_what_is_pending_is_cleared() -> None:
    told: list[CaptureEvent] = []
    problems = PendingProblems(told.append)
    problems.tell(LOST, "unplugged")
    problems.clear(ABSENT, LOST)
    problems.clear(LOST)
    assert told[1:] == [ProblemCleared(LOST)]
