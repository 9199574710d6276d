"""Capture: whatever writes 16 kHz mono audio into the ring.

The live flow knows only `Source`. `sayso.capture.microphone` is the one that listens to a person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from sayso.events import CaptureInterrupted, CaptureOpened, Problem, ProblemCleared
from sayso.ring import Ring

CaptureEvent: TypeAlias = Problem | ProblemCleared | CaptureOpened | CaptureInterrupted
Report: TypeAlias = Callable[[CaptureEvent], None]
"""Takes an event from one of capture's own threads; never called from the PortAudio callback."""


class Source(Protocol):
    """Whatever writes 16 kHz mono int16 into the ring: the microphone, a file."""

    @property
    def latency_samples(self) -> int:
        """How long after the sound its sample reaches the ring, in 16 kHz samples."""

    def start(self, ring: Ring, report: Report) -> None:
        """Begin writing into the ring and return at once; what happens is told through `report`."""

    def stop(self) -> None:
        """End writing; when this returns, the ring is not written any more."""
