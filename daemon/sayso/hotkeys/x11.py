"""Hotkeys on X11: keys grabbed by keycode, so that they fire on every layout.

A grab does not fire while another client has grabbed the keyboard, so neither behind a screen lock nor in an open
menu; nor while the focus is on nothing at all (None), which window managers let happen for moments only.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping

from Xlib.display import Display

from sayso.config.chords import Chord
from sayso.hotkeys.attendance import Attendance, WaitableEvent
from sayso.hotkeys.facts import Action, Ask, FindDisplay, Report, Standing
from sayso.hotkeys.taken import TakenNotice
from sayso.hotkeys.watch import DisplayWatch
from sayso.x11.connection import LOST, connect

log = logging.getLogger(__name__)


class X11Hotkeys:
    """Watches for keys on a thread and a connection of its own, whenever there is a display.

    Args:
        chords: the keys.
        ask: told what they ask for, on the thread `sayso-hotkeys`.
        report: told which are taken by another program.
        find_display: asked for the display's name before each try to reach it.

    """

    def __init__(
        self, chords: Mapping[Action, Chord], ask: Ask, report: Report, find_display: FindDisplay
    ) -> None:
        self._chords = chords
        self._ask = ask
        self._notice = TakenNotice(chords, report)
        self._standing = dict.fromkeys(chords, Standing.WAITING)
        self._attendance = Attendance(_reach, self._attend, find_display)
        self._attendance.start()

    def describe(self) -> dict[str, str]:
        """How each hotkey stands now. Called by any thread; returns at once."""
        standing = self._standing
        return {action.value: f"{chord}{standing[action].value}" for action, chord in self._chords.items()}

    def close(self) -> None:
        """Give the keys back; blocks until the server has them, as `Attendance.close`. Never raises."""
        self._attendance.close()

    def _attend(self, display: Display, closing: WaitableEvent) -> None:
        try:
            if closing.wait(0):
                return  # reached too late: by now the keys may be somebody else's
            watch = DisplayWatch(display, self._chords, self._ask, self._found)
            try:
                watch.run(closing)
            finally:
                watch.let_go_of_all()
        finally:
            self._standing = dict.fromkeys(self._chords, Standing.WAITING)
            self._notice.tell(())  # what is taken is found out anew by whoever comes next
            with contextlib.suppress(*LOST):
                display.close()

    def _found(self, active: frozenset[Action], twins: Mapping[Action, Action]) -> None:
        taken = [action for action in self._chords if action not in active and action not in twins]
        self._standing = {
            **dict.fromkeys(self._chords, Standing.ACTIVE),
            **dict.fromkeys(taken, Standing.TAKEN),
            **dict.fromkeys(twins, Standing.TWIN),
        }
        self._notice.tell(taken, twins)


def _reach(name: str) -> Display:
    display = connect(name)
    display.set_error_handler(lambda error, _request: log.debug("X11: %s", error))
    return display
