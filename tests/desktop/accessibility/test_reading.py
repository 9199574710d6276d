"""Whether text arrived is read back from real toolkits, of which no password is ever read."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from tests.desktop.accessibility.conftest import Watching
from tests.desktop.rig.accessibility import AccessibilityRig, AccessibleWindow, hanging
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import XtermWindow
from tests.desktop.rig.x11 import KEY_D, KEY_X, KEY_Z

from sayso.accessibility import Field
from sayso.accessibility.comparison import Landed
from sayso.accessibility.reading import LANDED_SECONDS, Before, Reading

KEY_TAB, KEY_BACKSPACE, KEY_RETURN = 23, 22, 36
TOOLKITS = ("gtk3", "gtk4", "qt")


def standing(reading: Reading, field: Field) -> Before:
    """What stands there, however late a busy machine answers."""
    found: list[Before] = []

    def look() -> bool:
        before = reading.before(field)
        found.extend([before] if before is not None else [])
        return bool(found)

    until(look, "what stands in a field")
    return found[-1]


@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_text_that_arrived_is_read_back_and_text_that_did_not_is_missed(
    rig: AccessibilityRig, watching: Watching, toolkit: str, figure: Callable[[str], None]
) -> None:
    reading = Reading(watching.watch)
    with AccessibleWindow(rig, toolkit) as window:
        field = watching.field()
        rig.display.press(KEY_Z)
        window.wait_for_text("z")
        before = standing(reading, field)
        assert reading.landed(before, "dx") is Landed.NO
        for key in (KEY_D, KEY_X):
            rig.display.press(key)
        assert reading.landed(before, "dx") is Landed.YES
        begun = time.monotonic()
        assert reading.landed(before, "dx") is Landed.YES
        figure(f"accessibility: read back from {toolkit} in {1000 * (time.monotonic() - begun):.1f} ms")
        assert reading.landed(before, "quite another text") is Landed.UNKNOWN
        before = standing(reading, field)
        for key in (KEY_BACKSPACE, KEY_BACKSPACE, KEY_Z):
            rig.display.press(key)
        assert reading.landed(before, "z", deleted=2) is Landed.YES


@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_a_password_is_never_read(rig: AccessibilityRig, watching: Watching, toolkit: str) -> None:
    reading = Reading(watching.watch)
    with AccessibleWindow(rig, toolkit):
        watching.field()
        rig.display.press(KEY_TAB)
        password = watching.field(lambda field: field.is_password, "the password")
        before = reading.before(password)
        assert before is None
        rig.display.press(KEY_D)
        assert reading.landed(before, "d") is Landed.UNKNOWN


def test_a_field_that_becomes_a_password_meanwhile_is_unknown(rig: AccessibilityRig, watching: Watching) -> None:
    reading = Reading(watching.watch)
    with AccessibleWindow(rig, "gtk3") as window:
        before = standing(reading, watching.field())
        rig.display.press(KEY_RETURN)
        rig.display.press(KEY_D)
        window.wait_for_text("d")
        assert reading.landed(before, "d") is Landed.UNKNOWN


def test_text_that_may_have_gone_elsewhere_is_not_said_to_be_missing(
    rig: AccessibilityRig, watching: Watching
) -> None:
    reading = Reading(watching.watch)
    with AccessibleWindow(rig, "gtk3"):
        before = standing(reading, watching.field())
        with XtermWindow(rig.display):
            watching.until(lambda watch: watch.focused() is None, "no field")
            assert reading.landed(before, "d") is Landed.UNKNOWN


def test_text_that_comes_late_is_waited_for(rig: AccessibilityRig, watching: Watching) -> None:
    reading = Reading(watching.watch)
    with AccessibleWindow(rig, "gtk3") as window:
        field = watching.field()
        before = standing(reading, field)
        looked = watching.at_event("TextCaretMoved")
        rig.display.press(KEY_D)
        window.wait_for_text("d")
        assert not looked.is_set(), "nobody listens to carets unless it is checked whether text has arrived"
        watching.on_register(lambda: rig.display.press(KEY_X))
        assert reading.landed(before, "dx") is Landed.YES
        assert looked.is_set()


def test_a_program_that_hangs_costs_no_more_than_the_time_allowed(
    rig: AccessibilityRig, watching: Watching
) -> None:
    reading = Reading(watching.watch)
    with AccessibleWindow(rig, "gtk3"):
        field = watching.field()
        before = standing(reading, field)
        with hanging(field.pid):
            begun = time.monotonic()
            assert reading.before(field) is None
            assert time.monotonic() - begun < 1
            begun = time.monotonic()
            assert reading.landed(before, "d") is Landed.UNKNOWN
            assert time.monotonic() - begun < 1 + LANDED_SECONDS
        assert standing(reading, field) == before


def test_what_cannot_be_read_is_unknown(watching: Watching) -> None:
    reading = Reading(watching.watch)
    assert reading.before(None) is None
    assert reading.landed(None, "d") is Landed.UNKNOWN
