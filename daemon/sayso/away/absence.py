"""The service's side of it: what asks whether the screen is locked, and what is told who listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.away import Desk
from sayso.away.look import Lockers

if TYPE_CHECKING:
    from sayso.away.watch import AwayWatch


class Absence:
    """Watches whether the person is there, and looks itself where it must be known at once.

    Args:
        desk: told when they leave, and when they are back, on the watch's thread.

    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lockers = Lockers()
        self._watch: AwayWatch | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        from sayso.away.watch import AwayWatch  # noqa: PLC0415  # dbus-fast, which the bus thread has imported by now

        self._watch = AwayWatch(self._desk, self._lockers)
        self._watch.start()

    def stop(self) -> None:
        """Watch no more; blocks for milliseconds."""
        if self._watch is not None:
            self._watch.stop()

    def attend(self, is_listening: bool) -> None:
        """Somebody is listened to from now on, or nobody. Any thread."""
        if self._watch is not None:
            self._watch.attend(is_listening)

    def is_locked(self) -> bool:
        """Whether a locker runs that tells nobody; where one does, the desk will be told, and also of its end.

        Any thread; takes milliseconds at most.
        """
        if self._watch is None or not self._lockers.look():
            return False
        self._watch.saw_locker()
        return True
