"""How a portal is asked: a call is answered at once, by a request's path, and its signal tells what was decided.

Source: the documentation of `org.freedesktop.portal.Request` and `.Session`. The path of a request is known before
it is made, from the caller's name on the bus and a token, and is listened to from before the call on, because the
answer may come first.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dbus_fast import DBusFastError, Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus

from sayso.bus.address import THE_BUS
from sayso.bus.visitor import match
from sayso.errors import BusError
from sayso.portal import APP_ID, DESKTOP, PATH

CALL_SECONDS: Final = 5.0  # for what is answered without the person; starting a portal takes one
REGISTRY: Final = "org.freedesktop.host.portal.Registry"
REQUEST, SESSION = "org.freedesktop.portal.Request", "org.freedesktop.portal.Session"
GRANTED, DENIED = 0, 1  # of a response; 2 is any other end


class Refused(BusError):
    """A portal answered with an error, or ended a request without the person having decided."""


class Denied(BusError):
    """The person did not allow it."""


class Portals:
    """The portals as one connection sees them. Everything happens on the thread of that connection.

    Args:
        bus: the session bus.
        hear: told of each signal that a portal sends to this connection, but for answers and ends of sessions.
        came: told that the portals are there (again), or gone: with them every session and request.

    """

    def __init__(
        self,
        bus: MessageBus,
        hear: Callable[[Message], None] = lambda _: None,
        came: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._bus = bus
        self._hear = hear
        self._came = came
        self._owner = ""
        self._me = (bus.unique_name or "").removeprefix(":").replace(".", "_")
        self._tokens = (f"sayso{os.getpid()}_{number}" for number in itertools.count(1))
        self._requests: dict[str, asyncio.Future[tuple[int, dict[str, Variant]]]] = {}
        self._sessions: dict[str, Callable[[], None]] = {}
        self._listeners: dict[str, Callable[[Message], None]] = {}

    async def open(self, *interfaces: str) -> None:
        """Begin to listen; before anything else.

        Args:
            interfaces: whose signals are to be heard.

        """
        self._bus.add_message_handler(self._take)
        of_desktop = f"type='signal',sender='{DESKTOP}'"
        await match(self._bus, f"type='signal',sender='{THE_BUS}',member='NameOwnerChanged',arg0='{DESKTOP}'")
        for kind, interface in (("request", REQUEST), ("session", SESSION)):
            rule = f"{of_desktop},interface='{interface}',path_namespace='{PATH}/{kind}/{self._me}'"
            await match(self._bus, rule)
        for interface in interfaces:
            await match(self._bus, f"{of_desktop},interface='{interface}'")
        with contextlib.suppress(BusError):  # it is started by the first call, where it can be
            answer = await self._ask(THE_BUS, "/org/freedesktop/DBus", THE_BUS, "GetNameOwner", "s", [DESKTOP])
            self._owner = self._owner or str(answer.body[0])

    def close(self) -> None:
        """Listen no more."""
        self._bus.remove_message_handler(self._take)
        self._all_gone()

    async def version(self, interface: str) -> int:
        """Which version of a portal there is; 0 where there is none."""
        try:
            answer = await self._ask(
                DESKTOP, PATH, "org.freedesktop.DBus.Properties", "Get", "ss", [interface, "version"]
            )
        except Refused:
            return 0
        return int(answer.body[0].value) if answer.signature == "v" else 0

    async def register(self) -> None:
        """Say which application this is, where portals can be told (1.19 and newer); before any other call.

        Where there is no `APP_ID.desktop` they do not believe it; then it stays a program without a name.
        """
        with contextlib.suppress(Refused):
            await self.call(REGISTRY, "Register", "sa{sv}", [APP_ID, {}])

    async def call(self, interface: str, member: str, signature: str = "", body: Sequence[Any] = ()) -> Message:
        """Call a method that is answered at once.

        Raises:
            Refused: it was answered with an error.
            BusError: it was not answered.

        """
        return await self._ask(DESKTOP, PATH, interface, member, signature, body)

    async def request(
        self, interface: str, member: str, signature: str, body: Sequence[Any], options: Mapping[str, Variant]
    ) -> dict[str, Any]:
        """Make a request and wait for what the person decides, for as long as that takes; its results.

        Args:
            interface: of the portal.
            member: the method, whose last argument are options.
            signature: of the arguments, options included.
            body: the arguments before them.
            options: but for the token.

        Raises:
            Denied: the person does not allow it.
            Refused: the portal does not.
            BusError: the portals went away before it was decided.

        """
        token = next(self._tokens)
        path = f"{PATH}/request/{self._me}/{token}"
        answered = self._requests[path] = asyncio.get_running_loop().create_future()
        paths = {path}
        try:
            answer = await self.call(
                interface, member, signature, [*body, {**options, "handle_token": Variant("s", token)}]
            )
            if (told := str(answer.body[0])) != path:  # before 0.9 portals chose it themselves
                self._requests[told] = answered
                paths.add(told)
            code, results = await answered
        except asyncio.CancelledError:
            self._end(REQUEST, path)
            raise
        finally:
            for each in paths:
                self._requests.pop(each, None)
        if code == DENIED:
            raise Denied(f"{member}: not allowed")
        if code != GRANTED:
            raise Refused(f"{member}: the desktop did not do it")
        return {name: value.value for name, value in results.items()}

    async def create_session(
        self, interface: str, ended: Callable[[], None], options: Mapping[str, Variant] | None = None
    ) -> str:
        """Begin a session with a portal; its path.

        Args:
            interface: of the portal.
            ended: told that the session has ended, by whomever but `end_session`.
            options: but for the tokens.

        Raises:
            BusError: as `request`.

        """
        token = Variant("s", next(self._tokens))
        results = await self.request(
            interface, "CreateSession", "a{sv}", [], {**(options or {}), "session_handle_token": token}
        )
        path = str(results["session_handle"])
        self._sessions[path] = ended
        return path

    def listen(self, path: str, hear: Callable[[Message], None]) -> None:
        """Have the signals that are about a session told to somebody of its own, instead of `hear`."""
        self._listeners[path] = hear

    def end_session(self, path: str) -> None:
        """End a session; does not wait for it."""
        self._listeners.pop(path, None)
        if self._sessions.pop(path, None) is not None:
            self._end(SESSION, path)

    def _end(self, interface: str, path: str) -> None:
        with contextlib.suppress(DBusFastError, OSError):  # it ends with this connection anyway
            self._bus.send(
                Message(
                    DESKTOP,
                    path,
                    interface,
                    "Close",
                    flags=MessageFlag.NO_REPLY_EXPECTED | MessageFlag.NO_AUTOSTART,
                )
            )

    async def _ask(
        self, name: str, path: str, interface: str, member: str, signature: str = "", body: Sequence[Any] = ()
    ) -> Message:
        if not self._bus.connected:
            raise BusError("the session bus went away; dictate again when it is back")
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answer = await self._bus.call(
                    Message(name, path, interface, member, signature=signature, body=list(body))
                )
        except (TimeoutError, DBusFastError, OSError, EOFError) as error:
            raise BusError(
                f"the desktop portals do not answer ({member}); is xdg-desktop-portal running?"
            ) from error
        if answer is None or answer.message_type is MessageType.ERROR:
            raise Refused(f"{member}: {answer.error_name if answer is not None else 'no answer'}")
        return answer

    def _take(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "NameOwnerChanged" and message.sender == THE_BUS:
            self._owner_changed(*message.body)
        elif message.sender != self._owner:
            return
        elif message.interface == REQUEST and message.member == "Response" and message.signature == "ua{sv}":
            answered = self._requests.get(message.path or "")
            if answered is not None and not answered.done():
                answered.set_result((int(message.body[0]), message.body[1]))
        elif message.interface == SESSION and message.member == "Closed":
            self._listeners.pop(message.path or "", None)
            ended = self._sessions.pop(message.path or "", None)
            if ended is not None:
                ended()
        elif message.body and isinstance(message.body[0], str):
            self._listeners.get(message.body[0], self._hear)(message)

    def _owner_changed(self, name: str, old: str, new: str) -> None:
        if name != DESKTOP:
            return
        self._owner = new
        if old:
            self._all_gone()
            self._came(False)
        if new:
            self._came(True)

    def _all_gone(self) -> None:
        for answered in self._requests.values():
            if not answered.done():
                answered.set_exception(BusError("the desktop portals went away; dictate again when they are back"))
        self._listeners.clear()
        sessions, self._sessions = self._sessions, {}
        for ended in sessions.values():
            ended()
