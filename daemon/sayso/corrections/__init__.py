"""Corrections: from what stands in a window now to what was said.

What was seen (`Seen`) comes from the person's own command, a plug-in of an editor, or whoever watches the field in
which the text stands. The text is aligned with what was heard (`alignment`), what formatting did to it is undone
(`undoing`), and a ladder of checks decides what it counts for (`acceptance`). `collector` does so beside the flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Source(StrEnum):
    """How a correction is known."""

    EXPLICIT = "explicit"  # `sayso correct`, `Correct` on the bus, `sayso review`
    LEARN_THIS = "learn-this"  # the hotkey, on a selection or a line
    PLUGIN = "plugin"  # an editor's plug-in tells what the text has become
    IN_PLACE = "in-place"  # the field was watched over the accessibility bus
    SURROUNDING = "surrounding"  # the input method saw what stands before the cursor
    AGAIN = "again"  # it was taken back, and dictated again
    LEFT = "left"  # it was left as it is


BY_THE_PERSON: Final = (Source.EXPLICIT, Source.LEARN_THIS)
"""Sources in which the person says themselves that this is what they meant."""

TRUST: Final[Mapping[Source, float]] = MappingProxyType(
    {
        Source.EXPLICIT: 1.0,
        Source.LEARN_THIS: 0.9,
        Source.PLUGIN: 0.8,
        Source.IN_PLACE: 0.7,
        Source.SURROUNDING: 0.7,
        Source.AGAIN: 0.5,
        Source.LEFT: 0.2,
    }
)
"""How far each is trusted, 0 to 1: the weight of such a clip in training."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A text stands where an utterance's was typed.

    Attributes:
        utterance: its number.
        source: how that is known.
        text: what stands there now, and nothing of what is around it.
        at_seconds: when it was seen, in seconds since 1970.

    """

    utterance: int
    source: Source
    text: str
    at_seconds: float
