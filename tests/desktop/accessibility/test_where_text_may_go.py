"""Real windows: nothing is typed into what takes no text or is secret, nor taken back that was not typed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.desktop.rig.accessibility import AccessibilityRig, AccessibleWindow
from tests.desktop.rig.programs import Program, need
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import KEY_D, KEY_SHIFT, KEY_Z

from sayso.accessibility import Field
from sayso.accessibility.roles import takes_no_text
from sayso.events import (
    Edit,
    Event,
    Problem,
    ProblemName,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceHeld,
)
from sayso.sight import Sight
from sayso.typist import Target
from sayso.typist.delivery import Delivery
from sayso.typist.delivery_thread import DeliveryThread
from sayso.typist.opening import open_session

KEY_TAB, KEY_RETURN = 23, 36


class Desk:
    """A delivery on its thread that sees what has the focus, as in the service."""

    def __init__(self, rig: AccessibilityRig, sight: Sight) -> None:
        self.x11 = rig.display
        self.sight = sight
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.typist = open_session(sight.windows, sight)
        self.delivery = Delivery(self.typist, self.events.put, barred=self._why)
        self.thread = DeliveryThread(self.delivery)
        self.sight.on_focus(self.thread.retry)
        self.thread.start()

    def _why(self, target: Target) -> str | None:
        return "the focus is in a password field" if self.sight.is_secret(target) else None

    def aim(self, window: AccessibleWindow) -> None:
        """Wait until the typist knows that a window has the focus."""

        def has_it() -> bool:
            target = self.typist.target()
            return target is not None and target.key & 0xFFFF_FFFF == window.window_id

        until(has_it, "the typist to see the focus")

    def field(self) -> Field:
        """What has the focus."""
        found: list[Field] = []

        def look() -> bool:
            field = self.sight._watch.confirm()
            found.extend([] if field is None else [field])
            return field is not None

        until(look, "something with the focus")
        return found[-1]

    def wait_for_field(self) -> None:
        """Wait until a field for text has the focus."""
        until(lambda: self.field().is_editable, "a field")

    def wait(self, kind: type) -> Event:
        """Until there is an event of a type."""
        while not isinstance(event := self.events.get(timeout=10), kind):
            pass
        return event


@pytest.fixture
def desk(rig: AccessibilityRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk that has found the accessibility bus."""
    monkeypatch.setenv("DISPLAY", rig.display.display)
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    sight = Sight(tmp_path / "mark")
    sight.start()
    desk = Desk(rig, sight)
    try:
        until(lambda: sight._watch.absence is None, "the accessibility bus")
        yield desk
    finally:
        desk.thread.stop()
        desk.typist.close()
        sight.stop()
    assert "sayso-accessibility" not in [thread.name for thread in threading.enumerate()]


def test_what_is_said_to_a_button_is_typed_when_a_field_has_the_focus(rig: AccessibilityRig, desk: Desk) -> None:
    for toolkit in ("gtk3", "gtk4", "qt"):
        with AccessibleWindow(rig, toolkit) as window:
            desk.aim(window)
            desk.wait_for_field()
            desk.x11.press(KEY_SHIFT, KEY_TAB)
            until(lambda: takes_no_text(desk.field()) == "a button", "the focus to be on a button")
            desk.delivery.begin(1)
            desk.thread(1, Edit(0, "so it goes"), True)
            desk.wait(UtteranceHeld)
            assert window.text == ""
            desk.x11.press(KEY_TAB)
            desk.wait(UtteranceDelivered)
            window.wait_for_text("so it goes")


def test_of_a_text_that_a_field_took_only_in_part_no_more_is_taken_back(rig: AccessibilityRig, desk: Desk) -> None:
    with AccessibleWindow(rig, "gtk3") as window:
        desk.aim(window)
        desk.wait_for_field()
        for _ in range(2):
            desk.x11.press(KEY_SHIFT, KEY_TAB)
        desk.wait_for_field()
        desk.x11.press(KEY_D)
        window.wait_for_text("d")
        desk.delivery.begin(1)
        desk.thread(1, Edit(0, "The weather is lovely."), True)
        assert desk.wait(UtteranceFailed) == UtteranceFailed(1, "The weather is lovely.", "Accessible_window.py")
        window.wait_for_text("d The weathe")
        desk.thread.trim(1, 22)
        window.wait_for_text("d")


@pytest.mark.parametrize("toolkit", ["gtk3", "gtk4", "qt"])
def test_what_is_taken_back_piece_after_piece_is_gone(rig: AccessibilityRig, desk: Desk, toolkit: str) -> None:
    with AccessibleWindow(rig, toolkit) as window:
        desk.aim(window)
        desk.wait_for_field()
        for utterance in range(1, 6):
            desk.delivery.begin(utterance)
            for piece in ("so ", "it ", "goes"):
                desk.thread(utterance, Edit(0, piece), piece == "goes")
            desk.wait(UtteranceDelivered)
            desk.thread.trim(utterance, 4)
            desk.thread.undo(utterance)
            window.wait_for_text("")


def test_what_the_person_typed_behind_a_text_is_not_taken_back_in_its_place(
    rig: AccessibilityRig, desk: Desk
) -> None:
    with AccessibleWindow(rig, "gtk3") as window:
        desk.aim(window)
        desk.wait_for_field()
        desk.delivery.begin(1)
        desk.thread(1, Edit(0, "so"), True)
        desk.wait(UtteranceDelivered)
        desk.x11.press(KEY_Z)
        window.wait_for_text("soz")
        desk.thread.undo()
        told = desk.wait(Problem)
        assert isinstance(told, Problem)
        assert told.name is ProblemName.TYPIST_FAILED
        assert "by hand" in told.message
        assert window.text == "soz"


def test_of_what_is_said_while_a_terminal_begins_to_ask_for_a_password_nothing_reaches_any_program(
    desk: Desk, tmp_path: Path
) -> None:
    said, secret, after = (tmp_path / name for name in ("said", "secret", "after"))
    script = f'for file in {said} {secret} {after}; do read -r $hidden x; echo "$x" >$file; hidden=-s; '
    script += f"[ $file = {secret} ] && hidden=; done"
    xterm = Program([need("xterm", "xterm"), "-e", "bash", "--norc", "-c", script], desk.x11.env, tmp_path / "log")
    try:
        until(lambda: (target := desk.typist.target()) is not None and target.application == "XTerm", "xterm")
        target = desk.typist.target()
        assert target is not None
        desk.delivery.begin(1)
        desk.thread(1, Edit(0, "so"), False)
        until(lambda: bool(desk.delivery._typed.last), "the first words")
        desk.x11.press(KEY_RETURN)
        until(lambda: said.exists() and desk.sight.is_secret(target), "the password to be asked for")
        desk.thread(1, Edit(0, " it"), False)
        desk.wait(Problem)
        desk.x11.press(KEY_Z)
        desk.x11.press(KEY_RETURN)
        until(lambda: secret.exists() and not desk.sight.is_secret(target), "the password to have been given")
        desk.thread(1, Edit(0, " goes"), True)
        desk.wait(UtteranceDropped)
        desk.x11.press(KEY_RETURN)
        until(lambda: after.exists() and bool(after.read_text()), "the program to go on")
        assert [file.read_text() for file in (said, secret, after)] == ["so\n", "z\n", "\n"]
    finally:
        xterm.end()
