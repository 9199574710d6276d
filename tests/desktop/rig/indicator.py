"""The indicator as a process of its own, and what it talks to: a tray and a desktop that shows notifications."""

from __future__ import annotations

import asyncio
import os
import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message, MessageType, Variant, unpack_variants
from dbus_fast.aio import MessageBus
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import until

from sayso.bus.patient import PatientBus

PATIENCE_SECONDS = 10.0
WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
NOTIFICATIONS, NOTIFICATIONS_PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
ITEM, ITEM_PATH = "org.kde.StatusNotifierItem", "/StatusNotifierItem"
MENU, MENU_PATH = "com.canonical.dbusmenu", "/MenuBar"
QUIET = {"overlay": "never", "tray": "false", "notifications": "false", "sounds": "false"}


class Indicator(Rig):
    """`sayso indicator` with everything off but what is asked for.

    Args:
        env: its environment.
        settings: of the section `indicator`, laid over QUIET.
        python: run instead of `-m sayso`, to put something in its way.

    """

    def __init__(self, env: dict[str, str], python: str = "", **settings: object) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sayso-indicator-"))
        self._log = self._folder / "log"
        config = self._folder / "config.yaml"
        asked = {**QUIET, **{name: str(value).lower() for name, value in settings.items()}}
        config.write_text("indicator:\n" + "".join(f"  {name}: {value}\n" for name, value in asked.items()))
        inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
        self._env = {**inherited, "XDG_RUNTIME_DIR": str(self._folder), **env}
        program = ["-c", python] if python else ["-m", "sayso"]
        self._command = [sys.executable, *program, "indicator", "--config", str(config)]
        self._process: subprocess.Popen[bytes] | None = None

    def _enter(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._env, stdin=subprocess.PIPE, stdout=log, stderr=log
            )

    def _leave(self) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait(PATIENCE_SECONDS)
            assert self._process.stdin is not None
            self._process.stdin.close()
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    @property
    def output(self) -> str:
        """What it has printed."""
        return self._log.read_text()

    @property
    def pid(self) -> int:
        """Of its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        assert self._process is not None
        return self._process.poll() is None

    def close_input(self) -> None:
        """Let go of its standard input, as a service that ends does."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()

    def terminate(self) -> None:
        """Ask it to end."""
        assert self._process is not None
        self._process.terminate()

    def send(self, number: int) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Its exit status, once it has ended."""
        assert self._process is not None
        return self._process.wait(seconds)

    def until_it_follows(self, bus: OnTheBus) -> None:
        """Wait until it has asked the service how things stand: from then on it hears everything."""
        until(lambda: bus.has_owner("org.sayso.Indicator1"), f"the indicator on the bus\n{self.output}")


class OnTheBus(Rig):
    """A thread with a connection to a bus, and perhaps a name on it: `ask` and `serve` are for any thread.

    Args:
        address: of the bus.

    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="on-the-bus")
        self._bus: MessageBus | None = None

    def _enter(self) -> None:
        self._thread.start()
        self._bus = self._do(self._connect())

    async def _connect(self) -> MessageBus:
        bus = await PatientBus(bus_address=self._address).connect()
        bus.add_message_handler(self._handle)
        return bus

    def _leave(self) -> None:
        def end() -> None:
            if self._bus is not None:
                self._bus.disconnect()
            self._loop.call_later(0.01, self._loop.stop)  # the connection closes in the next round

        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(end)
            self._thread.join()
        self._loop.close()

    def _do(self, work: Any) -> Any:
        async def within() -> Any:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await work

        return asyncio.run_coroutine_threadsafe(within(), self._loop).result()

    def take(self, name: str) -> None:
        """Have a name on the bus."""
        self._do(self.bus.request_name(name))

    def drop(self, name: str) -> None:
        """Have it no more."""
        self._do(self.bus.release_name(name))

    def has_owner(self, name: str) -> bool:
        """Whether somebody has a name."""
        bus = "org.freedesktop.DBus"
        return bool(self.ask(bus, "/org/freedesktop/DBus", bus, "NameHasOwner", "s", [name]))

    def ask(self, name: str, path: str, interface: str, member: str, signature: str = "", body: Any = ()) -> Any:
        """Call a method, and return the first value of the answer; fails the test where it is an error."""
        body = self.answer(name, path, interface, member, signature, body)
        return body[0] if body else None

    def answer(
        self, name: str, path: str, interface: str, member: str, signature: str = "", body: Any = ()
    ) -> list[Any]:
        """All values of the answer."""
        message = Message(name, path, interface, member, signature=signature, body=list(body))
        answer = self._do(self.bus.call(message))
        if answer.message_type is MessageType.ERROR:
            pytest.fail(f"{member}: {answer.error_name} {answer.body}")
        unpacked: list[Any] = unpack_variants(answer.body)
        return unpacked

    @property
    def bus(self) -> MessageBus:
        """The connection; for its own thread."""
        assert self._bus is not None
        return self._bus

    def tell(
        self, path: str, interface: str, member: str, signature: str = "", body: Any = (), *, to: str = ""
    ) -> None:
        """Send a signal; to one connection alone, if it is named."""

        async def send() -> None:
            signal = Message.new_signal(path, interface, member, signature, list(body))
            signal.destination = to or None
            await self.bus.send(signal)

        self._do(send())

    def hear(self, rule: str) -> queue.Queue[str]:
        """The members of the signals that a match rule names, as they come."""
        heard: queue.Queue[str] = queue.Queue()
        bus = "org.freedesktop.DBus"

        def handle(message: Message) -> None:
            if message.message_type is MessageType.SIGNAL and message.sender != bus:
                heard.put(str(message.member))

        self._loop.call_soon_threadsafe(self.bus.add_message_handler, handle)
        self.ask(bus, "/org/freedesktop/DBus", bus, "AddMatch", "s", [f"type='signal',{rule}"])
        return heard

    def eavesdrop(self, member: str) -> queue.Queue[str]:
        """The calls of a method that others make of each other, as they come."""
        heard: queue.Queue[str] = queue.Queue()

        def handle(message: Message) -> None:
            if message.message_type is MessageType.METHOD_CALL and message.member == member:
                heard.put(member)

        self._loop.call_soon_threadsafe(self.bus.add_message_handler, handle)
        bus, rule = "org.freedesktop.DBus", f"type='method_call',member='{member}',eavesdrop='true'"
        self.ask(bus, "/org/freedesktop/DBus", bus, "AddMatch", "s", [rule])
        return heard

    def _handle(self, message: Message) -> Message | None:
        """Answer a call, in those that offer something."""
        return None


class Panel(OnTheBus):
    """A tray: `org.kde.StatusNotifierWatcher`, and what it asks of an item.

    Attributes:
        items: names that were registered.

    """

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.items: queue.Queue[str] = queue.Queue()

    def _enter(self) -> None:
        super()._enter()
        self.take(WATCHER)

    def _handle(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.path != WATCHER_PATH:
            return None
        if message.member == "RegisterStatusNotifierItem" and message.signature == "s":
            self.items.put(message.body[0])
            return Message.new_method_return(message)
        return None

    def next_item(self) -> str:
        """The next item that registers."""
        return self.items.get(timeout=PATIENCE_SECONDS)

    def property(self, item: str, name: str) -> Any:
        """What an item tells of itself."""
        return self.ask(item, ITEM_PATH, "org.freedesktop.DBus.Properties", "Get", "ss", [ITEM, name])

    def menu(self, item: str) -> dict[str, Any]:
        """Label of each line of the menu → its number, or the menu under it."""

        def read(entry: list[Any]) -> dict[str, Any]:
            return {
                told.get("label", "-"): read([number, told, below]) if below else number
                for number, told, below in entry[2]
            }

        path = self.property(item, "Menu")
        _revision, root = self.answer(item, path, MENU, "GetLayout", "iias", [0, -1, []])
        return read(root)

    def click(self, item: str, number: int) -> None:
        """Choose a line of the menu."""
        body = [number, "clicked", Variant("s", ""), 0]
        self.ask(item, MENU_PATH, MENU, "Event", "isvu", body)


class Bubbles(OnTheBus):
    """A desktop that shows notifications: `org.freedesktop.Notifications`.

    Attributes:
        told: what it was asked, as it comes: ("Notify", number, arguments) or ("CloseNotification", number, ()).

    """

    def __init__(self, address: str, abilities: tuple[str, ...] = ("body", "body-markup", "actions")) -> None:
        super().__init__(address)
        self.abilities = list(abilities)
        self.told: queue.Queue[tuple[str, int, list[Any]]] = queue.Queue()
        self._number = 0

    def _enter(self) -> None:
        super()._enter()
        self.take(NOTIFICATIONS)

    def _handle(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.interface != NOTIFICATIONS:
            return None
        match message.member, message.signature:
            case "GetCapabilities", "":
                return Message.new_method_return(message, "as", [self.abilities])
            case "Notify", "susssasa{sv}i":
                self._number += 0 if message.body[1] else 1
                number = message.body[1] or self._number
                self.told.put(("Notify", number, unpack_variants(message.body)))
                return Message.new_method_return(message, "u", [number])
            case "CloseNotification", "u":
                self.told.put(("CloseNotification", message.body[0], []))
                return Message.new_method_return(message)
        return None

    def next(self) -> tuple[str, int, list[Any]]:
        """What it is asked next."""
        return self.told.get(timeout=PATIENCE_SECONDS)

    def choose(self, number: int, action: str) -> None:
        """Click on a button of a bubble, which closes it."""
        self.tell(NOTIFICATIONS_PATH, NOTIFICATIONS, "ActionInvoked", "us", [number, action])
        self.dismiss(number)

    def dismiss(self, number: int) -> None:
        """Close a bubble, as the person does."""
        self.tell(NOTIFICATIONS_PATH, NOTIFICATIONS, "NotificationClosed", "uu", [number, 2])
