"""The indicator's end of the session bus: hears the service, asks how things stand, passes on what is clicked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from dbus_fast import DBusFastError, Message, MessageFlag, MessageType, unpack_variants
from dbus_fast.aio import MessageBus

from sayso.bus import NAME, PATH
from sayso.bus.address import THE_BUS
from sayso.bus.visitor import call, match
from sayso.events import State
from sayso.indicator.model import (
    LearntTold,
    LevelTold,
    ProblemTold,
    ServiceGone,
    StateTold,
    StatusTold,
    TailTold,
    Teach,
    Told,
)
from sayso.indicator.notices import LEARNING, RECOVERED
from sayso.journal.consent import QUESTION

PROPERTIES: Final = "org.freedesktop.DBus.Properties"
ASK_SECONDS: Final = 25.0  # a service that obeys late says so itself after 20 s
NO_ANSWER: Final = "sayso did not answer; see `sayso status`"
STATES: Final = frozenset(state.value for state in State)
TEACHABLE: Final = {"yes": Teach.YES, "no": Teach.NO}
CALLS: Final[Mapping[str, tuple[str, str, list[Any]]]] = {
    "LearningOn": ("SetLearning", "b", [True]),
    "LearningOff": ("SetLearning", "b", [False]),
}
"""What can be chosen and takes something: the method, its types, and what it takes."""

LOOKED_AT: Final = frozenset({"Learning", "Teach"})
"""Properties of which the status says more."""


class ServiceClient:
    """Follows the service on a connection. Its event loop's thread only.

    Args:
        bus: connected.
        tell: takes what it hears.

    """

    def __init__(self, bus: MessageBus, tell: Callable[[Told], None]) -> None:
        self._bus = bus
        self._tell = tell
        self._tasks: set[asyncio.Task[None]] = set()  # asyncio itself keeps none alive

    async def begin(self) -> None:
        """Listen, and look how things stand now."""
        self._bus.add_message_handler(self._hear)
        for interface in (NAME, PROPERTIES):
            await match(self._bus, f"type='signal',sender='{NAME}',path='{PATH}',interface='{interface}'")
        await match(self._bus, f"type='signal',sender='{THE_BUS}',member='NameOwnerChanged',arg0='{NAME}'")
        await self.look()

    async def look(self) -> None:
        """Ask how things stand; tells what is answered, or nothing where nobody answers."""
        answer = await call(self._bus, NAME, PATH, NAME, "GetStatus")
        if answer is not None and answer.signature == "a{sv}":
            told = status_told(unpack_variants(answer.body[0]))
            if told is not None:
                self._tell(told)

    async def look_at_level(self) -> None:
        """Ask how loud it is."""
        answer = await call(self._bus, NAME, PATH, PROPERTIES, "Get", "ss", [NAME, "Level"])
        if answer is not None and answer.signature == "v" and isinstance(answer.body[0].value, float):
            self._tell(LevelTold(answer.body[0].value))

    async def ask(self, what: str) -> str:
        """Have the service do something: a method of it, or one of CALLS; why it does not, or nothing."""
        member, signature, body = CALLS.get(what, (what, "", []))
        flags = MessageFlag.NO_AUTOSTART
        question = Message(NAME, PATH, NAME, member, flags=flags, signature=signature, body=body)
        try:
            async with asyncio.timeout(ASK_SECONDS):
                answer = await self._bus.call(question)
        except (TimeoutError, OSError, EOFError, DBusFastError):
            return NO_ANSWER
        if answer is None or answer.message_type is not MessageType.ERROR:
            return ""
        return str(answer.body[0]) if answer.body else NO_ANSWER

    def _hear(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "NameOwnerChanged" and message.sender == THE_BUS and message.body[0] == NAME:
            if message.body[2]:  # it is back, perhaps as another process
                self._look_soon()
            else:
                self._tell(ServiceGone())
        elif message.path == PATH and is_worth_a_look(message):
            self._look_soon()
        elif message.interface == NAME and message.path == PATH:
            told = signal_told(message.member or "", message.signature, message.body)
            if told is not None:
                self._tell(told)

    def _look_soon(self) -> None:
        looking = asyncio.ensure_future(self.look())
        self._tasks.add(looking)
        looking.add_done_callback(self._tasks.discard)


def is_worth_a_look(message: Message) -> bool:
    """Whether a signal of the service says that the status has something else to tell."""
    match message.interface, message.member, message.signature:
        case _, "PropertiesChanged", "sa{sv}as" if message.interface == PROPERTIES:
            return bool(LOOKED_AT & message.body[1].keys())
        case _, "Recovered", "u" if message.interface == NAME:
            return True
        case _:
            return False


def signal_told(member: str, signature: str, body: list[Any]) -> Told | None:
    """What a signal of the service tells; None for what there is nothing to see of."""
    match member, signature:
        case "StateChanged", "s" if body[0] in STATES:
            return StateTold(State(body[0]))
        case "HypothesisChanged", "tss":
            return TailTold(body[2])
        case "UtteranceFinished", "tsd":
            return TailTold("")
        case "Learnt", "u":
            return LearntTold(body[0])
        case "Problem", "ss":
            return ProblemTold(body[0], body[1])
        case _:
            return None


def status_told(status: dict[str, Any]) -> StatusTold | None:
    """What `GetStatus` tells; None where it is no service of ours that answered."""
    state, problems = status.get("state"), status.get("problems")
    if state not in STATES or not isinstance(problems, dict):
        return None
    teach = TEACHABLE.get(str(status.get("teach")), Teach.UNKNOWN)
    return StatusTold(State(state), problems, teach, offers_of(status))


def offers_of(status: Mapping[str, Any]) -> dict[str, str]:
    """What the person may choose, by name, in words."""
    offers: dict[str, str] = {}
    if status.get("learning") == "asking":
        offers[LEARNING] = f"{QUESTION}. You can change that at any time: sayso learning on, or off."
    count = status.get("recovered")
    if isinstance(count, int) and count > 0:
        offers[RECOVERED] = f"{count} of an earlier run. Read them with: sayso history --recovered"
    return offers
