"""The ring: the last minute of audio, addressed by absolute sample index.

One producer (the capture callback), one consumer (the pipeline thread). The producer never blocks: it copies
and moves one counter. The consumer copies out and then looks whether the producer has overtaken it meanwhile,
so neither needs a lock.
"""

from __future__ import annotations

import sys
import threading

import numpy as np

from sayso.audio import SAMPLE_RATE_HZ, Pcm
from sayso.errors import RingOverrun

CAPACITY_SECONDS = 64  # the contract asks for at least 60 s
NEVER = sys.maxsize


class Ring:
    """A single-producer, single-consumer ring of int16 samples.

    Args:
        wake: set when `written` reaches `wake_at`; the consumer clears it. A consumer that wants nothing
            (idle) leaves `wake_at` at NEVER and is not woken 31 times a second.
        capacity_seconds: how much is held.

    """

    def __init__(self, wake: threading.Event | None = None, capacity_seconds: int = CAPACITY_SECONDS) -> None:
        self.capacity = capacity_seconds * SAMPLE_RATE_HZ
        self.wake = wake if wake is not None else threading.Event()
        self.wake_at = NEVER
        self._buffer: Pcm = np.zeros(self.capacity, dtype=np.int16)
        self._written = 0
        self._claimed = 0  # index one past what is being written now: from there back, a capacity is valid
        self._overflows = 0

    @property
    def written(self) -> int:
        """Absolute index one past the newest sample: the number of samples ever written."""
        return self._written

    @property
    def overflows(self) -> int:
        """How often the device reported that it lost input before we saw it."""
        return self._overflows

    def note_overflow(self) -> None:
        """Count an input overflow reported by the device (called from the capture callback)."""
        self._overflows += 1

    def write(self, block: Pcm) -> None:
        """Append samples, shape (n,), n ≤ capacity. Called by the producer only; never blocks."""
        self._claimed = self._written + len(block)
        at = self._written % self.capacity
        head = min(len(block), self.capacity - at)
        self._buffer[at : at + head] = block[:head]
        if head < len(block):
            self._buffer[: len(block) - head] = block[head:]
        self._written = self._claimed
        if self._written >= self.wake_at:
            self.wake.set()

    def read(self, start: int, end: int) -> Pcm:
        """Return a copy of the samples [start, end).

        Raises:
            RingOverrun: some of them are already overwritten.
            ValueError: some of them are not written yet, or the span is reversed.

        """
        if not 0 <= start <= end <= self._written:
            raise ValueError(f"span [{start}, {end}) is not within the {self._written} samples written")
        oldest = self._claimed - self.capacity
        if start >= oldest:
            at, size = start % self.capacity, end - start
            head = min(size, self.capacity - at)
            out = np.concatenate((self._buffer[at : at + head], self._buffer[: size - head]))
            oldest = self._claimed - self.capacity  # the producer may have moved while we copied
        if start < oldest:
            raise RingOverrun(
                f"{oldest - start} samples of audio were overwritten before they were read; "
                "the machine was too busy for more than a minute"
            )
        return out
