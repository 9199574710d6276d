"""The ladder: what gives way when the engine is slower than speech, and comes back when it is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.audio import samples
from sayso.events import Event, PaceChanged, Rung
from sayso.ladder import REST, TOO_LONG_SECONDS, TRY_AGAIN_FINALS, Ladder, Pace, after
from sayso.mailbox import DecodeFinal, DecodePartial, Drop, Request

AUDIO = np.zeros(0, dtype=np.int16)
PARTIAL, FINAL = DecodePartial(1, 0, AUDIO), DecodeFinal(1, 0, AUDIO, 0)
HOP = samples(0.4)


class Climb:
    """A ladder, and what it told."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.ladder = Ladder(self.told.append)

    def done(self, request: Request, took_seconds: float) -> Rung:
        self.ladder.done(request, took_seconds, HOP)
        return self.ladder.pace.rung


def test_an_engine_that_keeps_up_is_asked_at_every_hop_and_nothing_is_told() -> None:
    climb = Climb()
    assert climb.done(PARTIAL, 0.39) is Rung.LIVE
    assert climb.ladder.hop(HOP) == HOP
    assert climb.told == []


def test_where_a_partial_takes_longer_than_a_hop_the_hops_become_longer_than_it_takes() -> None:
    climb = Climb()
    assert climb.done(PARTIAL, 0.8) is Rung.SLOWER
    assert climb.ladder.hop(HOP) == samples(REST * 0.8)


def test_where_partials_take_too_long_there_are_none_until_a_final_is_quick() -> None:
    climb = Climb()
    assert climb.done(PARTIAL, TOO_LONG_SECONDS + 0.1) is Rung.SEGMENTS
    assert climb.ladder.hop(HOP) is None
    assert climb.done(FINAL, TOO_LONG_SECONDS + 0.1) is Rung.SEGMENTS
    assert climb.done(FINAL, 1.0) is Rung.SLOWER
    assert climb.done(PARTIAL, 0.1) is Rung.LIVE


def test_where_finals_take_long_too_partials_are_tried_again_now_and_then() -> None:
    climb = Climb()
    climb.done(PARTIAL, TOO_LONG_SECONDS + 0.1)
    rungs = [climb.done(FINAL, 3.0) for _ in range(TRY_AGAIN_FINALS)]
    assert rungs == [Rung.SEGMENTS] * (TRY_AGAIN_FINALS - 1) + [Rung.SLOWER]
    assert climb.done(PARTIAL, TOO_LONG_SECONDS + 0.1) is Rung.SEGMENTS
    rungs = [climb.done(FINAL, 3.0) for _ in range(TRY_AGAIN_FINALS)]
    assert rungs[-2:] == [Rung.SEGMENTS, Rung.SLOWER]
    assert climb.done(PARTIAL, 0.1) is Rung.LIVE


def test_each_change_is_told_once() -> None:
    climb = Climb()
    for took_seconds in (0.1, 0.9, 0.8, 3.0, 3.0):
        climb.done(PARTIAL, took_seconds)
    assert climb.told == [PaceChanged(Rung.SLOWER), PaceChanged(Rung.SEGMENTS)]


@pytest.mark.parametrize("request_", [Drop(1), FINAL])
def test_a_final_slows_nothing_down_nor_does_what_is_no_decode(request_: Request) -> None:
    assert after(Pace(), request_, 60.0, 0.4) == Pace()


@given(st.lists(st.tuples(st.sampled_from([PARTIAL, FINAL, Drop(1)]), st.floats(0, 100)), max_size=20))
def test_hops_are_never_shorter_than_asked_for(done: list[tuple[Request, float]]) -> None:
    climb = Climb()
    for request, took_seconds in done:
        climb.done(request, took_seconds)
        hop = climb.ladder.hop(HOP)
        assert hop is None or hop >= HOP
