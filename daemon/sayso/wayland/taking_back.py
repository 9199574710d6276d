"""Takes back by the input method what was typed: how much may go at once, and in what a window counts.

The protocol counts bytes. GTK 4.8 takes them for characters, and takes away more than it was asked for where they
differ. So the first time that it matters in an application, no more is asked for than is ours by either count, the
field's next words tell which it was, and what went too far is put back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from sayso.wayland.input_method import Field

MOST_SHOWN_BYTES = (
    3000  # of a text before the cursor whose length can be relied on: of longer ones, 4000 are shown
)
LEAST_SHOWN = 100  # characters of ours that a field must show where it does not show all


class Counting(Enum):
    """What a window takes the number of bytes for."""

    UNKNOWN = auto()
    BYTES = auto()
    CHARACTERS = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """A part to take back.

    Attributes:
        count: characters.
        amount: what to ask for.
        teaches: it shows what the window counts.

    """

    count: int
    amount: int
    teaches: bool = False


def step(field: Field, tail: str, left: int, counting: Counting) -> Step | None:
    """The next part to take back; None where it cannot be done so.

    Args:
        field: what it says of itself.
        tail: what is ours before the cursor.
        left: characters of it to take back.
        counting: what its window counts.

    """
    if field.before is None or field.has_selection or left > len(tail):
        return None
    common = overlap(field.before, tail)
    ours = tail[len(tail) - min(left, common) :]
    if not ours or (common < left and common < LEAST_SHOWN):
        return None
    if ours.isascii() or counting is Counting.CHARACTERS:
        return Step(len(ours), len(ours))
    if counting is Counting.BYTES:
        return Step(len(ours), len(ours.encode()))
    part = ours[max(place for place, character in enumerate(ours) if not character.isascii()) :]
    amount = len(part.encode())
    if amount > common or len(field.before.encode()) > MOST_SHOWN_BYTES:
        return None
    return Step(len(part), amount, teaches=True)


def learn(before: str, after: str, taken: Step) -> Counting:
    """What a window counts, by what stood before the cursor before and after it was asked for a step."""
    gone = len(before) - len(after)
    if before.startswith(after) and gone == taken.count:
        return Counting.BYTES
    if before.startswith(after) and gone == taken.amount:
        return Counting.CHARACTERS
    return Counting.UNKNOWN


def overlap(before: str, tail: str) -> int:
    """How many characters before the cursor are the end of what is ours."""
    most = min(len(before), len(tail))
    if before[len(before) - most :] == tail[len(tail) - most :]:
        return most
    same = 0
    while before[-1 - same] == tail[-1 - same]:
        same += 1
    return same
