"""Who knows that the person has left is believed, on real buses: lockers of the session, and logind."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from dbus_fast import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal
from tests.desktop.bus.private_bus import PrivateBus

from sayso.away.watch import AwayWatch
from sayso.bus.patient import PatientBus

PATIENCE_SECONDS = 10.0
SESSION_PATH = "/org/freedesktop/login1/session/_32"


class Desk:
    def __init__(self) -> None:
        self._told: queue.Queue[str] = queue.Queue()

    def leave(self) -> None:
        self._told.put("left")

    def come_back(self) -> None:
        self._told.put("back")

    def hush(self) -> None:
        self._told.put("hush")

    @property
    def next(self) -> str:
        """What is told next."""
        return self._told.get(timeout=PATIENCE_SECONDS)

    @property
    def rest(self) -> list[str]:
        return [self._told.get_nowait() for _ in range(self._told.qsize())]


class ScreenSaver(ServiceInterface):
    """As GNOME's and KDE's."""

    def __init__(self, name: str, is_active: bool = False) -> None:
        super().__init__(name)
        self.is_active = is_active
        self.asked = threading.Event()

    @dbus_method()
    def GetActive(self) -> "b":  # type: ignore[name-defined]  # noqa: F821, N802, UP037  # dbus-fast reads it so
        self.asked.set()
        return self.is_active

    @dbus_signal()
    def ActiveChanged(self, is_active: Any) -> "b":  # type: ignore[name-defined]  # noqa: F821, N802, UP037
        return is_active


class Manager(ServiceInterface):
    """logind's."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.login1.Manager")

    @dbus_method()
    def GetSession(self, number: "s") -> "o":  # type: ignore[name-defined]  # noqa: F821, N802, UP037
        return SESSION_PATH

    @dbus_signal()
    def PrepareForSleep(self, is_beginning: Any) -> "b":  # type: ignore[name-defined]  # noqa: F821, N802, UP037
        return is_beginning


class Session(ServiceInterface):
    """A session of logind's."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.login1.Session")
        self.asked = threading.Event()
        self.hint = False

    @dbus_property(access=PropertyAccess.READ)
    def LockedHint(self) -> "b":  # type: ignore[name-defined]  # noqa: F821, N802, UP037
        self.asked.set()
        return self.hint

    @dbus_signal()
    def Lock(self) -> None:  # noqa: N802
        return None


class Owner:
    """A process of its own thread that has names on a bus."""

    def __init__(self, address: str, name: str, exports: dict[str, ServiceInterface]) -> None:
        self._address, self._name, self._exports = address, name, exports
        self._ready = threading.Event()
        self._over: asyncio.Event
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()))

    def begin(self) -> None:
        self._thread.start()
        assert self._ready.wait(PATIENCE_SECONDS)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def do(self, what: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(what)

    async def _live(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_exception_handler(lambda _loop, _context: None)  # the bus may be ended under it
        bus = await PatientBus(bus_address=self._address).connect()
        for path, interface in self._exports.items():
            bus.export(path, interface)
        await bus.request_name(self._name)
        self._ready.set()
        await self._over.wait()
        bus.disconnect()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """One bus that is both the session's and the system's."""
    with PrivateBus() as private:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private.address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", private.address)
        monkeypatch.setenv("XDG_SESSION_ID", "2")
        yield private


@contextmanager
def watching() -> Iterator[Desk]:
    desk = Desk()
    watch = AwayWatch(desk)
    watch.start()
    try:
        yield desk
    finally:
        watch.stop()
        assert "sayso-away" not in [thread.name for thread in threading.enumerate()]


@contextmanager
def on(bus: PrivateBus, name: str, exports: dict[str, ServiceInterface]) -> Iterator[Owner]:
    owner = Owner(bus.address, name, exports)
    owner.begin()
    try:
        yield owner
    finally:
        owner.end()


@pytest.mark.parametrize("name", ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.xfce.ScreenSaver"])
def test_a_locked_screen_sends_the_person_away_until_it_is_unlocked(bus: PrivateBus, name: str) -> None:
    saver = ScreenSaver(name)
    with on(bus, name, {f"/{name.replace('.', '/')}": saver}) as owner, watching() as desk:
        assert saver.asked.wait(PATIENCE_SECONDS)
        owner.do(lambda: saver.ActiveChanged(True))
        assert desk.next == "left"
        owner.do(lambda: saver.ActiveChanged(True))
        owner.do(lambda: saver.ActiveChanged(False))
        assert desk.next == "back"
        assert desk.rest == []


def test_a_screen_that_is_locked_already_counts(bus: PrivateBus) -> None:
    saver = ScreenSaver("org.gnome.ScreenSaver", is_active=True)
    with on(bus, "org.gnome.ScreenSaver", {"/org/gnome/ScreenSaver": saver}), watching() as desk:
        assert desk.next == "left"


def test_a_locker_that_dies_keeps_nobody_away_for_ever(bus: PrivateBus) -> None:
    saver = ScreenSaver("org.gnome.ScreenSaver", is_active=True)
    with watching() as desk:
        with on(bus, "org.gnome.ScreenSaver", {"/org/gnome/ScreenSaver": saver}) as owner:
            owner.do(lambda: saver.ActiveChanged(True))
            assert desk.next == "left"
        assert desk.next == "back"


def test_a_bus_that_goes_away_keeps_nobody_away_for_ever(bus: PrivateBus) -> None:
    saver = ScreenSaver("org.gnome.ScreenSaver", is_active=True)
    owner = Owner(bus.address, "org.gnome.ScreenSaver", {"/org/gnome/ScreenSaver": saver})
    owner.begin()
    with watching() as desk:
        assert desk.next == "left"
        bus.end()
        assert desk.next == "back"
    owner.end()


def test_sleep_and_the_lock_of_the_session_are_known_by_logind(bus: PrivateBus) -> None:
    manager, session = Manager(), Session()
    exports: dict[str, ServiceInterface] = {"/org/freedesktop/login1": manager, SESSION_PATH: session}
    with on(bus, "org.freedesktop.login1", exports) as owner:
        session.asked.clear()  # exporting it has read it
        with watching() as desk:
            assert session.asked.wait(PATIENCE_SECONDS)
            see_off(owner, manager, session, desk)


def see_off(owner: Owner, manager: Manager, session: Session, desk: Desk) -> None:
    owner.do(lambda: manager.PrepareForSleep(True))
    assert desk.next == "left"
    owner.do(lambda: session.emit_properties_changed({"LockedHint": True}))
    owner.do(lambda: manager.PrepareForSleep(False))  # awake, and still locked
    owner.do(lambda: session.emit_properties_changed({"LockedHint": False}))
    assert desk.next == "back"
    owner.do(session.Lock)  # of a locker that never says when it is over
    assert desk.next == "hush"
    assert desk.rest == []


def test_without_any_bus_nobody_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        monkeypatch.setenv(name, "unix:path=/nowhere")
    with watching() as desk:
        pass
    assert desk.rest == []
