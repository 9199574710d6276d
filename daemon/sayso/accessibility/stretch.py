"""Reading a stretch of a field again and again, while somebody writes in it. Thread `sayso-accessibility` only.

What is read is bounded, however much stands there. The role is asked before each reading and after it: a field
whose letters have been hidden since is one for passwords now, and nothing that was read of it counts.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from sayso.accessibility import Place
from sayso.accessibility.atspi import TEXT, Asking, Facts, State, Unanswered
from sayso.accessibility.comparison import AROUND
from sayso.accessibility.reading import takes_readers

MOST: Final = 4096
"""Characters that are read at most: some minutes of speech, and what is around them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of what stands in a field. Never logged.

    Offsets count as the toolkit does: characters, or UTF-16 units.

    Attributes:
        place: the field.
        role: its role, which must stay the same.
        start: offset of the first character that was read.
        end: offset one past the last.
        length: of all that stood in the field.
        text: what was read.
        caret: how much of that, in characters, is before the caret.

    """

    place: Place
    role: int
    start: int
    end: int
    length: int
    text: str
    caret: int

    def __repr__(self) -> str:
        return f"Stretch({self.start}, {self.end})"


class IsSecret(Unanswered):
    """It is another kind of field now, perhaps one for passwords."""


async def around_caret(asking: Asking, place: Place, back: int, known: Stretch | None = None) -> Stretch | None:
    """Read what stands around the caret.

    Args:
        asking: questions on the bus.
        place: the field.
        back: characters before the caret that are wanted at least; of what is after it AROUND are.
        known: what was read there before, which is read as well, where both together are no more than MOST.

    Returns:
        None where it may not be read, or has no caret.

    Raises:
        Unanswered: its program does not answer, or it is no more.

    """
    facts = await asking.facts(place)
    if not can_be_watched(facts):
        return None
    length, caret = await asyncio.gather(asking.length(place), asking.caret(place))
    if caret < 0:
        return None
    # Qt counts two for some characters.
    start, end = max(0, caret - min(2 * back + AROUND, MOST)), min(length, caret + AROUND)
    if known is not None:
        known_end = known.end + max(0, length - known.length)
        both = min(start, known.start), max(end, min(length, known_end))
        start, end = both if both[1] - both[0] <= MOST else (start, end)
    before, after = await _texts(asking, place, facts.role, (start, caret), (caret, end))
    return Stretch(place, facts.role, start, end, length, before + after, len(before))


async def again(asking: Asking, stretch: Stretch) -> Stretch:
    """Read the same stretch as it is now: with as much more as has been written anywhere in the field since.

    Raises:
        IsSecret: it may not be read any more.
        Unanswered: its program does not answer, or it is no more.

    """
    role, length = await asyncio.gather(asking.role(stretch.place), asking.length(stretch.place))
    if role != stretch.role:
        raise IsSecret
    grown = max(0, length - stretch.length)
    end = min(length, stretch.end + grown, stretch.start + MOST)
    (text,) = await _texts(asking, stretch.place, role, (stretch.start, end))
    return replace(stretch, text=text, caret=0)


def can_be_watched(facts: Facts) -> bool:
    """Whether an object is a field whose text may be read."""
    is_editable = facts.has(State.EDITABLE) and not facts.has(State.READ_ONLY)
    return takes_readers(facts.role, is_editable=is_editable, has_text=TEXT in facts.interfaces)


async def _texts(asking: Asking, place: Place, role: int, *parts: tuple[int, int]) -> list[str]:
    """The texts between offsets, unless the role is another afterwards: questions are answered in order."""
    reading = [asking.text(place, start, end) if start < end else _nothing() for start, end in parts]
    *texts, role_now = await asyncio.gather(*reading, asking.role(place))
    if role_now != role:
        raise IsSecret
    return [str(text) for text in texts]


async def _nothing() -> str:
    return ""
