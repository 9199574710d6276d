"""The focus is followed by what real toolkits tell, whatever hangs or goes away meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.desktop.accessibility.conftest import PATIENCE_SECONDS, Watching
from tests.desktop.rig.accessibility import AccessibilityRig, AccessibleWindow, hanging
from tests.desktop.rig.windows import XtermWindow
from tests.desktop.rig.x11 import KEY_D

from sayso.accessibility import Place
from sayso.accessibility.atspi import Asking, Facts
from sayso.accessibility.search import focused_in

KEY_TAB, KEY_RETURN = 23, 36
TOOLKITS = ("gtk3", "gtk4", "qt")


@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_the_focus_is_followed_from_field_to_field(
    rig: AccessibilityRig, watching: Watching, toolkit: str
) -> None:
    with AccessibleWindow(rig, toolkit):
        line = watching.field()
        assert line.has_text
        assert line.pid > 0
        assert line.application
        assert not line.is_password
        rig.display.press(KEY_TAB)
        password = watching.field(lambda field: field.is_password, "the password")
        assert (password.pid, password.application) == (line.pid, line.application)
        rig.display.press(KEY_TAB)
        page = watching.field(lambda field: not field.is_password, "the page")
        assert page.is_editable
        assert page.place != line.place
        assert watching.watch.confirm(PATIENCE_SECONDS) == page


@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_the_focus_is_found_that_was_there_before_the_watch(
    rig: AccessibilityRig, tmp_path: Path, toolkit: str
) -> None:
    rig.enable()
    with AccessibleWindow(rig, toolkit) as window:
        rig.display.press(KEY_D)
        window.wait_for_text("d")
        watching = Watching(tmp_path / "mark")
        watching.watch.start()
        try:
            assert watching.field().pid > 0
            assert watching.watch.window is not None
        finally:
            watching.watch.close()


@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_a_window_that_tells_nothing_leaves_no_field(
    rig: AccessibilityRig, watching: Watching, toolkit: str
) -> None:
    with AccessibleWindow(rig, toolkit) as window:
        field = watching.field()
        with XtermWindow(rig.display):
            watching.until(lambda watch: watch.focused() is None and watch.window is None, "no field")
            assert watching.watch.confirm() is None
        window.focus()
        assert watching.field().place == field.place


def test_a_field_whose_letters_are_hidden_meanwhile_is_one_for_passwords(
    rig: AccessibilityRig, watching: Watching
) -> None:
    with AccessibleWindow(rig, "gtk3") as window:
        field = watching.field()
        rig.display.press(KEY_D)
        rig.display.press(KEY_RETURN)
        rig.display.press(KEY_D)
        window.wait_for_text("dd")
        assert not field.is_password
        confirmed = watching.watch.confirm(PATIENCE_SECONDS)
        assert confirmed is not None
        assert confirmed.is_password


def test_a_program_that_hangs_holds_up_nobody(rig: AccessibilityRig, watching: Watching) -> None:
    with AccessibleWindow(rig, "gtk3"):
        stuck = watching.field()
        with hanging(stuck.pid):
            begun = time.monotonic()
            assert watching.watch.confirm() is None
            assert time.monotonic() - begun < 1
            with AccessibleWindow(rig, "gtk4"):
                other = watching.field(lambda field: field.pid != stuck.pid, "the other window's field")
                assert watching.watch.confirm(PATIENCE_SECONDS) == other


def test_a_watch_is_begun_beside_a_program_that_hangs(rig: AccessibilityRig, tmp_path: Path) -> None:
    rig.enable()
    first = Watching(tmp_path / "mark")
    first.watch.start()
    with AccessibleWindow(rig, "gtk3"):
        stuck = first.field()
        with hanging(stuck.pid), AccessibleWindow(rig, "gtk4"):
            other = first.field(lambda field: field.pid != stuck.pid, "the other window's field")
            second = Watching(tmp_path / "mark")
            second.watch.start()
            assert second.field() == other
            second.watch.close()
    first.watch.close()


def test_a_program_that_was_too_busy_to_be_searched_is_searched_again(
    rig: AccessibilityRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches = []

    async def search(asking: Asking, window: Place) -> tuple[Place, Facts] | None:
        searches.append(window)
        return None if len(searches) == 1 else await focused_in(asking, window)

    monkeypatch.setattr("sayso.accessibility.finding.focused_in", search)
    rig.enable()
    with AccessibleWindow(rig, "gtk4"):
        late = Watching(tmp_path / "mark")
        late.watch.start()
        assert late.field().is_editable
        assert len(searches) > 1
        late.watch.close()


def test_a_program_that_dies_leaves_no_field(rig: AccessibilityRig, watching: Watching) -> None:
    with AccessibleWindow(rig, "gtk3"):
        watching.field()
    watching.until(lambda watch: watch.focused() is None and watch.window is None, "no field")


@pytest.mark.parametrize("which", ["accessibility", "session"])
def test_a_bus_that_comes_back_is_found_again(rig: AccessibilityRig, watching: Watching, which: str) -> None:
    with AccessibleWindow(rig, "gtk3"):
        watching.field()
        if which == "session":
            rig.session.end()
        rig.end()
        watching.until(lambda watch: watch.absence is not None, "the bus to be missed")
        assert "at-spi2-core" in str(watching.watch.absence)
        assert watching.watch.focused() is None
        if which == "session":
            rig.session.begin()
        rig.begin()
        watching.until(lambda watch: watch.absence is None, "the bus")
    with AccessibleWindow(rig, "gtk3"):
        watching.field()
    assert watching.watch.connections == 2


def test_an_event_costs_little(rig: AccessibilityRig, watching: Watching, figure: Callable[[str], None]) -> None:
    with AccessibleWindow(rig, "gtk3"):
        field = watching.field()
        costs = []
        for is_password in (True, False) * 5:
            begun = time.monotonic()
            rig.display.press(KEY_TAB) if is_password else rig.display.press(50, KEY_TAB)
            field = watching.field(lambda field: field.is_password is is_password, "the other field")  # noqa: B023
            costs.append(1000 * (time.monotonic() - begun))
        asked = []
        for _ in range(20):
            begun = time.monotonic()
            assert watching.watch.confirm(PATIENCE_SECONDS) == field
            asked.append(1000 * (time.monotonic() - begun))
    costs.sort()
    asked.sort()
    figure(f"accessibility: key struck → field known {costs[5]:.1f} ms, field asked again {asked[10]:.1f} ms")
    assert asked[10] < 20
