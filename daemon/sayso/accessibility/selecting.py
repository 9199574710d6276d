"""Reading what is selected in a field, or the line in which the caret is. Thread `sayso-accessibility` only."""

from __future__ import annotations

import asyncio
from typing import Final

from sayso.accessibility import Place
from sayso.accessibility.atspi import TEXT, Asking, Unanswered

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
        answer = await asking.ask(place, TEXT, "GetSelection", "i", 0)
        if answer.signature != "ii":
            raise Unanswered("GetSelection")
        start, end = sorted(answer.body)
        if start < end:
            return await asking.text(place, start, min(end, start + MOST))
    start, end = max(0, caret - MOST // 2), min(length, caret + MOST // 2)
    before = await asking.text(place, start, caret) if start < caret else ""
    after = await asking.text(place, caret, end) if caret < end else ""
    return before.rpartition("\n")[2] + after.partition("\n")[0]
