"""What a replay tells: events with their moment, and what it cost in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sayso.events import Event


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened.

    Attributes:
        clock_seconds: since the audio began.
        audio_seconds: how much audio had been heard by then.

    """

    clock_seconds: float
    audio_seconds: float


Witness = Callable[[Event, Moment], None]


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay cost.

    Attributes:
        audio_seconds: length of the recording.
        cpu_seconds: of all threads, from the first frame on.
        decodes: how many the recogniser did.
        contradicted: committed words that a final had otherwise.

    """

    audio_seconds: float
    cpu_seconds: float
    decodes: int
    contradicted: int
