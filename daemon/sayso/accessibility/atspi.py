"""The calls of AT-SPI 2 that are needed, as its specification in at-spi2-core's `xml/` has them. Bus thread only.

Whoever is asked may hang: nobody is waited for longer than ANSWER_SECONDS.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from dbus_fast import DBusFastError, Message, MessageType
from dbus_fast.aio import MessageBus

from sayso.accessibility import Place
from sayso.bus.address import THE_BUS

ACCESSIBLE, TEXT = "org.a11y.atspi.Accessible", "org.a11y.atspi.Text"
OBJECT_EVENT, WINDOW_EVENT = "org.a11y.atspi.Event.Object", "org.a11y.atspi.Event.Window"
REGISTRY, REGISTRY_PATH = "org.a11y.atspi.Registry", "/org/a11y/atspi/registry"
ROOT: Final = "/org/a11y/atspi/accessible/root"
"""The root object of the registry, whose children are the programs, and of each program."""

PROPERTIES: Final = "org.freedesktop.DBus.Properties"
ANSWER_SECONDS: Final = 0.25
START_SECONDS: Final = 5.0  # the registry is started by the first who asks it


class State(IntEnum):
    """The bit of a state."""

    ACTIVE = 1
    EDITABLE = 7
    FOCUSED = 12
    SHOWING = 25
    READ_ONLY = 43


class Unanswered(Exception):
    """Nothing came back in time, or an answer that makes no sense."""


class NoSuchObject(Unanswered):
    """The other end answered with an error: there is no such object, or not yet, or it cannot do that."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an object says of itself."""

    role: int
    states: int
    interfaces: frozenset[str]

    def has(self, state: State) -> bool:
        """Whether it is in that state."""
        return bool(self.states >> state & 1)


class Asking:
    """Questions on the accessibility bus.

    Args:
        bus: the connection to it.

    """

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus

    async def ask(
        self,
        place: Place,
        interface: str,
        member: str,
        signature: str = "",
        *body: Any,
        within_seconds: float | None = None,
    ) -> Message:
        """Call a method; ANSWER_SECONDS are waited where nothing else is said.

        Raises:
            NoSuchObject: it was answered with an error.
            Unanswered: it was not answered in time.

        """
        question = Message(place.name, place.path, interface, member, signature=signature, body=list(body))
        try:
            async with asyncio.timeout(ANSWER_SECONDS if within_seconds is None else within_seconds):
                answer = await self.bus.call(question)
        except (TimeoutError, DBusFastError, OSError, EOFError) as error:
            raise Unanswered(member) from error
        if answer.message_type is MessageType.ERROR:
            raise NoSuchObject(member)
        return answer

    async def _one(self, kind: str, place: Place, interface: str, member: str, *arguments: Any) -> Any:
        """Call a method that gives one value, of the kind that D-Bus writes so."""
        answer = await self.ask(place, interface, member, *arguments)
        if answer.signature != kind:
            raise Unanswered(member)
        return answer.body[0]

    async def _property(self, kind: str, place: Place, interface: str, name: str) -> Any:
        variant = await self._one("v", place, PROPERTIES, "Get", "ss", interface, name)
        if variant.signature != kind:
            raise Unanswered(name)
        return variant.value

    async def role(self, place: Place) -> int:
        """The number of its role."""
        return int(await self._one("u", place, ACCESSIBLE, "GetRole"))

    async def states(self, place: Place) -> int:
        """Its states, a bit each."""
        words = await self._one("au", place, ACCESSIBLE, "GetState")
        return sum(int(word) << 32 * index for index, word in enumerate(words))

    async def facts(self, place: Place) -> Facts:
        """What it says of itself."""
        role, states, interfaces = await asyncio.gather(
            self.role(place), self.states(place), self._one("as", place, ACCESSIBLE, "GetInterfaces")
        )
        return Facts(role, states, frozenset(map(str, interfaces)))

    async def children(self, place: Place) -> list[Place]:
        """Its children."""
        found = await self._one("a(so)", place, ACCESSIBLE, "GetChildren")
        return [Place(str(name), str(path)) for name, path in found]

    async def application(self, program: str) -> str:
        """What a program calls itself."""
        return str(await self._property("s", Place(program, ROOT), ACCESSIBLE, "Name"))

    async def pid(self, program: str) -> int:
        """The process at the other end of a program's connection."""
        return int(await self._one("u", _THE_BUS, THE_BUS, "GetConnectionUnixProcessID", "s", program))

    # ── text ──────────────────────────────────────────────────────────────────────────────────────

    async def caret(self, place: Place) -> int:
        """Characters before the caret; Qt counts UTF-16 units."""
        return int(await self._property("i", place, TEXT, "CaretOffset"))

    async def length(self, place: Place) -> int:
        """Characters in it; Qt counts UTF-16 units."""
        return int(await self._property("i", place, TEXT, "CharacterCount"))

    async def selections(self, place: Place) -> int:
        """How many parts of its text are selected."""
        return int(await self._one("i", place, TEXT, "GetNSelections"))

    async def selection(self, place: Place) -> tuple[int, int]:
        """Where the first part that is selected begins and ends, in either order; there must be one."""
        answer = await self.ask(place, TEXT, "GetSelection", "i", 0)
        if answer.signature != "ii":
            raise Unanswered("GetSelection")
        return int(answer.body[0]), int(answer.body[1])

    async def text(self, place: Place, start: int, end: int) -> str:
        """Its text between two offsets. Never to -1: GTK 4.8 gives nothing then."""
        return str(await self._one("s", place, TEXT, "GetText", "ii", start, end))

    # ── events ────────────────────────────────────────────────────────────────────────────────────

    async def match(self, rule: str) -> None:
        """Have the bus deliver the signals that a rule names.

        Raises:
            Unanswered: the bus does not take it.

        """
        await self.ask(_THE_BUS, THE_BUS, "AddMatch", "s", rule)

    async def unmatch(self, rule: str) -> None:
        """No longer."""
        await self.ask(_THE_BUS, THE_BUS, "RemoveMatch", "s", rule)

    async def register(self, event: str, program: str = "") -> None:
        """Have all programs, or one, send an event such as `window:activate`.

        Raises:
            Unanswered: the registry does not take it.

        """
        body: tuple[Any, ...] = (event, [], program)
        await self.ask(_THE_REGISTRY, REGISTRY, "RegisterEvent", "sass", *body, within_seconds=START_SECONDS)

    async def deregister(self, event: str) -> None:
        """No longer."""
        await self.ask(_THE_REGISTRY, REGISTRY, "DeregisterEvent", "s", event)

    async def is_anybody_else_listening(self) -> bool:
        """Whether other assistive technology is there."""
        listening = await self._one("a(ss)", _THE_REGISTRY, REGISTRY, "GetRegisteredEvents")
        return any(name != self.bus.unique_name for name, _ in listening)


_THE_BUS = Place(THE_BUS, "/org/freedesktop/DBus")
_THE_REGISTRY = Place(REGISTRY, REGISTRY_PATH)
