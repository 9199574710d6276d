"""Is there a desktop session to type into, of which kind, and under which name?"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Mapping, MutableMapping
from enum import Enum, auto

from sayso.bus.address import session_bus_address

MISSING_DISPLAY = "no desktop session: neither DISPLAY nor WAYLAND_DISPLAY is set"

ASK_SECONDS = 1.0
LOOK_SECONDS = 2.0  # between two looks whether a session has begun
MANAGER = "org.freedesktop.systemd1"


class Kind(Enum):
    """What a session draws its windows with."""

    X11 = auto()
    WAYLAND = auto()


def describe_absence(environment: Mapping[str, str] = os.environ) -> str | None:
    """Say in one line what is missing for a desktop session; None when there is one."""
    if environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY"):
        return None
    return MISSING_DISPLAY


def find_display(
    environment: MutableMapping[str, str] = os.environ, ask: Callable[[], Mapping[str, str]] | None = None
) -> str | None:
    """The X display of this person's session, such as ":0"; None while there is none.

    A service that systemd started may be older than the session, or outlive it, and then DISPLAY is missing or
    stale here. So it asks the user manager, whom desktops and `sayso install`'s autostart entry tell. Blocks for
    at most `ASK_SECONDS`; not for a thread that runs an event loop. Never raises.

    Args:
        environment: of this process. XAUTHORITY is set in it where the manager knows another: that is where the X
            library looks for the key to the display.
        ask: the manager's environment; None asks the real one.

    """
    own = environment.get("DISPLAY") or None
    if own is not None and not is_started_by_systemd(environment):
        return own
    theirs = ask_manager(environment) if ask is None else ask()
    display = theirs.get("DISPLAY")
    if not display:
        return own
    key = theirs.get("XAUTHORITY")
    if key and environment.get("XAUTHORITY") != key:
        environment["XAUTHORITY"] = key
    return display


def kind_of_session(
    environment: Mapping[str, str] = os.environ, ask: Callable[[], Mapping[str, str]] | None = None
) -> Kind | None:
    """What the session of this person is; None where none is known of, or not by this.

    Blocks for as long as `find_display`. On Wayland DISPLAY is mostly set as well, for XWayland:
    keys grabbed there are heard of over X11 windows alone.
    """
    told = dict(environment)
    if is_started_by_systemd(environment):  # it may be older than the session
        told |= ask_manager(environment) if ask is None else ask()
    if told.get("WAYLAND_DISPLAY"):
        return Kind.WAYLAND
    if told.get("XDG_SESSION_TYPE") == "wayland":
        return None  # its compositor is still to come
    return Kind.X11 if told.get("DISPLAY") else None


def is_started_by_systemd(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether systemd started this very process, and not a shell that it had started."""
    return environment.get("SYSTEMD_EXEC_PID") == str(os.getpid())


def ask_manager(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment that the person's systemd gives to what it starts; empty where none answers."""
    # Whatever is wrong with the bus is its server's to report; here it means that nobody knows a display.
    with contextlib.suppress(Exception):
        address = session_bus_address(environment)
        return asyncio.run(asyncio.wait_for(_manager_environment(address), ASK_SECONDS))
    return {}


async def _manager_environment(address: str) -> dict[str, str]:
    from dbus_fast import Message, MessageFlag  # noqa: PLC0415  # most commands import this module and ask nobody
    from dbus_fast.aio import MessageBus  # noqa: PLC0415  # as above

    bus = await MessageBus(bus_address=address).connect()
    try:
        reply = await bus.call(
            Message(
                destination=MANAGER,
                path="/org/freedesktop/systemd1",
                interface="org.freedesktop.DBus.Properties",
                member="Get",
                signature="ss",
                body=[f"{MANAGER}.Manager", "Environment"],
                flags=MessageFlag.NO_AUTOSTART,  # where systemd does not run, nothing else shall
            )
        )
    finally:
        bus.disconnect()
    entries = reply.body[0].value if reply is not None and reply.body and reply.signature == "v" else []
    return dict(entry.split("=", 1) for entry in entries)


class SessionWait:
    """Waits for a session to begin, on a thread `sayso-session`, which ends when one has.

    Args:
        tell: told on that thread what it is; not where it was there at the start.
        kind: finds out; may block for a second.

    """

    def __init__(self, tell: Callable[[Kind], object], kind: Callable[[], Kind | None] = kind_of_session) -> None:
        self._tell = tell
        self._kind = kind
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sayso-session", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Wait no more; blocks for ASK_SECONDS at most."""
        self._stopping.set()
        self._thread.join(ASK_SECONDS)

    def _run(self) -> None:
        """Thread `sayso-session`: may block on the session bus."""
        if self._kind() is not None:
            return
        while not self._stopping.wait(LOOK_SECONDS):
            kind = self._kind()
            if kind is not None:
                self._tell(kind)
                return
