"""A double of a portal's backend (`org.freedesktop.impl.portal.*`), for the real frontend to stand on.

Arguments: `backend`, or `frontend` for a double of a newer frontend instead. What the test wants of it goes over
the interface `org.sayso.Double`.
"""

# ruff: noqa: N802, F722, F821, UP037  # methods are called what D-Bus calls them, annotated as dbus-fast reads
# mypy: ignore-errors
from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from dbus_fast import PropertyAccess, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal
from tests.desktop.rig.portal_compositor import Compositor
from tests.desktop.rig.portal_frontend import Frontend

PATH = "/org/freedesktop/portal/desktop"
IMPL = "org.freedesktop.impl.portal"
NAMES = {"backend": "org.freedesktop.impl.portal.desktop.sayso", "frontend": "org.freedesktop.portal.Desktop"}


class Person:
    """Who is asked, and answers as the test says: 0 allow, 1 deny, 2 neither, or later."""

    def __init__(self) -> None:
        self.asked = 0
        self.keys_asked = 0
        self.answer = 0
        self.ready = asyncio.Event()
        self.ready.set()

    async def decide(self) -> int:
        self.asked += 1
        await self.ready.wait()
        return self.answer


class Session(ServiceInterface):
    def __init__(self) -> None:
        super().__init__(f"{IMPL}.Session")

    @dbus_method()
    def Close(self):
        return None

    @dbus_signal()
    def Closed(self) -> None:
        return None

    @dbus_property(access=PropertyAccess.READ)
    def version(self) -> "u":
        return 1


class Desk:
    """What the interfaces share."""

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus
        self.compositor = Compositor()
        self.person = Person()
        self.sessions: dict[str, Session] = {}
        self.options: dict[str, Any] = {}  # of the last SelectDevices
        self.layout = ("us", "")
        self.tells_layout = True
        self.knows_shortcuts = False  # as KDE does: from a session before

    def begin(self, path: str) -> None:
        session = self.sessions[path] = Session()
        self.bus.export(path, session)

    def end_all(self) -> None:
        for session in self.sessions.values():
            session.Closed()
        self.sessions.clear()


class Shortcuts(ServiceInterface):
    def __init__(self, desk: Desk) -> None:
        super().__init__(f"{IMPL}.GlobalShortcuts")
        self._desk = desk
        self.session = ""
        self.bound: list[Any] = []

    @dbus_method()
    def CreateSession(self, handle: "o", session: "o", app: "s", options: "a{sv}") -> "ua{sv}":
        self.session = session
        self._desk.begin(session)
        offered = options["shortcuts"].value if "shortcuts" in options else []
        self.bound = described(offered) if self._desk.knows_shortcuts else []
        return [0, {"shortcuts": Variant("a(sa{sv})", self.bound)}]

    @dbus_method()
    async def BindShortcuts(
        self,
        handle: "o",
        session: "o",
        shortcuts: "a(sa{sv})",
        parent: "s",
        options: "a{sv}",
    ) -> "ua{sv}":
        answer = await self._desk.person.decide()
        if answer == 0:
            self.bound = described(shortcuts)
        return [answer, {"shortcuts": Variant("a(sa{sv})", self.bound)} if answer == 0 else {}]

    @dbus_method()
    def ListShortcuts(self, handle: "o", session: "o") -> "ua{sv}":
        return [0, {"shortcuts": Variant("a(sa{sv})", self.bound)}]

    @dbus_signal()
    def Activated(self, a: Any, b: Any, c: Any, d: Any) -> "osta{sv}":
        return [a, b, c, d]

    @dbus_signal()
    def Deactivated(self, a: Any, b: Any, c: Any, d: Any) -> "osta{sv}":
        return [a, b, c, d]

    @dbus_signal()
    def ShortcutsChanged(self, a: Any, b: Any) -> "oa(sa{sv})":
        return [a, b]

    @dbus_property(access=PropertyAccess.READ)
    def version(self) -> "u":
        return 1

    def reset(self) -> None:
        self.session, self.bound = "", []


class RemoteDesktop(ServiceInterface):
    def __init__(self, desk: Desk) -> None:
        super().__init__(f"{IMPL}.RemoteDesktop")
        self._desk = desk

    @dbus_method()
    def CreateSession(self, handle: "o", session: "o", app: "s", options: "a{sv}") -> "ua{sv}":
        self._desk.begin(session)
        return [0, {}]

    @dbus_method()
    def SelectDevices(self, handle: "o", session: "o", app: "s", options: "a{sv}") -> "ua{sv}":
        self._desk.options = {name: value.value for name, value in options.items()}
        return [0, {}]

    @dbus_method()
    async def Start(self, handle: "o", session: "o", app: "s", parent: "s", options: "a{sv}") -> "ua{sv}":
        answer = await self._desk.person.decide()
        return [answer, {"devices": Variant("u", 1)} if answer == 0 else {}]

    @dbus_method()
    def NotifyKeyboardKeysym(self, session: "o", options: "a{sv}", keysym: "i", state: "u"):
        self._desk.compositor.notify(keysym, bool(state))

    @dbus_property(access=PropertyAccess.READ)
    def AvailableDeviceTypes(self) -> "u":
        return 7

    @dbus_property(access=PropertyAccess.READ)
    def version(self) -> "u":
        return 1


class Settings(ServiceInterface):
    """As GNOME's, which tells of the keyboard layouts."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(f"{IMPL}.Settings")
        self._desk = desk

    @dbus_method()
    def Read(self, namespace: "s", key: "s") -> "v":
        if (sources := sources_of(self._desk.layout, key, self._desk.tells_layout)) is None:
            raise LookupError(key)
        return sources

    @dbus_method()
    def ReadAll(self, namespaces: "as") -> "a{sa{sv}}":
        return {}

    @dbus_property(access=PropertyAccess.READ)
    def version(self) -> "u":
        return 1


class Double(ServiceInterface):
    """What the test may do and see."""

    def __init__(self, desk: Desk, shortcuts: Any) -> None:
        super().__init__("org.sayso.Double")
        self._desk = desk
        self._shortcuts = shortcuts
        self._close_at = 0
        desk.compositor.on_press = self._pressed

    def _pressed(self, number: int) -> None:
        if number == self._close_at:
            self._desk.end_all()

    async def _reset(self, _: None) -> None:
        """As it was in the beginning, for the next test."""
        desk = self._desk
        desk.end_all()
        desk.compositor.hangs.set()
        await desk.compositor.settle()
        desk.compositor.reset()
        desk.person.asked, desk.person.answer = 0, 0
        desk.person.ready.set()
        desk.layout, desk.tells_layout, desk.knows_shortcuts = ("us", ""), True, False
        self._shortcuts.reset()
        self._close_at = 0

    @dbus_method()
    async def Do(self, what: "s", argument: "s") -> "s":
        done = getattr(self, f"_{what}")(json.loads(argument))
        return json.dumps(await done if asyncio.iscoroutine(done) else done)

    async def _text(self, _: None) -> str:
        await self._desk.compositor.settle()
        return self._desk.compositor.text

    def _state(self, _: None) -> dict[str, Any]:
        compositor, person = self._desk.compositor, self._desk.person
        return {
            "dropped": compositor.dropped,
            "keys": compositor.keys,
            "asked": person.asked,
            "options": self._desk.options,
            "sessions": len(self._desk.sessions),
            "bound": [name for name, _ in self._shortcuts.bound],
        }

    def _layout(self, layout: list[str]) -> None:
        self._desk.layout = (layout[0], layout[1])
        self._desk.tells_layout = bool(layout[2])
        self._desk.compositor.use_layout(*self._desk.layout)

    def _answer(self, code: int | None) -> None:
        person = self._desk.person
        if code is None:
            person.ready.clear()
        else:
            person.answer = code
            person.ready.set()

    def _known(self, knows: bool) -> None:
        self._desk.knows_shortcuts = knows

    def _key(self, strokes: list[list[Any]]) -> None:
        for name, is_down in strokes:
            tell = self._shortcuts.Activated if is_down else self._shortcuts.Deactivated
            tell(self._shortcuts.session, name, 0, {})

    def _changed(self, names: list[str]) -> None:
        self._shortcuts.bound = [[name, {"trigger_description": Variant("s", "F12")}] for name in names]
        self._shortcuts.ShortcutsChanged(self._shortcuts.session, self._shortcuts.bound)

    def _end_sessions(self, after_presses: int) -> None:
        if after_presses:
            self._close_at = self._desk.compositor.keys + after_presses
        else:
            self._desk.end_all()

    def _copy(self, copied: dict[str, str]) -> None:
        self._desk.compositor.copy({kind: text.encode() for kind, text in copied.items()})

    async def _pasted(self, kind: str) -> str | None:
        data = await self._desk.compositor.read(kind)
        return None if data is None else data.decode()

    def _types(self, _: None) -> list[str]:
        return self._desk.compositor.types

    def _read_ahead(self, does: bool) -> None:
        self._desk.compositor.reads_ahead = does

    def _announce(self, does: bool) -> None:
        self._shortcuts.announces = does

    def _hang(self, does: bool) -> None:
        (self._desk.compositor.hangs.clear if does else self._desk.compositor.hangs.set)()


def described(shortcuts: Any) -> list[Any]:
    return [
        [
            name,
            {
                "description": told["description"],
                "trigger_description": Variant("s", f"Press {told['preferred_trigger'].value}"),
            },
        ]
        for name, told in shortcuts
    ]


def sources_of(layout: tuple[str, str], key: str, tells: bool) -> Variant | None:
    name = "+".join(part for part in layout if part)
    found = [("xkb", name)] if key == "sources" else []  # none was chosen yet
    return Variant("a(ss)", [list(one) for one in found]) if tells else None


async def main(kind: str) -> None:
    bus = await MessageBus(negotiate_unix_fd=True).connect()
    desk = Desk(bus)
    living = asyncio.ensure_future(desk.compositor.live())
    if kind == "frontend":
        shortcuts: Any = Frontend(desk, sources_of)
        bus.add_message_handler(shortcuts.take)
    else:
        shortcuts = Shortcuts(desk)
        for interface in (shortcuts, RemoteDesktop(desk), Settings(desk)):
            bus.export(PATH, interface)
    bus.export("/org/sayso/Double", Double(desk, shortcuts))
    await bus.request_name("org.sayso.Double")
    await bus.request_name(NAMES[kind])
    await bus.wait_for_disconnect()
    living.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
