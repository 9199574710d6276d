"""Real fields: dictated text has a space before it where one belongs there, whatever was dictated before."""

from __future__ import annotations

import pytest
from tests.desktop.accessibility.test_where_text_may_go import KEY_RETURN, KEY_TAB, Desk, desk
from tests.desktop.rig.accessibility import AccessibilityRig, AccessibleWindow
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import KEY_CONTROL, KEY_D, KEY_SHIFT, KEY_SPACE

from sayso.events import Edit, TextStands

__all__ = ["desk"]

KEY_A, KEY_BACKSPACE, KEY_HOME, KEY_END = 38, 22, 110, 115
TOOLKITS = ("gtk3", "gtk4", "qt")


class Dictating:
    """Utterances, one after the other, into the field that has the focus."""

    def __init__(self, desk: Desk, window: AccessibleWindow) -> None:
        self._desk = desk
        self.window = window
        self._last = 0

    def say(self, text: str, typed: str, stands: str) -> None:
        """Dictate a text: what is typed of it, and what stands then."""
        self._last += 1
        self._desk.delivery.begin(self._last)
        self._desk.thread(self._last, Edit(0, text), True)
        told = self._desk.wait(TextStands)
        assert isinstance(told, TextStands)
        assert told.text == typed
        self.window.wait_for_text(stands)

    def press(self, *keys: int, stands: str) -> None:
        """Strike a key."""
        self._desk.x11.press(*keys)
        self.window.wait_for_text(stands)


@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_in_a_line(rig: AccessibilityRig, desk: Desk, toolkit: str) -> None:
    with AccessibleWindow(rig, toolkit) as window:
        desk.aim(window)
        desk.wait_for_field()
        dictating = Dictating(desk, window)
        dictating.press(KEY_D, stands="d")
        dictating.say("One.", " One.", "d One.")
        dictating.say(" Two.", " Two.", "d One. Two.")
        dictating.press(KEY_SPACE, stands="d One. Two. ")
        dictating.say(" Three.", "Three.", "d One. Two. Three.")
        desk.x11.press(KEY_CONTROL, KEY_A)
        dictating.press(KEY_BACKSPACE, stands="")
        dictating.say(" We should", "We should", "We should")
        desk.x11.press(KEY_HOME)
        until(lambda: desk.typist.stands_before(Edit(0, "x"), desk.typist.target()) == "", "the cursor to move")
        dictating.say(" Now", "Now", "NowWe should")
        desk.thread.undo()
        window.wait_for_text("We should")


@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_on_a_page(rig: AccessibilityRig, desk: Desk, toolkit: str) -> None:
    with AccessibleWindow(rig, toolkit) as window:
        desk.aim(window)
        desk.wait_for_field()
        line = desk.field()
        for _ in range(2):
            desk.x11.press(KEY_TAB)
        until(lambda: desk.field() != line and desk.field().is_editable and not desk.field().is_password, "a page")
        dictating = Dictating(desk, window)
        dictating.say("Dear all,", "Dear all,", "Dear all,")
        dictating.press(KEY_RETURN, stands="Dear all,\n")
        dictating.say(" Please", "Please", "Dear all,\nPlease")
        dictating.say(" send", " send", "Dear all,\nPlease send")
        desk.thread.undo()
        window.wait_for_text("Dear all,\nPlease")
        desk.thread.undo()
        window.wait_for_text("Dear all,\n")


def test_in_a_field_for_passwords_nothing_is_read_for_it(rig: AccessibilityRig, desk: Desk) -> None:
    with AccessibleWindow(rig, "gtk3") as window:
        desk.aim(window)
        desk.wait_for_field()
        desk.x11.press(KEY_D)
        window.wait_for_text("d")
        desk.x11.press(KEY_TAB)
        until(lambda: desk.field().is_password, "the field for a password")
        desk.x11.press(KEY_D)
        target = desk.typist.target()
        assert target is not None
        assert desk.typist.stands_before(Edit(0, "so"), target) is None
        desk.x11.press(KEY_SHIFT, KEY_TAB)
        until(lambda: not desk.field().is_password, "the line")
        desk.x11.press(KEY_END)
        until(lambda: desk.typist.stands_before(Edit(0, "so"), target) is not None, "the line")
