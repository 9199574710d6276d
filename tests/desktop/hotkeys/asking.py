"""What the hotkeys have asked for and reported, and waiting for it."""

from __future__ import annotations

import threading
import time

import pytest

from sayso.config.kinds import Hotkey, Scalar
from sayso.config.settings import HotkeySettings
from sayso.control import Control
from sayso.events import Event
from sayso.hotkeys.facts import Action

PATIENCE_SECONDS = 10.0


class Asked:
    """Keeps what is asked and reported, each with its time by the monotonic clock."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.controls: list[Control] = []
        self.times: list[float] = []
        self.reports: list[Event] = []

    def ask(self, control: Control) -> None:
        with self._changed:
            self.controls.append(control)
            self.times.append(time.monotonic())
            self._changed.notify_all()

    def report(self, event: Event) -> None:
        with self._changed:
            self.reports.append(event)
            self._changed.notify_all()

    def wait_for(self, *controls: Control, timeout_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until exactly these have been asked for, since the last time."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.controls) >= len(controls), timeout_seconds)
            if self.controls != [*controls]:
                pytest.fail(f"asked for, instead of {[*controls]}: {self.controls}")
            self.controls.clear()

    def wait_for_reports(self, count: int, timeout_seconds: float = PATIENCE_SECONDS) -> list[Event]:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.reports) >= count, timeout_seconds):
                pytest.fail(f"reported, instead of {count}: {self.reports}")
            return list(self.reports)

    def is_quiet_for(self, seconds: float) -> bool:
        with self._changed:
            return not self._changed.wait_for(lambda: bool(self.controls), seconds)


def keys(backend: str = "auto", **changed: str) -> HotkeySettings:
    """The default hotkeys, and what differs."""
    written = {
        "toggle": "super+alt+d",
        "hold": "super+alt+space",
        "cancel": "super+alt+x",
        "undo": "super+alt+z",
        **changed,
    }
    chords = {action.value: written.get(action.value, "none") for action in Action}
    return HotkeySettings(
        backend=backend,
        **{action: Hotkey().parse(Scalar(text)) for action, text in chords.items()},
        double_tap_ms=None,
        max_hold_minutes=None,
        max_silence_minutes=None,
    )
