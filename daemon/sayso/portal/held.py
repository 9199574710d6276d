"""Keys that the hotkeys know to be down, for whoever types meanwhile.

A portal shows no program which modifiers are held, and lets none let go of them: compositors count the presses of
each keyboard, and ignore a release that the virtual one did not press (mutter's `update_button_count_in_impl`,
KWin's `FakeInputBackend::sendKey`). To press and release one would let go of nothing either, since the real key is
still counted, and Super alone opens GNOME's overview. What is typed while a chord is held would be shortcuts, and
has to wait.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

SETTLE_SECONDS: Final = 0.3  # from the key's release to that of the modifiers, which nobody tells
STRUCK_SECONDS: Final = 1.0  # for a key that is only struck, where the desktop tells of no release


class HeldKeys:
    """Which hotkeys with modifiers are down. Any thread may call any method.

    Args:
        now: seconds, monotonic.

    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._changed = threading.Condition()
        self._down: dict[str, float] = {}  # until when, if nobody says before that it is up
        self._free_at = 0.0
        self._told: list[Callable[[], None]] = []

    def on_release(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when no key is down any more."""
        self._told.append(tell)

    def press(self, key: str, *, is_hold: bool) -> None:
        """A chord went down; one that is held stays so until it is released."""
        with self._changed:
            self._down[key] = math.inf if is_hold else self._now() + STRUCK_SECONDS
            self._changed.notify_all()

    def release(self, key: str) -> None:
        """Its key went up; its modifiers are on their way."""
        with self._changed:
            if self._down.pop(key, None) is None:
                return
            self._free_at = self._now() + SETTLE_SECONDS
            is_free = not self._down
            self._changed.notify_all()
        if is_free:
            for tell in self._told:
                tell()

    def wait_until_free(self) -> bool:
        """Block until nothing is down, for a second and a half at most; False at once while a key is held."""
        with self._changed:
            while (seconds := max([self._free_at, *self._down.values()]) - self._now()) > 0:
                if math.isinf(seconds):
                    return False
                self._changed.wait(seconds)
        return True
