"""Windows are locked by accessibility alone, as where a compositor tells of none."""

from __future__ import annotations

import os
import threading
import time

import pytest
from tests.desktop.accessibility.conftest import PATIENCE_SECONDS, Watching
from tests.desktop.rig.accessibility import AccessibilityRig, AccessibleWindow, hanging
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import XtermWindow

from sayso.accessibility.windows import AccessibleWindows
from sayso.errors import TargetAway, TargetGone
from sayso.typist import Target

TOOLKITS = ("gtk3", "gtk4", "qt")


def target_of(watching: Watching, windows: AccessibleWindows, other_than: Target | None = None) -> Target:
    watching.until(lambda _: windows.target() not in (None, other_than), "a window")
    target = windows.target()
    assert target is not None
    return target


def is_active(windows: AccessibleWindows, target: Target) -> bool:
    try:
        windows.check(target)
    except TargetAway:
        return False
    return True


@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_a_window_is_the_target_only_while_it_is_active(
    rig: AccessibilityRig, watching: Watching, toolkit: str
) -> None:
    windows = AccessibleWindows(watching.watch)
    assert windows.target() is None
    with AccessibleWindow(rig, toolkit) as first:
        one = target_of(watching, windows)
        assert one.application
        assert one.pid > 0
        assert not one.is_ours
        until(lambda: is_active(windows, one), "the window to say that it is active")
        with AccessibleWindow(rig, toolkit):
            other = target_of(watching, windows, other_than=one)
            assert other.key != one.key
            until(lambda: is_active(windows, other), "the other window to say that it is active")
            with pytest.raises(TargetAway):
                windows.check(one)
        with pytest.raises(TargetGone):
            windows.check(other)
        first.focus()
        watching.until(lambda _: windows.target() == one, "the first window again")
        until(lambda: is_active(windows, one), "the first window to say that it is active")
        with XtermWindow(rig.display):
            watching.until(lambda _: windows.target() is None, "no window")
            with pytest.raises(TargetAway):
                windows.check(one)
    with pytest.raises(TargetGone):
        windows.check(one)


def test_a_window_of_a_program_that_hangs_is_away(rig: AccessibilityRig, watching: Watching) -> None:
    windows = AccessibleWindows(watching.watch)
    with AccessibleWindow(rig, "gtk3"):
        one = target_of(watching, windows)
        with hanging(one.pid):
            begun = time.monotonic()
            with pytest.raises(TargetAway):
                windows.check(one)
            assert time.monotonic() - begun < 1
        until(lambda: is_active(windows, one), "the window to say that it is active")


def test_what_became_of_a_window_is_told(rig: AccessibilityRig, watching: Watching) -> None:
    windows = AccessibleWindows(watching.watch)
    told = threading.Event()
    windows.on_focus(told.set)
    with AccessibleWindow(rig, "gtk3"):
        assert told.wait(PATIENCE_SECONDS)
        target_of(watching, windows)
        told.clear()
    assert told.wait(PATIENCE_SECONDS)


def test_no_number_stands_for_two_windows_when_the_bus_was_another(
    rig: AccessibilityRig, watching: Watching
) -> None:
    windows = AccessibleWindows(watching.watch)
    with AccessibleWindow(rig, "gtk3"):
        one = target_of(watching, windows)
    assert windows.absence() is None
    rig.end()
    watching.until(lambda _: windows.absence() is not None, "the bus to be missed")
    assert windows.target() is None
    with pytest.raises(TargetAway):
        windows.check(one)
    rig.begin()
    watching.until(lambda _: windows.absence() is None, "the bus")
    with AccessibleWindow(rig, "gtk3"):
        other = target_of(watching, windows)
        assert other.key != one.key
        with pytest.raises(TargetGone):
            windows.check(one)


def test_the_terminal_of_the_service_itself_is_known(rig: AccessibilityRig, watching: Watching) -> None:
    with AccessibleWindow(rig, "gtk3"):
        watching.until(lambda watch: watch.window is not None, "a window")
        windows = AccessibleWindows(watching.watch, ancestors=frozenset([os.getpid(), watching.field().pid]))
        assert target_of(watching, windows).is_ours


def test_a_target_that_was_never_here_is_gone(watching: Watching) -> None:
    with pytest.raises(TargetGone):
        AccessibleWindows(watching.watch).check(Target(7))
