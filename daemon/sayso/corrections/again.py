"""Whether somebody says again what they have just taken back, because it was misheard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sayso.corrections.alignment import Closeness, alike, compared

MOST_SECONDS: Final = 20.0
"""From the end of what was taken back to what is said again: who waits longer says something else."""

LEAST_ALIKE: Final = 0.5
"""How alike both must be, by letters or sound."""

MOST_RATIO: Final = 1.5
"""How many times longer one may be than the other, in letters."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is known of an utterance that was taken back, or of one that may say it again.

    Attributes:
        text: as it was said.
        place: the number of the window that it was for.
        from_seconds: when it began, in seconds since any moment, the same one for both.
        until_seconds: when it ended.

    """

    text: str
    place: int
    from_seconds: float
    until_seconds: float


def is_again(taken_back: Spoken, then: Spoken, closeness: Closeness = alike) -> bool:
    """Whether the second says what the first was to say, and was heard otherwise.

    The same words are no correction of each other, and say nothing of what was wrong with them.

    Args:
        taken_back: what no longer stands in its window.
        then: the next utterance.
        closeness: of two texts, 0 to 1.

    """
    if then.place != taken_back.place or not 0.0 <= then.from_seconds - taken_back.until_seconds <= MOST_SECONDS:
        return False
    one, other = compared(taken_back.text), compared(then.text)
    if not one or not other or one == other:
        return False
    if max(len(one), len(other)) > MOST_RATIO * min(len(one), len(other)):
        return False
    return closeness(taken_back.text, then.text) >= LEAST_ALIKE
