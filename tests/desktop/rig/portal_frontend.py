"""A double of a newer frontend than Debian 12's: RemoteDesktop 2 with restore tokens, Clipboard, Registry.

Written after the published interfaces of xdg-desktop-portal 1.20; it speaks messages, because it needs their
senders.
"""

# ruff: noqa: N802  # methods are called what D-Bus calls them
from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Callable
from typing import Any

from dbus_fast import Message, MessageType, Variant

PATH = "/org/freedesktop/portal/desktop"
PORTAL = "org.freedesktop.portal"
VERSIONS = {"RemoteDesktop": 2, "GlobalShortcuts": 1, "Clipboard": 1, "Settings": 2}


GIVEN = -1  # of a pipe that the session has got


class Failure(Exception):
    """Is answered as an error."""


class Frontend:
    """Takes calls for the portals' path."""

    def __init__(self, desk: Any, sources_of: Callable[..., Variant | None]) -> None:
        self._desk = desk
        self._sources_of = sources_of
        self._tokens: set[str] = set()
        self._state: dict[str, str] = {}  # session → new, started
        self._owners: dict[str, str] = {}  # session → who made it
        self._selected: dict[str, dict[str, Any]] = {}
        self._with_clipboard: set[str] = set()
        self._clipboard_session = ""
        self._transfers: dict[int, tuple[int, asyncio.Future[bool]]] = {}
        self._serial = 0
        self.apps: dict[str, str] = {}
        self.session = ""
        self.bound: list[Any] = []
        self.announces = (
            True  # what is in the clipboard when a session starts; 1.20 tells only of what comes later
        )
        self._known: dict[str, list[Any]] = {}
        self._doing: set[asyncio.Future[Any]] = set()
        desk.end_all = self.end_all
        desk.compositor.on_owner = self._owner_changed

    def reset(self) -> None:
        """As it was in the beginning."""
        self._tokens.clear()
        self._known.clear()
        self.session, self.bound, self.announces = "", [], True

    def take(self, message: Message) -> bool:
        """A handler of messages: True where it was for a portal."""
        if message.message_type is not MessageType.METHOD_CALL or not (message.path or "").startswith(PATH):
            return False
        task = asyncio.ensure_future(self._answer(message))
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)
        return True

    async def _answer(self, message: Message) -> None:
        interface = (message.interface or "").rpartition(".")[2]
        if interface == "Session":  # which knows no other method
            self._close(message.path or "")
            return
        try:
            method = getattr(self, f"_{interface}_{message.member}", None)
            if method is None:
                raise Failure(f"no {message.member}")
            reply = await method(message.sender, *message.body)
        except Failure as error:
            self._desk.bus.send(Message.new_error(message, "org.freedesktop.DBus.Error.Failed", str(error)))
            return
        signature, body, fds = reply or ("", [], [])
        await self._desk.bus.send(Message.new_method_return(message, signature, body, fds))
        for pipe in fds:
            os.close(pipe)

    def _signal(self, to: str, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        message = Message.new_signal(path, f"{PORTAL}.{interface}", member, signature, body)
        message.destination = to
        self._desk.bus.send(message)

    def _request(
        self, sender: str, options: dict[str, Variant], deciding: Any
    ) -> tuple[str, list[str], list[int]]:
        path = f"{PATH}/request/{_element(sender)}/{options['handle_token'].value}"

        async def decide() -> None:
            code, results = await deciding
            self._signal(sender, path, "Request", "Response", "ua{sv}", [code, results])

        task = asyncio.ensure_future(decide())
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)
        return "o", [path], []

    # ── what any portal has ───────────────────────────────────────────────────────────────────────

    async def _Properties_Get(self, sender: str, interface: str, name: str) -> Any:
        portal = interface.removeprefix(f"{PORTAL}.")
        if portal not in VERSIONS or name != "version":
            raise Failure("no such property")
        return "v", [Variant("u", VERSIONS[portal])], []

    async def _Registry_Register(self, sender: str, app: str, options: Any) -> None:
        if sender in self.apps:
            raise Failure("registered already")
        self.apps[sender] = app

    async def _Settings_Read(self, sender: str, namespace: str, key: str) -> Any:
        sources = self._sources_of(self._desk.layout, key, self._desk.tells_layout)
        if sources is None:
            raise Failure("Requested setting not found")
        return "v", [Variant("v", sources)], []

    def _close(self, path: str) -> None:
        """End a session, and what was to be pasted from it."""
        self._state.pop(path, None)
        self._with_clipboard.discard(path)
        self._desk.sessions.pop(path, None)
        if path == self._clipboard_session:
            for writing, done in self._transfers.values():
                if not done.done():
                    done.set_result(False)
                if writing != GIVEN:
                    os.close(writing)
            self._transfers.clear()

    async def _Request_Close(self, sender: str) -> None:
        return None

    def _begin(self, sender: str, options: dict[str, Variant]) -> str:
        path = f"{PATH}/session/{_element(sender)}/{options['session_handle_token'].value}"
        self._state[path], self._owners[path] = "new", sender
        self._desk.sessions[path] = None
        return path

    def end_all(self) -> None:
        for path in tuple(self._state):
            self._signal(self._owners[path], path, "Session", "Closed", "", [])
            self._close(path)

    # ── RemoteDesktop ─────────────────────────────────────────────────────────────────────────────

    async def _RemoteDesktop_CreateSession(self, sender: str, options: dict[str, Variant]) -> Any:
        async def create() -> Any:
            return 0, {"session_handle": Variant("s", self._begin(sender, options))}

        return self._request(sender, options, create())

    async def _RemoteDesktop_SelectDevices(self, sender: str, session: str, options: dict[str, Variant]) -> Any:
        told = {name: value.value for name, value in options.items()}
        if "restore_token" in told:
            try:
                uuid.UUID(told["restore_token"])
            except ValueError:
                raise Failure("Restore token is not a valid UUID string") from None
        self._selected[session] = self._desk.options = told

        async def select() -> Any:
            return 0, {}

        return self._request(sender, options, select())

    async def _RemoteDesktop_Start(
        self, sender: str, session: str, parent: str, options: dict[str, Variant]
    ) -> Any:
        async def start() -> Any:
            token = self._selected[session].get("restore_token", "")
            code = 0
            if token in self._tokens:
                self._tokens.discard(token)
            else:
                code = await self._desk.person.decide()
            if code:
                return code, {}
            results = {"devices": Variant("u", 1)}
            if self._selected[session].get("persist_mode") == 2:  # until revoked
                self._tokens.add(token := str(uuid.uuid4()))
                results["restore_token"] = Variant("s", token)
            results["clipboard_enabled"] = Variant("b", session in self._with_clipboard)
            self._state[session] = "started"
            if self.announces and (types := self._desk.compositor.types):
                self._owner_changed(types, False)
            return 0, results

        return self._request(sender, options, start())

    async def _RemoteDesktop_NotifyKeyboardKeysym(
        self, sender: str, session: str, options: Any, keysym: int, state: int
    ) -> None:
        if self._state.get(session) != "started":
            raise Failure("Invalid session")
        self._desk.compositor.notify(keysym, bool(state))

    # ── Clipboard ─────────────────────────────────────────────────────────────────────────────────

    def _owner_changed(self, types: list[str], is_session: bool) -> None:
        for session in self._with_clipboard:
            if self._state.get(session) == "started":
                told = {"mime_types": Variant("as", types), "session_is_owner": Variant("b", is_session)}
                body = [session, told]
                self._signal(self._owners[session], PATH, "Clipboard", "SelectionOwnerChanged", "oa{sv}", body)

    async def _Clipboard_RequestClipboard(self, sender: str, session: str, options: Any) -> None:
        if self._state.get(session) != "new":
            raise Failure("Invalid state")
        self._with_clipboard.add(session)

    def _has_clipboard(self, session: str) -> None:
        if session not in self._with_clipboard or self._state.get(session) != "started":
            raise Failure("Clipboard not enabled")

    async def _Clipboard_SetSelection(self, sender: str, session: str, options: dict[str, Variant]) -> None:
        self._has_clipboard(session)
        types = options["mime_types"].value if "mime_types" in options else []
        self._clipboard_session = session
        self._desk.compositor.own(types, self._transfer if types else None)

    async def _transfer(self, kind: str) -> bytes | None:
        session = self._clipboard_session
        if self._state.get(session) != "started":
            return None
        self._serial += 1
        serial = self._serial
        reading, writing = os.pipe()
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._transfers[serial] = writing, done
        self._signal(self._owners[session], PATH, "Clipboard", "SelectionTransfer", "osu", [session, kind, serial])
        loop = asyncio.get_running_loop()
        data = await loop.run_in_executor(None, _read_to_the_end, reading)
        return data if await done else None

    async def _Clipboard_SelectionWrite(self, sender: str, session: str, serial: int) -> Any:
        self._has_clipboard(session)
        if serial not in self._transfers:
            raise Failure("no such transfer")
        writing, done = self._transfers[serial]
        self._transfers[serial] = GIVEN, done
        return "h", [0], [writing]

    async def _Clipboard_SelectionWriteDone(self, sender: str, session: str, serial: int, good: bool) -> None:
        if serial in self._transfers:
            self._transfers.pop(serial)[1].set_result(good)

    async def _Clipboard_SelectionRead(self, sender: str, session: str, kind: str) -> Any:
        self._has_clipboard(session)
        data = self._desk.compositor.copied.get(kind)
        if data is None:
            raise Failure("no such type")
        reading, writing = os.pipe()
        asyncio.get_running_loop().run_in_executor(None, _write_all, writing, data)
        return "h", [0], [reading]

    # ── GlobalShortcuts, as GNOME does them ───────────────────────────────────────────────────────

    async def _GlobalShortcuts_CreateSession(self, sender: str, options: dict[str, Variant]) -> Any:
        if sender not in self.apps:
            raise Failure("An app id is required")

        async def create() -> Any:
            self.session, self.bound = self._begin(sender, options), []
            return 0, {"session_handle": Variant("s", self.session)}

        return self._request(sender, options, create())

    async def _GlobalShortcuts_ListShortcuts(self, sender: str, session: str, options: dict[str, Variant]) -> Any:
        async def listed() -> Any:
            return 0, {"shortcuts": Variant("a(sa{sv})", self.bound)}

        return self._request(sender, options, listed())

    async def _GlobalShortcuts_BindShortcuts(
        self, sender: str, session: str, shortcuts: list[Any], parent: str, options: dict[str, Variant]
    ) -> Any:
        async def bind() -> Any:
            known = self._known.get(self.apps[sender], [])
            is_known = [name for name, _ in known] == [name for name, _ in shortcuts]
            code = 0 if is_known else await self._desk.person.decide()
            if code:
                return code, {}
            self.bound = self._known[self.apps[sender]] = [
                [name, {"trigger_description": Variant("s", f"Press {told['preferred_trigger'].value}")}]
                for name, told in shortcuts
            ]
            return 0, {"shortcuts": Variant("a(sa{sv})", self.bound)}

        return self._request(sender, options, bind())

    def Activated(self, session: str, name: str, time: int, options: Any) -> None:
        self._strike("Activated", session, name)

    def Deactivated(self, session: str, name: str, time: int, options: Any) -> None:
        self._strike("Deactivated", session, name)

    def ShortcutsChanged(self, session: str, shortcuts: list[Any]) -> None:
        body = [session, shortcuts]
        self._signal(self._owners[session], PATH, "GlobalShortcuts", "ShortcutsChanged", "oa(sa{sv})", body)

    def _strike(self, member: str, session: str, name: str) -> None:
        body = [session, name, 0, {}]
        self._signal(self._owners[session], PATH, "GlobalShortcuts", member, "osta{sv}", body)


def _element(sender: str) -> str:
    return sender[1:].replace(".", "_")


def _read_to_the_end(pipe: int) -> bytes:
    with os.fdopen(pipe, "rb") as file:
        return file.read()


def _write_all(pipe: int, data: bytes) -> None:
    with os.fdopen(pipe, "wb") as file:
        file.write(data)
