"""From the device's own rate to 16 kHz, in a thread."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.audio import SAMPLE_RATE_HZ, Pcm, seconds
from sayso.capture.native_rate import DELAY_SECONDS, NativeRate, block_samples
from sayso.ring import NEVER, Ring


def sine(rate_hz: int, length_seconds: float) -> Pcm:
    """440 Hz at half of full scale."""
    time = np.arange(round(rate_hz * length_seconds)) / rate_hz
    return np.asarray(16_000 * np.sin(2 * np.pi * 440 * time), dtype=np.int16)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000, 96_000])
def test_every_sample_arrives_at_16_khz_to_the_last(rate_hz: int) -> None:
    ring = Ring(capacity_seconds=5)
    native = NativeRate(rate_hz, ring)
    audio, size = sine(rate_hz, 2.0), block_samples(rate_hz)
    for start in range(0, len(audio), size):
        native.ring.write(audio[start : start + size])
    native.close()
    assert ring.written == pytest.approx(2 * SAMPLE_RATE_HZ, abs=2)
    expected = sine(SAMPLE_RATE_HZ, 2.0).astype(float)
    middle = slice(SAMPLE_RATE_HZ // 2, 3 * SAMPLE_RATE_HZ // 2)
    assert abs(ring.read(0, ring.written)[middle] - expected[middle]).max() < 32  # 0.1 % of full scale


def test_the_block_is_32_ms_at_any_rate() -> None:
    assert [block_samples(rate) for rate in (16_000, 44_100, 48_000)] == [512, 1_411, 1_536]


def test_the_delay_of_the_filter_is_told() -> None:
    native = NativeRate(48_000, Ring(capacity_seconds=1))
    native.close()
    assert seconds(native.latency_samples) == pytest.approx(DELAY_SECONDS, abs=0.0001)


def test_every_block_is_resampled_at_once_while_somebody_waits_for_audio() -> None:
    ring = Ring(capacity_seconds=1)
    ring.wake_at = 1
    native = NativeRate(48_000, ring)
    for _ in range(2):
        ring.wake.clear()
        native.ring.write(sine(48_000, 0.064))
        assert ring.wake.wait(5)
    native.close()


def test_what_a_starved_thread_can_no_longer_read_is_counted_as_lost() -> None:
    ring = Ring(capacity_seconds=1)
    native = NativeRate(48_000, ring)
    native.ring.wake_at = NEVER  # the thread sleeps until it is closed
    for _ in range(2):
        native.ring.write(np.zeros(native.ring.capacity, dtype=np.int16))
    native.close()
    assert ring.overflows == 1
