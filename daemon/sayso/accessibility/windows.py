"""A window lock by accessibility, where the compositor tells nobody what has the focus: GNOME on Wayland.

Seen are the windows of the toolkits named in `sayso.accessibility`. Where another one has the focus there is no
target here, and so nothing is typed: it cannot be told from a desktop without focus, but that is the safe side.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from sayso.accessibility import Place
from sayso.accessibility.atspi import NoSuchObject, State, Unanswered
from sayso.accessibility.watch import CONFIRM_SECONDS, AccessibilityWatch
from sayso.errors import TargetAway, TargetGone
from sayso.processes import ancestors_of
from sayso.typist import Target

AWAY: Final = "the window that the text is for does not have the focus"
GONE: Final = "the window that the text is for was closed"


class _Is(Enum):
    """What a window says of itself."""

    ACTIVE = auto()
    AWAY = auto()
    GONE = auto()


class AccessibleWindows:
    """The window half of a typist that has no windows of its own.

    Args:
        watch: it is started, and closed, by whoever made it.
        ancestors: the processes that this one was started by; found out where they are not given.

    """

    def __init__(self, watch: AccessibilityWatch, ancestors: frozenset[int] | None = None) -> None:
        self._watch = watch
        self._keys = itertools.count(1)
        self._targets: dict[tuple[int, Place], Target] = {}  # for good, so that a target stays the same
        self._ancestors = ancestors_of(os.getpid()) if ancestors is None else ancestors

    def target(self) -> Target | None:
        """The window that is active; None where none is that tells so. Any thread; returns at once."""
        era, window = self._watch.connections, self._watch.window
        if window is None:
            return None
        known = self._targets.get((era, window.place))
        if known is not None:
            return known
        target = Target(next(self._keys), window.application, window.pid in self._ancestors, window.pid)
        return self._targets.setdefault((era, window.place), target)

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called, from the watch's thread, when another window may be active, or `absence` another."""
        self._watch.on_focus(tell)

    def absence(self) -> str | None:
        """Why no window is known, and what to do about it; None where they are. Any thread; returns at once."""
        return self._watch.absence

    def check(self, target: Target) -> None:
        """Make sure that a window is active, by asking it too. Any other thread; blocks for 0.05 s at most.

        Raises:
            TargetAway: it is not, or does not say so in time.
            TargetGone: it was closed, or there never was one.

        """
        era, place = next((key for key, known in list(self._targets.items()) if known == target), (0, None))
        if place is None or era != self._watch.connections:
            raise TargetGone(GONE)

        async def ask() -> _Is:
            return await self._state(place)

        said = self._watch.do(ask, CONFIRM_SECONDS)
        if said is _Is.GONE:
            raise TargetGone(GONE)
        window = self._watch.window
        if said is not _Is.ACTIVE or window is None or window.place != place:
            raise TargetAway(AWAY)

    async def _state(self, place: Place) -> _Is:
        asking = self._watch.asking
        if asking is None:
            return _Is.AWAY
        try:
            return _Is.ACTIVE if await asking.states(place) >> State.ACTIVE & 1 else _Is.AWAY
        except NoSuchObject:
            return _Is.GONE
        except Unanswered:
            return _Is.AWAY
