"""Hearing that the caret of a field has moved, or its selection. Thread `sayso-accessibility` only.

Of the text itself no event is asked for: Qt sends the letters of passwords in `TextChanged`.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final

from dbus_fast import Message

from sayso.accessibility import Place
from sayso.accessibility.atspi import OBJECT_EVENT, Asking, Unanswered

Tell = Callable[[int], None]
"""Told how many characters are before a caret, or UTF-16 units, as the toolkit counts; of a selection nothing."""


class Heard(StrEnum):
    """An event, as the registry calls it."""

    CARET = "object:text-caret-moved"
    SELECTION = "object:text-selection-changed"

    @property
    def member(self) -> str:
        """As the bus calls it."""
        return self.value.removeprefix("object:").title().replace("-", "")


_MEMBERS: Final = {event.member: event for event in Heard}


class Carets:
    """Who wants to hear of which caret, on one connection to the accessibility bus.

    Args:
        asking: questions there.

    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._heard: dict[tuple[Place, Heard], list[Tell]] = {}
        self._programs: Counter[tuple[str, Heard]] = Counter()

    async def follow(self, place: Place, tell: Tell, event: Heard = Heard.CARET) -> None:
        """Have `tell` called when the caret of a field has moved, or its selection.

        Raises:
            Unanswered: the bus does not let anybody listen.

        """
        self._heard.setdefault((place, event), []).append(tell)
        self._programs[place.name, event] += 1
        await self._asking.match(_rule(place, event))
        if self._programs[place.name, event] == 1:
            await self._asking.register(event, place.name)

    async def leave(self, place: Place, tell: Tell, event: Heard = Heard.CARET) -> None:
        """No longer; whoever does not follow may leave all the same."""
        heard = self._heard.get((place, event), [])
        if tell not in heard:
            return
        heard.remove(tell)
        if not heard:
            del self._heard[place, event]
        self._programs[place.name, event] -= 1
        self._programs += Counter()  # without those that nobody follows any more
        with contextlib.suppress(Unanswered):
            await self._asking.unmatch(_rule(place, event))
            if all(other is not event for _, other in self._programs):  # it ends for all programs at once
                await self._asking.deregister(event)

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
        event = _MEMBERS.get(message.member or "")
        if event is not None:
            offset = message.body[1] if message.signature.startswith("sii") else -1
            for tell in tuple(self._heard.get((Place(message.sender or "", message.path or ""), event), ())):
                tell(offset)


_RULE: Final = "type='signal',interface='{}',member='{}',sender='{}',path='{}'"


def _rule(place: Place, event: Heard) -> str:
    return _RULE.format(OBJECT_EVENT, event.member, place.name, place.path)
