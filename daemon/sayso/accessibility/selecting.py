"""Reading what is selected in a field, or the line in which the caret is. Thread `sayso-accessibility` only."""

from __future__ import annotations

import asyncio
from typing import Final

from sayso.accessibility import Place
from sayso.accessibility.atspi import Asking

MOST: Final = 2000
"""Characters; more was not dictated in one go."""


async def selected_or_line(asking: Asking, place: Place) -> str:
    """What is selected, at most MOST characters of it, or the line; empty where there is neither.

    Raises:
        Unanswered: its program does not answer.

    """
    length, caret, selections = await asyncio.gather(
        asking.length(place), asking.caret(place), asking.selections(place)
    )
    if selections > 0:
        start, end = sorted(await asking.selection(place))
        if start < end:
            return await asking.text(place, start, min(end, start + MOST))
    start, end = max(0, caret - MOST // 2), min(length, caret + MOST // 2)
    before = await asking.text(place, start, caret) if start < caret else ""
    after = await asking.text(place, caret, end) if caret < end else ""
    return before.rpartition("\n")[2] + after.partition("\n")[0]


async def is_all_selected(asking: Asking, place: Place) -> bool | None:
    """Whether all of its text is selected; None where there is no text.

    Raises:
        Unanswered: its program does not answer.

    """
    length, selections = await asyncio.gather(asking.length(place), asking.selections(place))
    if not length:
        return None
    return selections > 0 and sorted(await asking.selection(place)) == [0, length]
