from __future__ import annotations

import os

import pytest
from isolation import alone, peak_rss_mb, share_of_others


def test_a_measurement_has_a_process_and_a_peak_of_its_own() -> None:
    ours = bytearray(200 << 20)  # 200 MB that were held here
    assert peak_rss_mb() > len(ours) / (1 << 20)
    assert alone(os.getpid) != os.getpid()
    assert alone(peak_rss_mb) < 200


def test_what_goes_wrong_in_it_is_told_to_whoever_asked() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        alone(int, "a word")


def test_others_have_taken_what_was_busy_and_not_ones_own() -> None:
    assert share_of_others(busy_seconds=1.5, own_seconds=1.0, elapsed_seconds=1.0, cores=2) == 25.0
    assert (
        share_of_others(busy_seconds=0.99, own_seconds=1.0, elapsed_seconds=1.0, cores=2) == 0.0
    )  # it is rounded
