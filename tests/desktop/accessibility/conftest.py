"""An accessibility bus, and sayso's watch on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dbus_fast import Message
from tests.desktop.rig.accessibility import AccessibilityRig
from tests.desktop.rig.x11 import X11Rig

from sayso.accessibility import Field
from sayso.accessibility.watch import AccessibilityWatch

PATIENCE_SECONDS = 10.0


class Watching:
    """A watch, and waiting for what it tells."""

    def __init__(self, mark: Path) -> None:
        self.watch = AccessibilityWatch(mark, retry_seconds=0.05)
        self._told = threading.Condition()
        self.watch.on_focus(self._tell)

    def _tell(self) -> None:
        with self._told:
            self._told.notify_all()

    def until(self, holds: Callable[[AccessibilityWatch], bool], what: str) -> None:
        with self._told:
            if not self._told.wait_for(lambda: holds(self.watch), PATIENCE_SECONDS):
                pytest.fail(f"waited {PATIENCE_SECONDS:g} s for {what}; there is {self.watch.focused()}")

    def at_event(self, member: str) -> threading.Event:
        """Set when a signal of that name comes from the accessibility bus."""
        came = threading.Event()

        def hear(message: Message) -> None:
            if message.member == member:
                came.set()

        self.watch.hear(hear)
        return came

    def on_register(self, do: Callable[[], None]) -> None:
        """Have something done when the watch has asked for another kind of event."""
        asking = self.watch.asking
        assert asking is not None
        register = asking.register

        async def registered(event: str, program: str = "") -> None:
            await register(event, program)
            do()

        asking.register = registered  # type: ignore[method-assign]

    def field(
        self, holds: Callable[[Field], bool] = lambda field: field.is_editable, what: str = "a field"
    ) -> Field:
        """The field that has the focus, once something holds of it."""
        found: list[Field] = []

        def look(watch: AccessibilityWatch) -> bool:
            field = watch.focused()
            if field is None or not holds(field):
                return False
            found.append(field)
            return True

        self.until(look, what)
        return found[-1]


@pytest.fixture
def rig(x11: X11Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[AccessibilityRig]:
    """An accessibility bus that nobody uses yet."""
    with AccessibilityRig(x11) as rig:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", rig.session.address)
        yield rig


@pytest.fixture
def watching(rig: AccessibilityRig, tmp_path: Path) -> Iterator[Watching]:
    """A watch that has found the bus."""
    watching = Watching(tmp_path / "state" / "accessibility")
    watching.watch.start()
    try:
        watching.until(lambda watch: watch.absence is None, "the accessibility bus")
        yield watching
    finally:
        watching.watch.close()
        assert "sayso-accessibility" not in [thread.name for thread in threading.enumerate()]
