"""For devices that refuse 16 kHz: their own rate, resampled in a thread beside the callback."""

from __future__ import annotations

import math
import threading

import numpy as np
import soxr

from sayso.audio import FRAME_SECONDS, SAMPLE_RATE_HZ, samples
from sayso.errors import RingOverrun
from sayso.ring import NEVER, Ring

NATIVE_RING_SECONDS = 10  # what the thread may fall behind before audio is lost
# While nobody waits for audio: 8 wake-ups a second instead of 31, and 0.75 % of a core instead of 1.1 %. The
# first block after somebody begins to wait comes up to 96 ms later; none is lost.
IDLE_BLOCKS = 4
QUALITY = "HQ"  # 0.1 ms of work a block; VHQ doubles the delay for detail that no recogniser hears
DELAY_SECONDS = 0.023  # mean of the HQ filter in 32 ms blocks: 21 ms from 48 kHz, 23 ms from 44.1 kHz


class NativeRate:
    """Takes the device's own rate in `ring` and writes 16 kHz into another ring.

    Args:
        rate_hz: the device's rate.
        into: the 16 kHz ring; this thread is its one producer until `close`.

    """

    def __init__(self, rate_hz: int, into: Ring) -> None:
        # Ring counts its capacity in seconds of 16 kHz
        self.ring = Ring(capacity_seconds=math.ceil(NATIVE_RING_SECONDS * rate_hz / SAMPLE_RATE_HZ))
        self.ring.wake_at = 0  # from the first block on
        self._idle_samples = IDLE_BLOCKS * block_samples(rate_hz)
        self._into = into
        self._resampler = soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 1, dtype="int16", quality=QUALITY)
        self._read = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sayso-resample", daemon=True)
        self._thread.start()

    @property
    def latency_samples(self) -> int:
        """What the filter adds to the delay, in 16 kHz samples."""
        return samples(DELAY_SECONDS)

    def close(self) -> None:
        """Resample what is left and end; blocks for that long (milliseconds); nothing may be written any more."""
        self._closing.set()
        self.ring.wake.set()
        self._thread.join()

    def _run(self) -> None:
        """Thread `sayso-resample`: blocks only on its own wake event."""
        while not self._closing.is_set():
            self.ring.wake.wait()
            self.ring.wake.clear()
            self._resample(last=False)
            self.ring.wake_at = self._read + (self._idle_samples if self._into.wake_at == NEVER else 1)
        self._resample(last=True)

    def _resample(self, *, last: bool) -> None:
        end = self.ring.written
        try:
            block = self.ring.read(self._read, end)
        except RingOverrun:
            self._into.note_overflow()
            block = np.zeros(0, dtype=np.int16)
        self._read = end
        done = self._resampler.resample_chunk(block, last=last)
        if len(done):
            self._into.write(np.asarray(done, dtype=np.int16))


def block_samples(rate_hz: int) -> int:
    """Samples of one channel in a block of 32 ms, as near as whole samples come."""
    return round(rate_hz * FRAME_SECONDS)
