from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest
from tests.desktop.hotkeys.asking import Asked, keys
from tests.desktop.rig.waiting import until

from sayso.config.chords import Chord
from sayso.config.settings import HotkeySettings
from sayso.desktop import Kind, kind_of_session
from sayso.errors import HotkeyError
from sayso.evdev.access import check_access
from sayso.events import Problem, ProblemCleared, ProblemName
from sayso.hotkeys import check, open_hotkeys
from sayso.hotkeys.facts import PRESSED, Action, Ask, Report
from sayso.hotkeys.opening import NoHotkeys

BACKENDS = ["auto", "x11", "portal", "pynput"]


def settings(backend: str = "auto", **changed: str) -> HotkeySettings:
    return keys(backend, **{"toggle": "f1", "hold": "f2", "cancel": "f3", "undo": "none", **changed})


def ignore(_what: object) -> None:
    pass


@pytest.mark.parametrize("backend", BACKENDS)
def test_hotkeys_without_a_display_wait_for_one(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hotkeys.pynput_keys.importlib.util.find_spec", lambda _name: True)
    hotkeys = open_hotkeys(settings(backend), ignore, ignore, lambda: None)
    assert hotkeys.describe() == {
        "toggle": "f1 (no display to watch it on)",
        "hold": "f2 (no display to watch it on)",
        "cancel": "f3 (no display to watch it on)",
    }
    hotkeys.close()


@pytest.mark.parametrize(
    "nothing",
    [settings("none"), *(settings(backend, toggle="none", hold="none", cancel="none") for backend in BACKENDS)],
)
def test_backend_none_and_keys_that_are_all_none_watch_nothing(nothing: HotkeySettings) -> None:
    hotkeys = open_hotkeys(nothing, ignore, ignore)
    assert hotkeys.describe() == {}
    hotkeys.close()


def refusals(unusable: HotkeySettings) -> set[str]:
    """What opening says, and what the check does."""
    with pytest.raises(HotkeyError) as opened:
        open_hotkeys(unusable, ignore, ignore)
    with pytest.raises(HotkeyError) as checked:
        check(unusable)
    return {str(opened.value), str(checked.value)}


def test_pynput_that_is_missing_is_named_with_its_extra_and_by_the_check_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sayso.hotkeys.pynput_keys.importlib.util.find_spec", lambda _name: None)
    assert refusals(settings("pynput")) == {
        'hotkeys.backend: pynput is not installed; pip install "sayso[pynput]", or set it to x11'
    }
    check(settings("x11"))


def test_a_key_beyond_pynput_is_refused_by_the_check_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hotkeys.pynput_keys.importlib.util.find_spec", lambda _name: True)
    assert refusals(settings("pynput", toggle="hyper+f1")) == {
        "hotkeys.toggle: 'hyper+f1' is beyond pynput; choose another key, or hotkeys.backend: x11"
    }
    check(settings("pynput"))
    check(settings(toggle="hyper+f1"))


def test_checking_loads_neither_library() -> None:
    code = (
        "import sys; from sayso import hotkeys; from sayso.config import default_settings\n"
        "hotkeys.check(default_settings().hotkeys)\n"
        "sys.exit(bool({'Xlib', 'pynput', 'dbus_fast'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_action_has_a_setting_of_its_name_and_is_asked_for_by_that_name() -> None:
    every = {action.value: f"f{number}" for number, action in enumerate(Action, start=1)}
    hotkeys = open_hotkeys(settings(**every), ignore, ignore, lambda: None, lambda: None)
    assert [*hotkeys.describe()] == [*every]
    hotkeys.close()
    assert {action.value: PRESSED[action].value for action in Action} == {name: name for name in every}


# ── the session ───────────────────────────────────────────────────────────────────────────────────


class Portal(NoHotkeys):
    """What the portal's hotkeys are to whoever opens them."""

    def __init__(self, chords: Mapping[Action, Chord], ask: Ask, report: Report, held: object = None) -> None:
        self.chords = chords

    def describe(self) -> dict[str, str]:
        return {action.value: f"{chord} through the portal" for action, chord in self.chords.items()}


class LatePortal(Portal):
    """A desktop that has none until it has been looked for twice."""

    tries = 0

    def __init__(self, chords: Mapping[Action, Chord], ask: Ask, report: Report, held: object = None) -> None:
        LatePortal.tries += 1
        if LatePortal.tries <= 2:
            raise HotkeyError("this desktop has no portal")
        super().__init__(chords, ask, report)


def with_portal(monkeypatch: pytest.MonkeyPatch, portal: type[Portal]) -> None:
    module = ModuleType("sayso.hotkeys.portal")
    module.PortalHotkeys = portal  # type: ignore[attr-defined]  # that is how modules are made
    monkeypatch.setitem(sys.modules, "sayso.hotkeys.portal", module)


@pytest.mark.parametrize("backend", ["auto", "portal"])
def test_on_wayland_keys_are_watched_through_the_portal(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_portal(monkeypatch, Portal)
    hotkeys = open_hotkeys(settings(backend), ignore, ignore, lambda: ":7", lambda: Kind.WAYLAND)
    until(lambda: "no display" not in str(hotkeys.describe()), "the portal")
    assert hotkeys.describe()["hold"] == "f2 through the portal"
    hotkeys.close()


def test_a_desktop_without_portal_is_told_what_else_to_do_until_the_keys_are_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_portal(monkeypatch, LatePortal)
    monkeypatch.setattr(LatePortal, "tries", 0)
    asked = Asked()
    hotkeys = open_hotkeys(settings(), ignore, asked.report, lambda: ":7", lambda: Kind.WAYLAND)
    (problem,) = asked.wait_for_reports(1)
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.HOTKEY_UNWATCHED
    assert problem.message.startswith(
        "this desktop has no portal; bind `sayso toggle` and `sayso cancel` to keys, `sayso start` to the press"
    )
    assert "evdev" in problem.message
    assert hotkeys.describe()["toggle"] == "f1 (the desktop offers no way to watch it)"
    hotkeys.close()
    assert asked.reports[1:] == [ProblemCleared(ProblemName.HOTKEY_UNWATCHED)]


def test_a_portal_that_comes_later_is_found_and_the_problem_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with_portal(monkeypatch, LatePortal)
    monkeypatch.setattr(LatePortal, "tries", 0)
    monkeypatch.setattr("sayso.hotkeys.waiting.RETRY_SECONDS", 0.01)
    asked = Asked()
    hotkeys = open_hotkeys(settings(), ignore, asked.report, lambda: ":7", lambda: Kind.WAYLAND)
    problem, cleared = asked.wait_for_reports(2)
    assert isinstance(problem, Problem)
    assert cleared == ProblemCleared(ProblemName.HOTKEY_UNWATCHED)
    until(lambda: "portal" in str(hotkeys.describe()["hold"]), "the portal")
    hotkeys.close()
    assert len(asked.reports) == 2


def test_a_session_that_begins_later_decides_how_keys_are_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    with_portal(monkeypatch, Portal)
    monkeypatch.setattr("sayso.hotkeys.waiting.FIRST_PAUSE_SECONDS", 0.01)
    kinds: list[Kind | None] = [None, None, Kind.WAYLAND]
    hotkeys = open_hotkeys(settings(), ignore, ignore, lambda: None, lambda: kinds.pop(0))
    until(lambda: "portal" in str(hotkeys.describe()), "the portal")
    assert kinds == []
    hotkeys.close()


def test_who_finds_a_display_where_nothing_tells_of_a_session_has_x11(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hotkeys.waiting.FIRST_PAUSE_SECONDS", 0.01)
    displays: list[str | None] = [None, ":59000"]
    asked = threading.Event()

    def find() -> str | None:
        if displays:
            return displays.pop(0)
        asked.set()  # by the hotkeys of X11: nobody asks for a kind any more
        return None

    hotkeys = open_hotkeys(settings(), ignore, ignore, find, lambda: None)
    assert asked.wait(5)
    hotkeys.close()
    ours = {"sayso-hotkeys", "sayso-hotkeys-session"}
    until(lambda: not {thread.name for thread in threading.enumerate()} & ours, "the threads to end")


@pytest.mark.parametrize(
    ("environment", "manager", "kind"),
    [
        ({"DISPLAY": ":0"}, {}, Kind.X11),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, {}, Kind.WAYLAND),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, {}, None),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, {"WAYLAND_DISPLAY": "wayland-0"}, Kind.X11),
        ({"SYSTEMD_EXEC_PID": str(os.getpid())}, {"WAYLAND_DISPLAY": "wayland-0"}, Kind.WAYLAND),
        ({"SYSTEMD_EXEC_PID": str(os.getpid())}, {"DISPLAY": ":0"}, Kind.X11),
        ({"SYSTEMD_EXEC_PID": str(os.getpid())}, {}, None),
        ({}, {"DISPLAY": ":0"}, None),
    ],
)
def test_the_kind_of_a_session_is_in_its_environment_and_the_manager_s_where_that_started_us(
    environment: dict[str, str], manager: dict[str, str], kind: Kind | None
) -> None:
    assert kind_of_session(environment, lambda: manager) is kind


def test_evdev_is_refused_by_the_check_where_no_keyboard_has_the_key_or_none_may_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert refusals(settings("evdev", toggle="hyper+f1")) == {
        "hotkeys.toggle: 'hyper+f1' is beyond evdev: no keyboard has Hyper; choose another"
    }
    monkeypatch.setattr("sayso.hotkeys.opening.check_access", lambda: check_access(str(tmp_path)))
    check(settings("evdev"))
    (tmp_path / "event0").touch(0)
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever is root may
    with pytest.raises(HotkeyError, match="usermod -aG input"):
        check(settings("evdev"))
