from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sayso.clock import VirtualClock, WallClock


@given(st.lists(st.floats(0, 1e6)))
def test_a_virtual_clock_shows_the_latest_time_it_was_told_and_never_goes_back(times: list[float]) -> None:
    clock = VirtualClock()
    for time in times:
        clock.advance_to(time)
    assert clock.now() == max([0.0, *times])


def test_a_wall_clock_counts_forward_from_its_restart() -> None:
    clock = WallClock()
    first = clock.now()
    assert 0 <= first <= clock.now()
    clock.restart()
    assert 0 <= clock.now() < 60
