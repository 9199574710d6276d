"""Hearing that the caret of a field has moved. Thread `sayso-accessibility` only.

Of the text itself no event is asked for: Qt sends the letters of passwords in `TextChanged`.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from dbus_fast import Message

from sayso.accessibility import Place
from sayso.accessibility.atspi import OBJECT_EVENT, Asking, Unanswered

MOVED, MEMBER = "object:text-caret-moved", "TextCaretMoved"
Tell = Callable[[int], None]
"""Told how many characters are before it, or UTF-16 units, as the toolkit counts."""


class Carets:
    """Who wants to hear of which caret, on one connection to the accessibility bus.

    Args:
        asking: questions there.

    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._heard: dict[Place, list[Tell]] = {}
        self._programs: Counter[str] = Counter()

    async def follow(self, place: Place, tell: Tell) -> None:
        """Have `tell` called when the caret of a field has moved.

        Raises:
            Unanswered: the bus does not let anybody listen.

        """
        self._heard.setdefault(place, []).append(tell)
        self._programs[place.name] += 1
        await self._asking.match(_rule(place))
        if self._programs[place.name] == 1:
            await self._asking.register(MOVED, place.name)

    async def leave(self, place: Place, tell: Tell) -> None:
        """No longer; whoever does not follow may leave all the same."""
        heard = self._heard.get(place, [])
        if tell not in heard:
            return
        heard.remove(tell)
        if not heard:
            del self._heard[place]
        self._programs[place.name] -= 1
        self._programs += Counter()  # without those that nobody follows any more
        with contextlib.suppress(Unanswered):
            await self._asking.unmatch(_rule(place))
            if not self._programs:  # it ends for all programs at once
                await self._asking.deregister(MOVED)

    @asynccontextmanager
    async def following(self, place: Place, tell: Tell) -> AsyncIterator[None]:
        """Follow it meanwhile.

        Raises:
            Unanswered: the bus does not let anybody listen.

        """
        try:
            await self.follow(place, tell)
            yield
        finally:
            await self.leave(place, tell)

    def hear(self, message: Message) -> None:
        """Take a signal of the bus, whichever it is."""
        if message.member == MEMBER:
            offset = message.body[1] if message.signature.startswith("sii") else -1
            for tell in tuple(self._heard.get(Place(message.sender or "", message.path or ""), ())):
                tell(offset)


_RULE: Final = "type='signal',interface='{}',member='{}',sender='{}',path='{}'"


def _rule(place: Place) -> str:
    return _RULE.format(OBJECT_EVENT, MEMBER, place.name, place.path)
