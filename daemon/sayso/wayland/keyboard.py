"""A keyboard of our own on the seat: it has keys, modifiers and a layout that are nobody else's."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from sayso.wayland.interfaces import WL_SEAT
from sayso.wayland.keymap import Assignment, Held, Stroke
from sayso.wayland.privileged import VIRTUAL_KEYBOARD_MANAGER
from sayso.wayland.wire import Connection, Object

# 64 bytes each at most; with the answer that is asked for they go into one message buffer of 4096, which a
# compositor works off in one go: the focus is the same for all of them.
MOST_STROKES = 60
KEY_SECONDS = (
    0.001  # GTK takes 2,000 keys a second, and the compositor ends it where hundreds are unread (measured)
)
XKB_V1 = 1
PRESSED, RELEASED = 1, 0


class Keyboard:
    """A virtual keyboard.

    Its keymap is there from the beginning: keys that come with a seat's first keyboard are lost on windows
    that have not asked for that keyboard yet.

    Args:
        connection: to the compositor.
        seat: whose keyboard it is.

    Attributes:
        rested_at: when windows have had time to take what was struck, by the monotonic clock.

    Raises:
        DisplayError: the compositor has no such thing, or does not let us have one.

    """

    def __init__(self, connection: Connection, seat: Object) -> None:
        assert seat.interface is WL_SEAT
        self._connection = connection
        self._keyboard = connection.bind(VIRTUAL_KEYBOARD_MANAGER).make("create_virtual_keyboard", seat)
        self._assignment = Assignment()
        self.rested_at = 0.0
        self._send_keymap()
        connection.roundtrip()

    def prepare(self, text: str) -> list[Stroke]:
        """The keys that write a text, MOST_STROKES characters at most; the keymap has them then."""
        if self._assignment.give(text):
            self._send_keymap()
        return self._assignment.strokes(text)

    def strike(self, strokes: Sequence[Stroke]) -> None:
        """Press and let go, MOST_STROKES at most; all in one go with what waits, as soon as it is flushed."""
        assert len(strokes) <= MOST_STROKES
        held = Held.NOTHING
        for stroke in strokes:
            held = self._hold(held, stroke.held)
            for state in (PRESSED, RELEASED):
                self._keyboard.send("key", time.monotonic_ns() // 1_000_000 & 0xFFFF_FFFF, stroke.key, state)
        self._hold(held, Held.NOTHING)
        self.rested_at = max(self.rested_at, time.monotonic()) + len(strokes) * KEY_SECONDS

    def _hold(self, held: Held, wanted: Held) -> Held:
        if held != wanted:
            self._keyboard.send("modifiers", int(wanted), 0, 0, 0)
        return wanted

    def _send_keymap(self) -> None:
        data = self._assignment.keymap().encode() + b"\0"
        descriptor = os.memfd_create("sayso-keymap", os.MFD_CLOEXEC)
        os.write(descriptor, data)
        self._keyboard.send("keymap", XKB_V1, descriptor, len(data))
