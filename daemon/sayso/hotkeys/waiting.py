"""Hotkeys of a session that may not have begun yet: what kind it is decides how its keys are watched."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

from sayso.config.chords import Chord
from sayso.desktop import Kind
from sayso.errors import HotkeyError
from sayso.events import Problem, ProblemCleared, ProblemName
from sayso.hotkeys.attendance import (
    ABANDON_SECONDS,
    CLOSE_SECONDS,
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    WaitableEvent,
)
from sayso.hotkeys.binding import what_else
from sayso.hotkeys.facts import Action, FindDisplay, Hotkeys, Report, Standing

log = logging.getLogger(__name__)

RETRY_SECONDS = 30.0  # a portal may be started, or installed, later than the session


class SessionHotkeys:
    """Waits for a session on a thread of its own, and watches keys as its kind allows.

    Args:
        chords: the keys.
        report: told where they cannot be watched (`ProblemName.HOTKEY_UNWATCHED`).
        kind: says what the session is; may block.
        find_display: says the name of its X display; may block.
        on_x11: begins to watch on X11.
        on_wayland: begins to watch through the portal. Raises HotkeyError.

    """

    def __init__(
        self,
        chords: Mapping[Action, Chord],
        report: Report,
        kind: Callable[[], Kind | None],
        find_display: FindDisplay,
        on_x11: Callable[[], Hotkeys],
        on_wayland: Callable[[], Hotkeys],
    ) -> None:
        self._chords = chords
        self._report = report
        self._kind = kind
        self._find_display = find_display
        self._on_x11 = on_x11
        self._on_wayland = on_wayland
        self._hotkeys: Hotkeys | None = None
        self._standing = Standing.WAITING
        self._closing = WaitableEvent()
        self._is_closed = False
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="sayso-hotkeys-session", daemon=True)
        self._thread.start()

    def describe(self) -> dict[str, str]:
        """How each hotkey stands now. Called by any thread; returns at once."""
        if (hotkeys := self._hotkeys) is not None:
            return hotkeys.describe()
        standing = self._standing
        return {action.value: f"{chord}{standing.value}" for action, chord in self._chords.items()}

    def close(self) -> None:
        """Watch no more; blocks as the hotkeys of the session do, and ABANDON_SECONDS while there is none."""
        if self._is_closed:
            return
        self._is_closed = True
        self._closing.set()
        with self._guard:
            hotkeys = self._hotkeys
        self._thread.join(CLOSE_SECONDS if hotkeys is not None else ABANDON_SECONDS)
        if hotkeys is not None:
            hotkeys.close()
        if not self._thread.is_alive():
            self._closing.free()
        if self._standing is Standing.UNWATCHED:
            self._report(ProblemCleared(ProblemName.HOTKEY_UNWATCHED))

    def _run(self) -> None:
        """On `sayso-hotkeys-session`; may block on the session bus. Ends when the keys are watched."""
        pause = FIRST_PAUSE_SECONDS
        while not self._closing.wait(0):
            kind = self._kind()
            if kind is None and self._find_display() is not None:
                kind = Kind.X11
            if kind is not None:
                if self._open(kind):
                    return
                self._closing.wait(RETRY_SECONDS)
            else:
                self._closing.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _open(self, kind: Kind) -> bool:
        """Begin to watch; whether that is done."""
        begin = self._on_wayland if kind is Kind.WAYLAND else self._on_x11
        try:
            hotkeys = begin()
        except HotkeyError as error:
            log.debug("no hotkeys: %s", error)
            self._is_watched(False, str(error))
            return False
        self._is_watched(True)
        with self._guard:
            if not self._is_closed:
                self._hotkeys = hotkeys
                return True
        hotkeys.close()
        return True

    def _is_watched(self, is_watched: bool, reason: str = "") -> None:
        before = self._standing
        self._standing = Standing.WAITING if is_watched else Standing.UNWATCHED
        if self._standing is before or self._is_closed:
            return
        if is_watched:
            self._report(ProblemCleared(ProblemName.HOTKEY_UNWATCHED))
        else:
            self._report(Problem(ProblemName.HOTKEY_UNWATCHED, f"{reason}; {what_else(self._chords)}"))
