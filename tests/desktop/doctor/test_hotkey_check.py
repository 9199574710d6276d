"""The doctor presses a key of its own and looks at those that are set: it is right, and no key stays taken."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.desktop.bus.fake_service import FakeService, serving
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.portal import RealPortal
from tests.desktop.rig.programs import Program, need
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import KEY_ALT, KEY_D, KEY_MENU, KEY_SHIFT, KEY_SUPER, NUMBERS, X11Rig
from Xlib import X
from Xlib.display import Display

from sayso.config import Settings, load_settings
from sayso.config.chords import parse_chord
from sayso.doctor import Finding, Light
from sayso.doctor import hotkey as hotkey_check
from sayso.doctor.hotkey import PART, check_hotkey
from sayso.doctor.standing import as_told
from sayso.errors import HotkeyError
from sayso.hotkeys.binding import what_else
from sayso.hotkeys.facts import Action, Standing
from sayso.x11.connection import connect
from sayso.x11.xkb import CORE_KEYBOARD, KeyboardState, Xkb

LIMIT_SECONDS = 7.0  # five, and what a busy machine adds
KEY_F24, KEY_F23, KEY_F22 = 202, 201, 200
SET = [action for action in Action if action not in (Action.HERE, Action.BACK, Action.COPY)]
ACTIONS = [f"hotkey {action.value}" for action in SET]
LACKING = Standing.UNWATCHED.value


@pytest.fixture(autouse=True)
def no_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sayso runs, and no settings are anybody's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.fixture
def settings() -> Settings:
    return load_settings()


@pytest.fixture
def service_bus(bus: BusRig, monkeypatch: pytest.MonkeyPatch) -> BusRig:
    """A session bus that is this process's own, too."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    return bus


@pytest.fixture(params=["openbox", "no window manager"])
def any_display(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[X11Rig]:
    """A display with a window manager, and one whose manager has ended."""
    with X11Rig() as rig:
        monkeypatch.setenv("DISPLAY", rig.display)
        if request.param == "no window manager":
            assert rig._manager is not None
            rig._manager.kill()
        yield rig


@pytest.fixture
def on_display(x11: X11Rig, monkeypatch: pytest.MonkeyPatch) -> X11Rig:
    """A display that is this process's own, too."""
    monkeypatch.setenv("DISPLAY", x11.display)
    return x11


def check(settings: Settings) -> dict[str, Finding]:
    """Part → what was found of it, in time."""
    began = time.monotonic()
    findings = list(check_hotkey(settings))
    assert time.monotonic() - began < LIMIT_SECONDS
    return {finding.part: finding for finding in findings}


@contextmanager
def taken(rig: X11Rig, modifiers: int, *keycodes: int) -> Iterator[None]:
    """Another program that has keys."""
    refused: list[object] = []
    other = Display(rig.display)
    other.set_error_handler(lambda *error: refused.append(error))
    for keycode in keycodes:
        other.screen().root.grab_key(keycode, modifiers, False, X.GrabModeAsync, X.GrabModeAsync)
    other.sync()
    assert refused == [], "a key was left taken"
    try:
        yield
    finally:
        other.close()


def keyboard(rig: X11Rig) -> tuple[KeyboardState, tuple[bytes, ...]]:
    display = connect(rig.display)
    found = Xkb(display).look(CORE_KEYBOARD)
    display.close()
    return found


# ── a key of sayso's own ──────────────────────────────────────────────────────────────────────────


def test_with_and_without_a_window_manager_a_key_is_heard_and_free_again_afterwards(
    any_display: X11Rig, service_bus: BusRig, settings: Settings
) -> None:
    found = check(settings)
    assert [found[part].light for part in (PART, *ACTIONS)] == [Light.GREEN] * 6
    assert 0 < float(str(found[PART].facts["milliseconds"])) < 1000
    assert any_display.keys_down == []
    with taken(any_display, X.Mod4Mask, KEY_F24), taken(any_display, X.Mod1Mask | X.Mod4Mask, KEY_D):
        pass


@pytest.mark.parametrize("layout", ["de", "il", "us,il with il on"])
def test_under_every_layout_the_key_is_heard_and_the_keyboard_left_as_it_was(
    on_display: X11Rig, service_bus: BusRig, settings: Settings, layout: str
) -> None:
    on_display.set_layout(layout.partition(" ")[0])
    if "," in layout:
        on_display.press(KEY_MENU)
    before = keyboard(on_display)
    assert check(settings)[PART].light is Light.GREEN
    assert keyboard(on_display) == before
    assert on_display.keys_down == []


def test_a_key_that_somebody_has_is_never_pressed(
    on_display: X11Rig, service_bus: BusRig, settings: Settings
) -> None:
    with taken(on_display, X.Mod4Mask, KEY_F24, KEY_F23):
        assert check(settings)[PART].facts["key"] == "super+f22"
    with taken(on_display, X.Mod4Mask, KEY_F24, KEY_F23, KEY_F22), taken(on_display, 0, KEY_F24, KEY_F23):
        finding = check(settings)[PART]
    assert finding.light is Light.AMBER
    assert "all taken" in finding.message


def test_while_another_program_has_the_keyboard_no_key_is_pressed(
    any_display: X11Rig, service_bus: BusRig, settings: Settings
) -> None:
    lock = Display(any_display.display)
    window = lock.screen().root.create_window(0, 0, 50, 50, 0, X.CopyFromParent, event_mask=X.KeyPressMask)
    window.map()
    lock.sync()
    until(lambda: window.get_attributes().map_state == X.IsViewable, "the lock to be seen")
    assert window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == X.GrabSuccess
    finding = check(settings)[PART]
    lock.sync()
    assert X.KeyPress not in [lock.next_event().type for _ in range(lock.pending_events())]
    lock.close()
    assert finding.light is Light.AMBER
    assert "locked screen" in finding.message
    assert check(settings)[PART].light is Light.GREEN, "the keyboard is free again, and so is the key"


def test_modifiers_that_are_held_down_are_left_alone(
    on_display: X11Rig, service_bus: BusRig, settings: Settings
) -> None:
    with on_display.held(KEY_SHIFT):
        finding = check(settings)[PART]
        assert on_display.keys_down == [KEY_SHIFT]
    assert finding.light is Light.AMBER
    assert "held down" in finding.message


def test_modifiers_that_are_let_go_in_time_do_no_harm(
    on_display: X11Rig, service_bus: BusRig, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    about_to_press, press = threading.Event(), hotkey_check._Hand.press

    def announced(*arguments: Any) -> Finding:
        about_to_press.set()
        return press(*arguments)

    monkeypatch.setattr(hotkey_check._Hand, "press", announced)
    with on_display.held(KEY_SUPER, KEY_ALT):
        found: list[Finding] = []
        checking = threading.Thread(target=lambda: found.append(check(settings)[PART]))
        checking.start()
        assert about_to_press.wait(10)
    checking.join()
    assert found[0].light is Light.GREEN


class Deaf:
    """Hotkeys that say that they have their keys, and hear nothing."""

    def __init__(self, chords: dict[Action, object], *_: object) -> None:
        self._chords = chords

    def describe(self) -> dict[str, str]:
        return {action.value: str(chord) for action, chord in self._chords.items()}

    def close(self) -> None:
        pass


def test_a_key_that_is_pressed_and_not_heard_is_red(
    on_display: X11Rig, service_bus: BusRig, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hotkey_check, "X11Hotkeys", Deaf)
    finding = check(settings)[PART]
    assert finding.light is Light.RED
    assert "did not hear" in finding.message
    assert finding.remedy
    assert on_display.keys_down == []


def test_in_a_wayland_session_it_says_how_to_have_keys_everywhere(
    on_display: X11Rig, service_bus: BusRig, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    over_x11 = load_settings(None, {"hotkeys.backend": "x11"})
    finding = check(over_x11)[PART]
    assert finding.light is Light.AMBER
    assert "X11 windows only" in finding.message
    assert "sayso toggle" in finding.remedy


@pytest.fixture
def on_wayland(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.delenv("DISPLAY", raising=False)


@pytest.mark.usefixtures("on_wayland")
def test_in_a_wayland_session_without_a_portal_neither_it_nor_a_service_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PrivateBus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        (alone,) = check(settings).values()
        service = FakeService()
        service.become(hotkeys={action: f"{settings_key(settings, action)}{LACKING}" for action in Action})
        with serving(service, []):
            found = check(settings)
    assert alone.light is Light.AMBER
    assert "this desktop has no portal for hotkeys" in alone.message
    assert alone.remedy == what_else(SET)
    assert found[PART] == alone
    assert [found[f"hotkey {action.value}"].remedy for action in SET] == [what_else([action]) for action in SET]


def settings_key(settings: Settings, action: Action) -> str:
    return str(getattr(settings.hotkeys, action.value))


@pytest.mark.usefixtures("on_wayland")
def test_a_portal_is_found_and_a_service_that_would_ask_it_is_missed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RealPortal() as portal:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", portal.address)
        (alone,) = check(settings).values()
        service = FakeService()
        service.become(hotkeys={action.value: "Press <Super>F10" for action in SET})
        with serving(service, []):
            found = check(settings)
    assert "none does" in alone.message
    assert "systemctl --user start sayso" in alone.remedy
    assert "they are for you to press" in found[PART].message
    assert [found[part].light for part in ACTIONS] == [Light.GREEN] * len(ACTIONS)


@pytest.mark.usefixtures("on_wayland")
def test_without_a_bus_the_portals_do_not_answer(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    (finding,) = check(settings).values()
    assert finding.light is Light.AMBER
    assert "do not answer" in finding.message


def test_without_a_display_it_is_amber(
    service_bus: BusRig, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    found = check(settings)
    assert list(found) == [PART]
    assert found[PART].light is Light.AMBER
    assert "sayso toggle" in found[PART].remedy


@contextmanager
def server_without(extension: str, folder: Path) -> Iterator[str]:
    """A display of a server that lacks an extension."""
    display = f":{random.choice(NUMBERS)}"
    reading, writing = os.pipe()
    command = [need("Xvfb", "xvfb"), display, "-displayfd", str(writing), "-nolisten", "tcp", "-noreset"]
    server = Program([*command, "-extension", extension], dict(os.environ), folder / "log", keep=(writing,))
    os.close(writing)
    with os.fdopen(reading) as told:
        assert told.readline(), server.output
    try:
        yield display
    finally:
        server.end()


def test_a_server_that_cannot_press_keys_is_amber_and_named(
    tmp_path: Path, service_bus: BusRig, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server_without("XTEST", tmp_path) as display:
        monkeypatch.setenv("DISPLAY", display)
        finding = check(settings)[PART]
    assert finding.light is Light.AMBER
    assert "no XTEST extension" in finding.message


def test_a_display_that_hangs_costs_no_more_than_five_seconds(
    service_bus: BusRig, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with X11Rig() as rig:
        monkeypatch.setenv("DISPLAY", rig.display)
        assert rig._server is not None
        server = rig._server._process
        server.send_signal(signal.SIGSTOP)
        try:
            found = check(settings)
        finally:
            server.send_signal(signal.SIGCONT)
        until(lambda: not any(t.name.startswith("sayso-") for t in threading.enumerate()), "the check to end")
    assert list(found) == [PART]
    assert found[PART].light is Light.RED


# ── the keys that are set ─────────────────────────────────────────────────────────────────────────


def test_a_key_that_another_program_has_is_named_and_what_to_do(
    on_display: X11Rig, service_bus: BusRig, settings: Settings
) -> None:
    with taken(on_display, X.Mod1Mask | X.Mod4Mask, KEY_D):
        found = check(settings)
    finding = found["hotkey toggle"]
    assert finding.light is Light.AMBER
    assert finding.message == "super+alt+d (hotkeys.toggle) is taken by another program"
    assert "choose another key" in finding.remedy
    assert "config.yaml" in finding.remedy
    assert [found[part].light for part in (PART, *ACTIONS[1:])] == [Light.GREEN] * 5


def test_two_hotkeys_that_are_one_key_here_are_told_as_such(on_display: X11Rig, service_bus: BusRig) -> None:
    found = check(load_settings(None, {"hotkeys.toggle": "super+f9", "hotkeys.hold": "hyper+f9"}))
    assert found["hotkey toggle"].light is Light.GREEN
    assert found["hotkey hold"].light is Light.AMBER
    assert "the same key" in found["hotkey hold"].message


def test_a_service_that_runs_is_asked_and_its_own_keys_are_not_taken_for_another_s(
    on_display: X11Rig, service_bus: BusRig, settings: Settings
) -> None:
    service = FakeService()
    service.become(
        hotkeys={
            "toggle": "super+alt+d",
            "hold": "super+f9 (taken by another program)",
            "cancel": "super+c",
        }
    )
    with serving(service, []), taken(on_display, X.Mod1Mask | X.Mod4Mask, KEY_D):  # as by the service
        found = check(settings)
    assert [found[part].light for part in (PART, *ACTIONS)] == [
        *(Light.GREEN, Light.GREEN, Light.AMBER, Light.AMBER, Light.AMBER, Light.AMBER)
    ]
    assert "super+f9 (hotkeys.hold) is taken" in found["hotkey hold"].message
    assert "has super+c for it, and the settings say super+alt+x" in found["hotkey cancel"].message
    assert "has none for it" in found["hotkey undo"].message
    assert "reload" in found["hotkey undo"].remedy


def test_a_bus_that_hangs_is_not_waited_for_and_a_key_that_is_taken_may_be_sayso_s(
    on_display: X11Rig, service_bus: BusRig, settings: Settings
) -> None:
    assert service_bus._daemon is not None
    daemon = service_bus._daemon._process
    daemon.send_signal(signal.SIGSTOP)
    try:
        with taken(on_display, X.Mod1Mask | X.Mod4Mask, KEY_D):
            found = check(settings)
    finally:
        daemon.send_signal(signal.SIGCONT)
    assert found[PART].light is Light.GREEN
    assert "perhaps by a sayso" in found["hotkey toggle"].message
    assert found["hotkey hold"].light is Light.GREEN


@pytest.mark.parametrize(
    ("told", "light", "said"),
    [
        ("super+alt+d", Light.GREEN, "the sayso that runs has it"),
        ("super+alt+d (taken by another program)", Light.AMBER, "is taken by another program"),
        ("super+alt+d (the same key as another hotkey, on this keyboard)", Light.AMBER, "the same key"),
        ("super+alt+d (no display to watch it on)", Light.AMBER, "no display"),
        ("super+x", Light.AMBER, "has super+x for it, and the settings say super+alt+d"),
        (None, Light.AMBER, "has none for it"),
    ],
)
def test_what_a_service_says_of_a_key_is_understood(told: str | None, light: Light, said: str) -> None:
    finding = as_told(Action.TOGGLE, parse_chord("super+alt+d"), told)
    assert finding.light is light
    assert said in finding.message
    assert bool(finding.remedy) is (light is Light.AMBER)


# ── where there is nothing to press ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hotkeys.backend": "none"}, "hotkeys.backend is none"),
        ({f"hotkeys.{action.value}": "none" for action in Action}, "every hotkey is none"),
    ],
    ids=["no backend", "no keys"],
)
def test_hotkeys_that_are_switched_off_are_left_off(
    on_display: X11Rig, changed: dict[str, str], said: str
) -> None:
    (finding,) = check(load_settings(None, changed)).values()
    assert finding.light is Light.GREEN
    assert said in finding.message


def test_keys_that_are_only_watched_are_not_pressed_into_somebody_s_window(
    on_display: X11Rig, service_bus: BusRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hotkey_check, "check", lambda settings: None)  # whether or not pynput is installed
    monkeypatch.setattr(hotkey_check, "_press_on", lambda name: pytest.fail("a key was pressed"))
    (finding,) = check(load_settings(None, {"hotkeys.backend": "pynput"})).values()
    assert finding.light is Light.AMBER
    assert "pynput" in finding.message


def test_a_backend_that_cannot_be_had_is_red(
    on_display: X11Rig, service_bus: BusRig, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise HotkeyError("hotkeys.backend: pynput is not installed")

    monkeypatch.setattr(hotkey_check, "check", refuse)
    (finding,) = check(settings).values()
    assert finding.light is Light.RED
    assert "not installed" in finding.message
