"""The ring: what was written is what is read, or it is said that it is gone."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.audio import SAMPLE_RATE_HZ, Pcm
from sayso.errors import RingOverrun
from sayso.ring import CAPACITY_SECONDS, NEVER, Ring

CAPACITY = SAMPLE_RATE_HZ  # of the rings below: 1 s


def numbered(start: int, count: int) -> Pcm:
    """Samples that tell their own index, modulo a prime that shares no factor with the capacity."""
    return ((np.arange(start, start + count) * 7) % 32_749).astype(np.int16)


@given(
    sizes=st.lists(st.one_of(st.integers(0, 600), st.integers(0, CAPACITY)), max_size=12),
    span=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_after_any_writes_a_span_reads_exactly_as_it_was_written_or_is_an_overrun(
    sizes: list[int], span: tuple[float, float]
) -> None:
    ring = Ring(capacity_seconds=1)
    for size in sizes:
        ring.write(numbered(ring.written, size))
    assert ring.written == sum(sizes)
    start, end = sorted(round(share * ring.written) for share in span)
    if start < ring.written - CAPACITY:
        with pytest.raises(RingOverrun, match=f"^{ring.written - CAPACITY - start} samples"):
            ring.read(start, end)
    else:
        assert np.array_equal(ring.read(start, end), numbered(start, end - start))


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 4), (0, 11), (11, 11)])
def test_a_span_that_was_never_written_or_runs_backwards_is_refused(start: int, end: int) -> None:
    ring = Ring(capacity_seconds=1)
    ring.write(numbered(0, 10))
    with pytest.raises(ValueError, match="not within the 10 samples written"):
        ring.read(start, end)


def test_what_was_read_stays_as_it_was_when_the_ring_moves_on() -> None:
    ring = Ring(capacity_seconds=1)
    ring.write(numbered(0, 512))
    before = ring.read(0, 512)
    ring.write(np.zeros(CAPACITY, dtype=np.int16))
    assert np.array_equal(before, numbered(0, 512))


def test_what_is_written_is_copied_because_portaudio_reuses_its_buffer() -> None:
    ring = Ring(capacity_seconds=1)
    reused = numbered(0, 512)
    ring.write(reused)
    reused[:] = 0
    assert np.array_equal(ring.read(0, 512), numbered(0, 512))


def test_by_default_it_holds_at_least_a_minute() -> None:
    assert Ring().capacity == CAPACITY_SECONDS * SAMPLE_RATE_HZ >= 60 * SAMPLE_RATE_HZ


def test_the_reader_is_woken_when_as_much_is_there_as_it_waits_for_and_not_before() -> None:
    wake = threading.Event()
    ring = Ring(wake, capacity_seconds=1)
    ring.wake_at = 1_024
    ring.write(numbered(0, 1_023))
    assert not wake.is_set()
    ring.write(numbered(1_023, 1))
    assert wake.is_set()


def test_a_reader_that_wants_nothing_is_not_woken() -> None:
    ring = Ring(capacity_seconds=1)
    assert ring.wake_at == NEVER
    ring.write(numbered(0, CAPACITY))
    assert not ring.wake.is_set()


def test_input_that_the_device_lost_is_counted() -> None:
    ring = Ring(capacity_seconds=1)
    ring.note_overflow()
    ring.note_overflow()
    assert ring.overflows == 2


def test_a_reader_beside_a_writer_never_sees_samples_of_another_time() -> None:
    ring = Ring(capacity_seconds=1)
    torn: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            end = ring.written
            start = max(0, end - CAPACITY // 2)
            try:
                if not np.array_equal(ring.read(start, end), numbered(start, end - start)):
                    torn.append(start)
            except RingOverrun:
                continue

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for start in range(0, 20 * CAPACITY, 512):
            ring.write(numbered(start, 512))
    finally:
        done.set()
        reader.join()
    assert torn == []
