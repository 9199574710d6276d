"""How much anybody may ask."""

from __future__ import annotations

import pytest

from sayso.bus.gate import ALL_TOGETHER, EVEN_SO, HARD_STOP, PER_SENDER, Gate


@pytest.fixture
def gate() -> Gate:
    return Gate()


def admitted(gate: Gate, sender: str, calls: int, now: float = 10.0) -> int:
    return sum(gate.admits(sender, now) for _ in range(calls))


def test_a_caller_gets_so_many_answers_a_second_and_no_more(gate: Gate) -> None:
    assert admitted(gate, ":1.1", 10_000) == PER_SENDER


def test_the_next_second_begins_anew(gate: Gate) -> None:
    admitted(gate, ":1.1", 10_000, now=10.0)
    assert admitted(gate, ":1.1", 10_000, now=11.0) == PER_SENDER


def test_one_who_floods_takes_nothing_from_another(gate: Gate) -> None:
    admitted(gate, ":1.1", 10_000)
    assert admitted(gate, ":1.2", PER_SENDER) == PER_SENDER


def test_many_who_flood_together_leave_a_newcomer_a_few_answers(gate: Gate) -> None:
    crowd = sum(admitted(gate, f":1.{n}", 1_000) for n in range(20))
    assert ALL_TOGETHER <= crowd <= ALL_TOGETHER + 20 * EVEN_SO
    assert admitted(gate, ":1.99", 60) == EVEN_SO


def test_no_number_of_connections_adds_up_to_a_flood(gate: Gate) -> None:
    assert sum(admitted(gate, f":1.{n}", 5) for n in range(10_000)) == HARD_STOP
