from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.fakes import silence

from sayso.audio import FRAME_SAMPLES, FRAME_SECONDS, Frame, samples, seconds


@given(st.integers(0, 10**9))
def test_samples_survive_the_way_through_seconds(count: int) -> None:
    assert samples(seconds(count)) == count


def test_a_frame_lasts_32_ms_and_knows_its_end() -> None:
    assert FRAME_SECONDS == 0.032
    assert Frame(1_000, silence(FRAME_SECONDS)).end == 1_000 + FRAME_SAMPLES
