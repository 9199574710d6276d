"""The session bus, and sayso on it: asked, never started."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from dbus_fast import DBusFastError, Message, MessageFlag, unpack_variants
from dbus_fast.aio import MessageBus

from sayso import __version__
from sayso.bus import HOW_TO_START, NAME, PATH
from sayso.bus.address import THE_BUS, session_bus_address
from sayso.config import Settings
from sayso.doctor import Finding, Light
from sayso.errors import BusError

PART = "session bus"
BUS_SECONDS = 2.0  # for connecting and two questions; a bus answers within a millisecond
ANSWER_SECONDS = 2.0  # of whoever has the name; a sayso answers within milliseconds

FIND_THE_SESSION = (
    "Run this in your desktop session, as the person whose it is; outside one, `dbus-run-session -- sayso …` "
    "makes a bus"
)


class Bus(Enum):
    """What was found of it."""

    NONE = auto()
    REFUSES = auto()
    HANGS = auto()
    FREE = auto()  # nobody has sayso's name
    SILENT = auto()  # whoever has it does not answer
    FOREIGN = auto()  # whoever has it does not answer as sayso does
    SAYSO = auto()


@dataclass(frozen=True, slots=True)
class BusFacts:
    """The bus, and who has sayso's name on it.

    Attributes:
        bus: in a word.
        process: the number of the process that has the name; None where there is none, or it is not told.
        status: what `GetStatus` told; empty unless it is a sayso.
        can_start: whether the bus would start the service for who calls it.

    """

    bus: Bus
    process: int | None = None
    status: dict[str, Any] | None = None
    can_start: bool = False


def check_bus(_settings: Settings) -> Iterator[Finding]:
    """Ask the session bus for sayso. Blocks for some milliseconds, at most 4 s."""
    yield judge_bus(asyncio.run(find_bus()))


async def find_bus() -> BusFacts:
    """Find out; starts nothing."""
    try:
        address = session_bus_address()
    except BusError:
        return BusFacts(Bus.NONE)
    bus: MessageBus | None = None
    try:
        async with asyncio.timeout(BUS_SECONDS):
            bus = await MessageBus(bus_address=address).connect()
            facts = await _name_on(bus)
    except TimeoutError:
        facts = BusFacts(Bus.HANGS)
    except (OSError, EOFError, ValueError, DBusFastError):
        facts = BusFacts(Bus.REFUSES)
    else:
        if facts.bus is Bus.SILENT:
            facts = await _with_answer(bus, facts)
    finally:
        if bus is not None:
            bus.disconnect()
    return facts


async def _name_on(bus: MessageBus) -> BusFacts:
    """Who has the name; whoever it is counts as silent until asked."""
    startable = await _ask_bus(bus, "ListActivatableNames")
    can_start = startable is not None and NAME in startable
    if not await _ask_bus(bus, "NameHasOwner", NAME):
        return BusFacts(Bus.FREE, can_start=can_start)
    return BusFacts(Bus.SILENT, await _ask_bus(bus, "GetConnectionUnixProcessID", NAME), can_start=can_start)


async def _ask_bus(bus: MessageBus, member: str, *body: str) -> Any:
    message = Message(THE_BUS, "/org/freedesktop/DBus", THE_BUS, member, signature="s" * len(body), body=[*body])
    reply = await bus.call(message)
    return reply.body[0] if not reply.error_name and reply.body else None


async def _with_answer(bus: MessageBus, facts: BusFacts) -> BusFacts:
    """The facts with what the owner of the name answers."""
    question = Message(NAME, PATH, NAME, "GetStatus", flags=MessageFlag.NO_AUTOSTART)
    try:
        reply = await asyncio.wait_for(bus.call(question), ANSWER_SECONDS)
    except TimeoutError:
        return facts
    except (OSError, EOFError, DBusFastError):
        return BusFacts(Bus.REFUSES)
    if reply.error_name or reply.signature != "a{sv}":
        return BusFacts(Bus.FOREIGN, facts.process)
    status = unpack_variants(reply.body[0])
    return BusFacts(Bus.SAYSO if "version" in status else Bus.FOREIGN, facts.process, status, facts.can_start)


def judge_bus(facts: BusFacts, version: str = __version__) -> Finding:
    """What is to be said about it."""
    match facts.bus:
        case Bus.NONE:
            message = "there is no session bus: commands and other programs cannot reach the service"
            return Finding(PART, Light.RED, message, FIND_THE_SESSION)
        case Bus.REFUSES:
            return Finding(PART, Light.RED, "the session bus lets nobody in, or is gone", FIND_THE_SESSION)
        case Bus.HANGS:
            message = f"the session bus does not answer within {BUS_SECONDS:g} s"
            return Finding(PART, Light.RED, message, "Log out and in again")
        case Bus.FREE:
            message = "works; sayso is not running"
            remedy = f"{HOW_TO_START[0].upper()}{HOW_TO_START[1:]}"
            return Finding(PART, Light.GREEN, message, remedy, {"running": False, "can_start": facts.can_start})
        case Bus.SILENT:
            return Finding(
                PART,
                Light.RED,
                f"what has the name {NAME} does not answer within {ANSWER_SECONDS:g} s",
                f"Restart it: systemctl --user restart sayso{_or_kill(facts.process)}, and start it again",
            )
        case Bus.FOREIGN:
            return Finding(
                PART,
                Light.RED,
                f"the name {NAME} belongs to a program that does not answer as sayso does",
                f"End that program{_or_kill(facts.process)}, and start sayso again",
            )
        case Bus.SAYSO:
            return _of_the_running(facts, version)


def _or_kill(process: int | None) -> str:
    return "" if process is None else f", or `kill {process}`"


def _of_the_running(facts: BusFacts, version: str) -> Finding:
    status = facts.status or {}
    problems = status.get("problems") or {}
    told: dict[str, float | int | str | bool | None] = {
        "running": True,
        "version": str(status["version"]),
        "state": str(status.get("state", "")),
        "engine": str(status.get("engine", "")),
        "device": str(status.get("device", "")),
        "problems": ", ".join(sorted(problems)),  # their names: messages may name files and windows
        "can_start": facts.can_start,
    }
    if status["version"] != version:
        message = f"sayso {status['version']} runs, and this is {version}"
        return Finding(PART, Light.AMBER, message, "Restart it: systemctl --user restart sayso", told)
    message = f"sayso {version} runs and answers"
    if problems:
        message += f", and has trouble: {told['problems']}"
        return Finding(PART, Light.AMBER, message, "See what it says about it: sayso status", told)
    return Finding(PART, Light.GREEN, message, facts=told)
