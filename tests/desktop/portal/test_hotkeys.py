"""Hotkeys through portals: every press and release is told, and none that is lost leaves the microphone open."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from tests.desktop.hotkeys.asking import Asked
from tests.desktop.portal.conftest import Open
from tests.desktop.rig.portal import NewerPortal, PortalRig, RealPortal
from tests.desktop.rig.waiting import until

from sayso.config.chords import parse_chord
from sayso.control import Control
from sayso.errors import HotkeyError, TargetAway
from sayso.events import Edit, Problem, ProblemCleared, ProblemName
from sayso.hotkeys.facts import Action
from sayso.hotkeys.portal import PortalHotkeys
from sayso.portal.held import HeldKeys
from sayso.typist import HERE

CHORDS = {
    Action.TOGGLE: parse_chord("super+alt+d"),
    Action.HOLD: parse_chord("super+alt+space"),
    Action.CANCEL: parse_chord("ctrl+shift+f9"),
}
OpenKeys = Callable[..., PortalHotkeys]


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def open_keys(asked: Asked) -> Iterator[OpenKeys]:
    with ExitStack() as stack:

        def opening(rig: PortalRig, held: HeldKeys | None = None, wait: bool = True) -> PortalHotkeys:
            hotkeys = PortalHotkeys(CHORDS, asked.ask, asked.report, held, lambda: rig.address)
            stack.callback(hotkeys.close)
            if wait:
                until(lambda: "Press" in str(hotkeys.describe()), "the hotkeys to be bound")
            return hotkeys

        yield opening


def test_the_desktop_is_told_which_keys_are_proposed_and_tells_which_they_are(
    portal: PortalRig, open_keys: OpenKeys
) -> None:
    assert open_keys(portal).describe() == {
        "toggle": "Press ALT+LOGO+d",
        "hold": "Press ALT+LOGO+space",
        "cancel": "Press CTRL+SHIFT+F9",
    }


def test_a_key_that_goes_down_is_told_once_and_one_that_is_held_until_it_is_up(
    portal: PortalRig, open_keys: OpenKeys, asked: Asked
) -> None:
    open_keys(portal)
    portal.keys(("toggle", True))
    asked.wait_for(Control.TOGGLE)
    portal.keys(("toggle", False), ("hold", True))
    asked.wait_for(Control.HOLD)
    assert asked.is_quiet_for(0.5)
    portal.keys(("hold", False), ("cancel", True))
    asked.wait_for(Control.RELEASE, Control.CANCEL)
    portal.keys(("cancel", False), ("nobody's", True), ("toggle", True))
    asked.wait_for(Control.TOGGLE)


def test_a_key_that_repeats_is_one_key(portal: PortalRig, open_keys: OpenKeys, asked: Asked) -> None:
    open_keys(portal)
    portal.keys(*[("hold", True)] * 10, ("hold", False), *[("toggle", True)] * 10, ("toggle", False))
    asked.wait_for(Control.HOLD, Control.RELEASE, Control.TOGGLE)
    assert asked.is_quiet_for(0.2)


def test_a_hundred_random_presses_and_releases_leave_nothing_held(
    portal: PortalRig, open_keys: OpenKeys, asked: Asked
) -> None:
    open_keys(portal)
    draw = random.Random(100)
    for _ in range(100):
        down: set[str] = set()
        expected: list[Control] = []
        strokes: list[tuple[str, bool]] = []
        for _ in range(draw.randint(1, 8)):
            name = draw.choice([*CHORDS])
            strokes.append((name.value, name.value not in down))
            if name.value in down:
                down.discard(name.value)
                expected += [Control.RELEASE] * (name is Action.HOLD)
            else:
                down.add(name.value)
                expected.append(Control(name.value))
        for name in sorted(down):
            strokes.append((name, False))
            expected += [Control.RELEASE] * (name == "hold")
        portal.keys(*strokes)
        asked.wait_for(*expected)


def test_a_session_that_ends_lets_go_and_the_keys_are_bound_anew(
    portal: PortalRig, open_keys: OpenKeys, asked: Asked
) -> None:
    hotkeys = open_keys(portal)
    portal.keys(("hold", True))
    asked.wait_for(Control.HOLD)
    portal.end_sessions()
    asked.wait_for(Control.RELEASE)
    until(lambda: "Press" in str(hotkeys.describe()), "the hotkeys to be bound again")
    portal.keys(("hold", False), ("hold", True), ("hold", False))
    asked.wait_for(Control.HOLD, Control.RELEASE)


def test_a_portal_that_is_killed_lets_go_and_is_asked_again_when_it_is_back(
    real: RealPortal, open_keys: OpenKeys, asked: Asked
) -> None:
    hotkeys = open_keys(real)
    real.keys(("hold", True))
    asked.wait_for(Control.HOLD)
    real.kill_frontend()
    asked.wait_for(Control.RELEASE)
    assert "waits for the desktop portals" in hotkeys.describe()["hold"]
    real.start_frontend()
    until(lambda: "Press" in str(hotkeys.describe()), "the hotkeys to be bound again")
    real.keys(("toggle", True))
    asked.wait_for(Control.TOGGLE)


def test_a_portal_that_is_killed_while_the_person_is_asked_asks_again(
    real: RealPortal, open_keys: OpenKeys, asked: Asked
) -> None:
    real.answers(None)
    hotkeys = open_keys(real, wait=False)
    until(lambda: real.state["asked"] == 1, "the question")
    assert "waits for your permission" in hotkeys.describe()["hold"]
    real.kill_frontend()
    real.start_frontend()
    until(lambda: real.state["asked"] == 2, "the second question")
    real.answers(0)
    until(lambda: "Press" in hotkeys.describe()["hold"], "the hotkeys to be bound")
    assert asked.reports == []


def test_a_bus_that_goes_away_lets_go(open_keys: OpenKeys, asked: Asked) -> None:
    with NewerPortal() as own:
        open_keys(own)
        own.keys(("hold", True))
        asked.wait_for(Control.HOLD)
        own.bus.end()
        asked.wait_for(Control.RELEASE)


def test_closing_lets_go_and_leaves_no_thread(portal: PortalRig, open_keys: OpenKeys, asked: Asked) -> None:
    hotkeys = open_keys(portal)
    portal.keys(("hold", True))
    asked.wait_for(Control.HOLD)
    hotkeys.close()
    asked.wait_for(Control.RELEASE)
    assert "sayso-hotkeys" not in [thread.name for thread in threading.enumerate()]


def test_a_release_that_was_lost_is_made_up_for_by_the_next_press(
    portal: PortalRig, open_keys: OpenKeys, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.hotkeys.portal.REPEAT_SECONDS", 0.0)
    open_keys(portal)
    portal.keys(("hold", True), ("hold", True), ("hold", False))
    asked.wait_for(Control.HOLD, Control.RELEASE, Control.HOLD, Control.RELEASE)


def test_a_no_is_told_with_what_to_do_instead_and_nobody_is_asked_again(
    real: RealPortal, open_keys: OpenKeys, asked: Asked
) -> None:
    real.answers(1)
    hotkeys = open_keys(real, wait=False)
    (problem,) = asked.wait_for_reports(1)
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.HOTKEY_UNWATCHED
    assert "sayso toggle" in problem.message
    assert set(hotkeys.describe().values()) == {f"{chord} (not allowed)" for chord in CHORDS.values()}
    real.kill_frontend()
    real.start_frontend()
    hotkeys.close()
    assert real.state["asked"] == 1
    assert asked.wait_for_reports(2)[1] == ProblemCleared(ProblemName.HOTKEY_UNWATCHED)


def test_a_bus_without_such_a_portal_is_an_error(asked: Asked) -> None:
    with pytest.raises(HotkeyError, match="no portal for hotkeys"):
        PortalHotkeys(CHORDS, asked.ask, asked.report, None, lambda: "unix:path=/nowhere")
    assert "sayso-hotkeys" not in [thread.name for thread in threading.enumerate()]


def test_what_the_desktop_knows_from_before_it_is_not_asked_for_again(
    real: RealPortal, newer: NewerPortal, open_keys: OpenKeys, asked: Asked
) -> None:
    real.do("known", True)  # as KDE does, which makes it work in the new session
    open_keys(real)
    assert real.state["asked"] == 0
    for _ in range(2):  # as GNOME does, by the name of the application
        open_keys(newer).close()
    assert newer.state["asked"] == 1


def test_keys_that_the_person_changes_are_shown(portal: PortalRig, open_keys: OpenKeys, asked: Asked) -> None:
    hotkeys = open_keys(portal)
    portal.do("changed", ["toggle"])
    until(lambda: hotkeys.describe()["toggle"] == "F12", "the new key")
    assert hotkeys.describe()["hold"] == "super+alt+space (not allowed)"


def test_text_waits_while_a_chord_is_held_that_would_make_shortcuts_of_it(
    portal: PortalRig, open_keys: OpenKeys, asked: Asked, open_typist: Open
) -> None:
    held = HeldKeys()
    open_keys(portal, held)
    typist = open_typist(portal, None, held)
    told = threading.Event()
    typist.on_focus(told.set)
    portal.keys(("hold", True))
    asked.wait_for(Control.HOLD)
    edit = Edit(0, "one")
    with pytest.raises(TargetAway, match="hotkey is held"):
        typist.type(edit, HERE)
    assert portal.text == ""
    told.clear()
    portal.keys(("hold", False))
    assert told.wait(10.0)
    typist.type(edit, HERE)
    assert portal.text == "one"
