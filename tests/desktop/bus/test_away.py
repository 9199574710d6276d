"""Who knows that the person has left is believed, on real buses: lockers of the session, and logind."""

from __future__ import annotations

import asyncio
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal
from tests.daemon.away.fake_proc import USER, FakeProc
from tests.desktop.bus.private_bus import PrivateBus

from sayso.away import locker_watch
from sayso.away.look import Lockers
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

    @property
    def next(self) -> str:
        """What is told next."""
        return self._told.get(timeout=PATIENCE_SECONDS)

    def is_quiet_for(self, seconds: float) -> bool:
        """Whether nothing is told for so long."""
        try:
            self._told.put(self._told.get(timeout=seconds))
        except queue.Empty:
            return True
        return False

    @property
    def rest(self) -> list[str]:
        return [self._told.get_nowait() for _ in range(self._told.qsize())]


class Asked(ServiceInterface):
    """What lets a test wait until somebody has asked how it is."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.asked = threading.Event()


class ScreenSaver(Asked):
    """As GNOME's and KDE's."""

    def __init__(self, name: str, is_active: bool = False) -> None:
        super().__init__(name)
        self.is_active = is_active

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
        self.is_preparing = False

    @dbus_property(access=PropertyAccess.READ)
    def PreparingForSleep(self) -> "b":  # type: ignore[name-defined]  # noqa: F821, N802, UP037
        return self.is_preparing

    @dbus_method()
    def GetSession(self, number: "s") -> "o":  # type: ignore[name-defined]  # noqa: F821, N802, UP037
        return SESSION_PATH

    @dbus_signal()
    def PrepareForSleep(self, is_beginning: Any) -> "b":  # type: ignore[name-defined]  # noqa: F821, N802, UP037
        return is_beginning


class Session(Asked):
    """A session of logind's."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.login1.Session")
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
            if isinstance(interface, Asked):
                interface.asked.clear()  # exporting it has read it
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


@pytest.fixture
def proc(tmp_path: Path) -> FakeProc:
    """The processes of the machine, by what the test says."""
    return FakeProc(tmp_path)


@contextmanager
def watching(proc: FakeProc | None = None) -> Iterator[Desk]:
    desk = Desk()
    lockers = None if proc is None else Lockers(proc.folder, USER)
    watch = AwayWatch(desk, lockers, retry_seconds=0.02)
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


@contextmanager
def locked_and_left_by_the_bus(bus: PrivateBus) -> Iterator[Desk]:
    """The screen is locked, its bus has gone, and another is in its place."""
    saver = ScreenSaver("org.gnome.ScreenSaver", is_active=True)
    owner = Owner(bus.address, "org.gnome.ScreenSaver", {"/org/gnome/ScreenSaver": saver})
    owner.begin()
    with watching() as desk:
        assert desk.next == "left"
        bus.end()
        owner.end()
        bus.begin()
        yield desk


def test_a_bus_that_goes_away_does_not_unlock_the_screen(bus: PrivateBus) -> None:
    last = ScreenSaver("org.xfce.ScreenSaver")  # the last that is asked
    with (
        locked_and_left_by_the_bus(bus) as desk,
        on(bus, "org.xfce.ScreenSaver", {"/org/xfce/ScreenSaver": last}),
    ):
        assert last.asked.wait(PATIENCE_SECONDS)
        assert desk.rest == []


def test_who_locked_it_says_on_the_next_bus_that_it_is_unlocked(bus: PrivateBus) -> None:
    saver = ScreenSaver("org.gnome.ScreenSaver", is_active=True)
    with (
        locked_and_left_by_the_bus(bus) as desk,
        on(bus, "org.gnome.ScreenSaver", {"/org/gnome/ScreenSaver": saver}) as owner,
    ):
        assert saver.asked.wait(PATIENCE_SECONDS)
        assert desk.rest == []
        owner.do(lambda: saver.ActiveChanged(False))
        assert desk.next == "back"
        assert desk.rest == []


def test_a_locker_that_is_not_active_on_the_next_bus_has_unlocked_it(bus: PrivateBus) -> None:
    saver = ScreenSaver("org.gnome.ScreenSaver")
    with (
        locked_and_left_by_the_bus(bus) as desk,
        on(bus, "org.gnome.ScreenSaver", {"/org/gnome/ScreenSaver": saver}),
    ):
        assert desk.next == "back"
        assert desk.rest == []


def test_sleep_and_the_lock_of_the_session_are_known_by_logind(bus: PrivateBus) -> None:
    manager, session = Manager(), Session()
    with on(bus, "org.freedesktop.login1", exports_of(manager, session)) as owner, watching() as desk:
        assert session.asked.wait(PATIENCE_SECONDS)
        see_off(owner, manager, session, desk)


def see_off(owner: Owner, manager: Manager, session: Session, desk: Desk) -> None:
    owner.do(lambda: manager.PrepareForSleep(True))
    assert desk.next == "left"
    owner.do(lambda: session.emit_properties_changed({"LockedHint": True}))
    owner.do(lambda: manager.PrepareForSleep(False))  # awake, and still locked
    owner.do(lambda: session.emit_properties_changed({"LockedHint": False}))
    assert desk.next == "back"
    assert desk.rest == []


def exports_of(manager: Manager, session: Session) -> dict[str, ServiceInterface]:
    return {"/org/freedesktop/login1": manager, SESSION_PATH: session}


def test_what_logind_said_stays_until_it_says_otherwise_though_the_bus_went_meanwhile(bus: PrivateBus) -> None:
    manager, session = Manager(), Session()
    manager.is_preparing = session.hint = True
    before = Owner(bus.address, "org.freedesktop.login1", exports_of(manager, session))
    before.begin()
    with watching() as desk:
        assert desk.next == "left"
        bus.end()
        before.end()
        bus.begin()
        manager, session = Manager(), Session()
        session.hint = True
        with on(bus, "org.freedesktop.login1", exports_of(manager, session)) as owner:
            assert session.asked.wait(PATIENCE_SECONDS)
            assert desk.rest == []
            owner.do(lambda: session.emit_properties_changed({"LockedHint": False}))
            assert desk.next == "back"
            assert desk.rest == []


def test_a_logind_that_is_started_anew_is_asked_anew(bus: PrivateBus) -> None:
    manager, session = Manager(), Session()
    session.hint = True
    with watching() as desk:
        with on(bus, "org.freedesktop.login1", exports_of(manager, session)):
            assert desk.next == "left"
        session.hint = False
        with on(bus, "org.freedesktop.login1", exports_of(Manager(), session)):
            assert desk.next == "back"
    assert desk.rest == []


# ── a lock that is asked for, and lockers that tell nobody ────────────────────────────────────────


@contextmanager
def asked_to_lock(bus: PrivateBus, proc: FakeProc) -> Iterator[Desk]:
    """logind says that somebody wants the session locked."""
    manager, session = Manager(), Session()
    with on(bus, "org.freedesktop.login1", exports_of(manager, session)) as owner, watching(proc) as desk:
        assert session.asked.wait(PATIENCE_SECONDS)
        owner.do(session.Lock)
        assert desk.next == "left"
        yield desk


def test_a_lock_that_nobody_carries_out_is_over_soon(
    bus: PrivateBus, proc: FakeProc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locker_watch, "ASKED_SECONDS", 0.2)
    with asked_to_lock(bus, proc) as desk:
        assert desk.next == "back"
        assert desk.rest == []


def test_a_lock_lasts_for_as_long_as_the_process_that_carries_it_out(
    bus: PrivateBus, proc: FakeProc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locker_watch, "ASKED_SECONDS", 0.5)
    with subprocess.Popen(["sleep", "60"]) as locker, asked_to_lock(bus, proc) as desk:
        proc.runs(locker.pid, "swaylock")
        assert desk.is_quiet_for(1.0)
        locker.terminate()
        locker.wait()
        proc.ends(locker.pid)
        assert desk.next == "back"
        assert desk.rest == []


def test_without_any_bus_nobody_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        monkeypatch.setenv(name, "unix:path=/nowhere")
    with watching() as desk:
        pass
    assert desk.rest == []
