"""Looking for the focus where no program told of it: at the start, and when a window comes back. Bus thread only.

Measured before: a whole tree takes 1 to 42 ms. The search is bounded in objects and in time, and asks a layer of
the tree at once.
"""

from __future__ import annotations

import asyncio
from typing import Final

from sayso.accessibility import Place
from sayso.accessibility.atspi import REGISTRY, ROOT, Asking, Facts, State, Unanswered

SEARCH_SECONDS: Final = 0.05
MOST_OBJECTS: Final = 400


async def active_window(asking: Asking) -> Place | None:
    """The window that says of itself that it is active; None where none does in time, or more than one."""
    try:
        programs = await asking.children(Place(REGISTRY, ROOT))
    except Unanswered:
        return None
    looking = [asyncio.ensure_future(_active_of(asking, program)) for program in programs[:MOST_OBJECTS]]
    if not looking:
        return None
    try:
        done, _ = await asyncio.wait(looking, timeout=SEARCH_SECONDS)  # one of them may hang
        active = [window for look in done if (window := look.result()) is not None]
    finally:
        for look in looking:
            look.cancel()
        await asyncio.gather(*looking, return_exceptions=True)
    return active[0] if len(active) == 1 else None


async def _active_of(asking: Asking, program: Place) -> Place | None:
    try:
        for window in await asking.children(program):
            if await asking.states(window) >> State.ACTIVE & 1:
                return window
    except Unanswered:
        pass
    return None


async def focused_in(asking: Asking, window: Place) -> tuple[Place, Facts] | None:
    """The object in a window that says of itself that it has the focus; None where it is not found in time."""
    try:
        async with asyncio.timeout(SEARCH_SECONDS):
            return await _search(asking, window)
    except (TimeoutError, Unanswered):
        return None


async def _search(asking: Asking, window: Place) -> tuple[Place, Facts] | None:
    layer, left = [window], MOST_OBJECTS
    while layer and left > 0:
        families = await asyncio.gather(*(asking.children(place) for place in layer), return_exceptions=True)
        below = [place for family in families if isinstance(family, list) for place in family][:left]
        left -= len(below)
        looks = await asyncio.gather(*(asking.facts(place) for place in below), return_exceptions=True)
        known = [(place, facts) for place, facts in zip(below, looks, strict=True) if isinstance(facts, Facts)]
        for place, facts in known:
            if facts.has(State.FOCUSED):
                return place, facts
        shown = [place for place, facts in known if facts.has(State.SHOWING)]
        layer = shown or [place for place, _ in known]  # GTK 4.8 says it of windows only
    return None
