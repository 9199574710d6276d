from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from rival import Piece, drive

from sayso.audio import SAMPLE_RATE_HZ

NOTHING = (None, None, "")


class SlowProcessor:
    """Takes so many seconds for a pass, and commits how much audio each pass got."""

    def __init__(self, seconds_a_pass: float) -> None:
        self.heard: list[int] = []
        self.time = 0.0
        self._spends = seconds_a_pass

    def now(self) -> float:
        return self.time

    def insert_audio_chunk(self, audio: NDArray[np.float32]) -> None:
        self.heard.append(len(audio))

    def process_iter(self) -> tuple[float | None, float | None, str]:
        self.time += self._spends
        return 0.0, 0.0, f" {self.heard[-1] / SAMPLE_RATE_HZ:g}"

    def finish(self) -> tuple[float | None, float | None, str]:
        return 0.0, 0.0, " rest"


def audio(seconds: float) -> NDArray[np.float32]:
    return np.zeros(int(seconds * SAMPLE_RATE_HZ), dtype=np.float32)


def test_a_quick_one_gets_a_step_of_audio_at_a_time_and_its_text_comes_when_computed() -> None:
    processor = SlowProcessor(0.25)
    pieces = drive(processor, audio(2.0), 1.0, processor.now)
    assert pieces == [Piece(" 1", 1.25), Piece(" 1", 2.25), Piece(" rest", 2.25)]


def test_a_slow_one_gets_all_that_came_while_it_was_busy_and_loses_nothing() -> None:
    processor = SlowProcessor(3.0)
    pieces = drive(processor, audio(6.0), 1.0, processor.now)
    assert pieces == [Piece(" 1", 4.0), Piece(" 3", 7.0), Piece(" 2", 10.0), Piece(" rest", 10.0)]
    assert sum(processor.heard) == 6 * SAMPLE_RATE_HZ


def test_passes_that_commit_nothing_or_fail_as_it_foresees_leave_no_text() -> None:
    class Mute(SlowProcessor):
        def process_iter(self) -> tuple[float | None, float | None, str]:
            if len(self.heard) == 1:
                raise AssertionError
            return NOTHING

    processor = Mute(0.0)
    assert drive(processor, audio(2.0), 1.0, processor.now) == [Piece(" rest", pytest.approx(2.0))]
