"""Portals on a private bus, with a compositor of the test's own behind them.

`RealPortal` is Debian's xdg-desktop-portal over a double of a backend, `NewerPortal` a double of a newer frontend,
which has a clipboard, restore tokens and names of applications.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message, MessageType
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.rig.programs import Program, environment_without_desktop
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import until

from sayso.bus.patient import PatientBus

FRONTEND = "/usr/libexec/xdg-desktop-portal"
DESKTOP = "org.freedesktop.portal.Desktop"
CHECKOUT = Path(__file__).parents[3]
CALL_SECONDS = 30.0
DESCRIPTION = """\
[portal]
DBusName=org.freedesktop.impl.portal.desktop.sayso
Interfaces=org.freedesktop.impl.portal.GlobalShortcuts;org.freedesktop.impl.portal.RemoteDesktop;\
org.freedesktop.impl.portal.Settings;
UseIn=sayso-test
"""


class PortalRig(Rig):
    """A bus, and the double on it. Its methods are what a person, a compositor or another program does."""

    kind = "backend"

    def __init__(self) -> None:
        self.bus = PrivateBus()
        self._double: Program | None = None
        self._eye: _Eye | None = None

    @property
    def address(self) -> str:
        return self.bus.address

    def _enter(self) -> None:
        self.bus.__enter__()
        self._eye = _Eye(self.bus.address)
        env = {**environment_without_desktop(), **self.bus.env, "PYTHONPATH": str(CHECKOUT)}
        command = [sys.executable, "-m", "tests.desktop.rig.portal_backend", self.kind]
        self._double = Program(command, env, self.bus.folder / "double.log")
        self.wait_for_name("org.sayso.Double")
        if self.kind == "frontend":
            self.wait_for_name(DESKTOP)

    def _leave(self) -> None:
        if self._eye is not None:
            self._eye.close()
        if self._double is not None:
            self._double.end()
        self.bus.__exit__(None, None, None)

    def tidy(self) -> None:
        """As it was when it was entered, for the next test."""
        self.do("reset")

    def wait_for_name(self, name: str, is_there: bool = True) -> None:
        assert self._eye is not None
        eye, double = self._eye, self._double
        assert double is not None
        until(lambda: eye.has(name) is is_there or not double.is_running, f"{name} on the bus: {is_there}")
        assert double.is_running, double.output

    def do(self, what: str, argument: Any = None) -> Any:
        """Have the double do something."""
        assert self._eye is not None
        return json.loads(self._eye.do(what, json.dumps(argument)))

    @property
    def text(self) -> str:
        """What stands in the window, once every key has been taken."""
        return str(self.do("text"))

    @property
    def state(self) -> dict[str, Any]:
        return dict(self.do("state"))

    def use_layout(self, layout: str, variant: str = "", tells: bool = True) -> None:
        self.do("layout", [layout, variant, tells])

    def answers(self, code: int | None) -> None:
        """The person allows (0), denies (1), the desktop ends it (2), or it takes a while (None)."""
        self.do("answer", code)

    def keys(self, *strokes: tuple[str, bool]) -> None:
        """Hotkeys go down and up."""
        self.do("key", [list(stroke) for stroke in strokes])

    def end_sessions(self, after_presses: int = 0) -> None:
        self.do("end_sessions", after_presses)

    def copy(self, copied: Mapping[str, str]) -> None:
        self.do("copy", dict(copied))


class RealPortal(PortalRig):
    """Debian's frontend."""

    def __init__(self) -> None:
        super().__init__()
        if not Path(FRONTEND).exists():
            pytest.fail(f"{FRONTEND} is missing: apt install xdg-desktop-portal")
        self._frontend: Program | None = None

    def _enter(self) -> None:
        super()._enter()
        self.start_frontend()

    def _leave(self) -> None:
        if self._frontend is not None and self._frontend.is_running:
            self._frontend.kill()
        super()._leave()

    def tidy(self) -> None:
        if self._frontend is None or not self._frontend.is_running:
            self.start_frontend()
        super().tidy()

    def start_frontend(self) -> None:
        """Start it; returns when its portals are there."""
        folder = self.bus.folder / "portals"
        folder.mkdir(exist_ok=True)
        (folder / "sayso.portal").write_text(DESCRIPTION)
        runtime = self.bus.folder / "runtime"
        runtime.mkdir(exist_ok=True, mode=0o700)
        env = {
            **environment_without_desktop(),
            **self.bus.env,
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CURRENT_DESKTOP": "sayso-test",
            "XDG_DESKTOP_PORTAL_DIR": str(folder),
        }
        self._frontend = Program([FRONTEND, "-r"], env, self.bus.folder / "frontend.log")
        self.wait_for_name(DESKTOP)

    def kill_frontend(self) -> None:
        assert self._frontend is not None
        self._frontend.kill()
        self.wait_for_name(DESKTOP, is_there=False)


class NewerPortal(PortalRig):
    """A double of the frontend of xdg-desktop-portal 1.20."""

    kind = "frontend"


class _Eye:
    """The test's own connection, on a thread of its own."""

    def __init__(self, address: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="portal-rig", daemon=True)
        self._thread.start()
        self._bus: Any = self._run(self._connected(address))

    @staticmethod
    async def _connected(address: str) -> Any:
        return await PatientBus(bus_address=address).connect()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._bus.disconnect)
        self._run(asyncio.sleep(0))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def do(self, what: str, argument: str) -> str:
        body = self._call(
            "org.sayso.Double", "/org/sayso/Double", "org.sayso.Double", "Do", "ss", [what, argument]
        )
        return str(body[0])

    def has(self, name: str) -> bool:
        dbus = "org.freedesktop.DBus"
        return bool(self._call(dbus, "/org/freedesktop/DBus", dbus, "NameHasOwner", "s", [name])[0])

    def _call(self, name: str, path: str, interface: str, member: str, signature: str, body: Sequence[Any]) -> Any:
        message = Message(name, path, interface, member, signature=signature, body=list(body))
        answer = self._run(self._bus.call(message))
        assert answer.message_type is not MessageType.ERROR, (member, body[:1], answer.body)
        return answer.body

    def _run(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(CALL_SECONDS)
