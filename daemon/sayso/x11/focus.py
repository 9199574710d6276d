"""Follows the focus: a thread that knows, at any moment, which window a person writes in."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import sys
import threading
from collections.abc import Callable

from Xlib import X
from Xlib.display import Display
from Xlib.protocol.event import ConfigureNotify, DestroyNotify, FocusIn

from sayso.errors import DisplayError
from sayso.processes import ancestors_of
from sayso.typist import Target
from sayso.x11.connection import LOST, connect, unheard
from sayso.x11.windows import Windows

log = logging.getLogger(__name__)
RETRY_SECONDS = (1.0, 2.0, 5.0)
POINTER_SECONDS = 0.5  # where keys follow the pointer, as without a window manager, no event says that they moved
CLOSE_SECONDS = 1.0  # a server that does not answer keeps the thread for as long as it likes
WINDOW_BITS = 32


class FocusWatch:
    """The thread `sayso-focus`, which also notices that the display goes, and looks for it until it is back.

    Args:
        find_display: the name of the display now; None where there is none. Called by the thread, may block.
        tell: called by the thread whenever another window may have got the focus, or `absence` is another.

    Attributes:
        target: the window that has the focus; None where none has. Any thread may read it.
        display: the name of the display; None while there is none. Any thread may read it.
        connections: how often a display has been reached; another number means another display. Any thread.
        absence: why there is none, and what to do about it; None while there is one. Any thread may read it. Until
            the first look has ended it says that the display does not answer.

    """

    def __init__(self, find_display: Callable[[], str | None], tell: Callable[[], None]) -> None:
        self.target: Target | None = None
        self.display: str | None = None
        self.connections = 0
        self.absence: str | None = _silent("")
        self._find_display = find_display
        self._tell = tell
        self._known: dict[int, Target] = {}
        self._terminal: int | None = None
        self._era = 0
        self._failures = 0
        self._looked = threading.Event()
        self._closing = threading.Event()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="sayso-focus", daemon=True)
        self._thread.start()

    def wait_for_first_look(self, timeout_seconds: float) -> None:
        """Block until the focus, or the want of a display, is known."""
        self._looked.wait(timeout_seconds)

    def window(self, target: Target) -> int | None:
        """The X window of a target; None where it has been destroyed, or its display has. Any thread."""
        window = target.key & (1 << WINDOW_BITS) - 1
        return window if self._known.get(window) == target else None

    def close(self) -> None:
        """End the thread; blocks until it has, for 1 s at most."""
        self._closing.set()
        os.eventfd_write(self._wake, 1)
        self._thread.join(CLOSE_SECONDS)
        if not self._thread.is_alive():
            os.close(self._wake)

    # ── in the thread ─────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        """Thread `sayso-focus`: blocks on the display's events, or between attempts to reach it."""
        while not self._closing.is_set():
            try:
                self._reach_and_follow()
            except DisplayError as error:
                known = self.absence if self._looked.is_set() else None
                self._gone(known or str(error))
            except Exception as error:  # whatever it is must not end the thread
                log.warning("following the focus failed, and is tried again", exc_info=error)
                self._gone(
                    f"the X display cannot be followed ({type(error).__name__}); it is tried again by itself, "
                    "and the log says more"
                )
            else:
                continue
            self._looked.set()
            self._closing.wait(RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)])
            self._failures += 1

    def _reach_and_follow(self) -> None:
        name = self._find_display()
        if not name:
            raise DisplayError("no X display: DISPLAY is not set; start sayso from the desktop session")
        if not self._looked.is_set():
            self.absence = _silent(f"{name} ")
        display = connect(name)
        try:
            self._follow(display, name)
        except LOST as error:
            message = f"the X display {name} went away; dictation goes on by itself when it is back"
            raise DisplayError(message) from error
        finally:
            with contextlib.suppress(*LOST):
                display.close()

    def _gone(self, absence: str) -> None:
        """What is known of the display no longer holds, and its numbers may come again for other windows."""
        self._era += 1
        self._known = {}
        self._terminal = None
        self.display = self.target = None
        if self.absence != absence:
            self.absence = absence
            self._tell()

    def _follow(self, display: Display, name: str) -> None:
        display.set_error_handler(unheard)  # of windows that are gone
        windows = Windows(display)
        display.screen().root.change_attributes(event_mask=X.PropertyChangeMask | X.FocusChangeMask)
        self._terminal = _own_terminal(windows, is_start=not self._looked.is_set())
        self.connections += 1
        self.display = name
        self.absence = None
        self._look(windows, again=True)
        self._looked.set()
        self._failures = 0
        while not self._closing.is_set():
            released = moved = False
            if not display.pending_events():
                patience = POINTER_SECONDS if windows.follows_pointer() else None
                if not display.pending_events():
                    select.select([display.fileno(), self._wake], [], [], patience)
            while display.pending_events():
                event = display.next_event()
                if isinstance(event, DestroyNotify):
                    self._destroyed(int(event.window.id))
                released |= isinstance(event, FocusIn) and event.mode == X.NotifyUngrab
                moved |= not isinstance(event, ConfigureNotify)  # a window that is dragged about sends many
            if moved or windows.follows_pointer():
                self._look(windows, again=released)

    def _look(self, windows: Windows, again: bool) -> None:
        """Find the window with the focus; say so if it is another, or `again` where text may have waited."""
        target = self._find(windows)
        if target != self.target or again:
            self.target = target
            self._tell()

    def _find(self, windows: Windows) -> Target | None:
        focus = windows.focus()
        if focus is None or not windows.watch(focus.window) or focus.top_level is None:
            return None
        window = focus.top_level
        if window not in self._known:
            if not windows.watch(window):
                return None
            key = window | self._era << WINDOW_BITS
            ours, pid = self._is_ours(windows, window), windows.process(window) or 0
            self._known[window] = Target(key, windows.application(window), ours, pid)
        return self._known[window]

    def _is_ours(self, windows: Windows, window: int) -> bool:
        if self._terminal is not None:
            return window == self._terminal
        ours = ancestors_of(os.getpid())
        return windows.process(window) in ours  # any of a program's windows: it cannot be told which

    def _destroyed(self, window: int) -> None:
        """The server gives the numbers of a program that has ended to the next one that starts."""
        if window == self._terminal:
            self._terminal = None
        if self._known.pop(window, None) is not None:
            self._era += 1
            self._tell()  # text may have waited for it


def _silent(name: str) -> str:
    return (
        f"the X display {name}does not answer; dictation begins by itself when it does. If it stays so, "
        "restart that desktop session"
    )


def _own_terminal(windows: Windows, is_start: bool) -> int | None:
    """The window of the terminal that this process runs in; None where it is in none, or cannot be told which.

    One process serves all windows of most terminals, and of editors with a terminal in them.

    Args:
        windows: of the display.
        is_start: the service starts just now, so that who started it has not gone elsewhere yet.

    """
    ancestors = ancestors_of(os.getpid())
    # What WINDOWID names may be gone, and its number another program's: it is inherited through tmux, for one.
    said = _said_window()
    window = None if said is None else windows.top_level(said)
    if window is not None and windows.process(window) in {None, *ancestors} and windows.watch(window):
        return window
    focus = windows.focus() if is_start else None
    window = None if focus is None else focus.top_level
    return window if window is not None and windows.process(window) in ancestors else None


def _said_window() -> int | None:
    """The window that this process reads from, as the terminal says."""
    window = os.environ.get("WINDOWID", "")
    in_terminal = sys.stdin is not None and sys.stdin.isatty()
    return int(window) if in_terminal and window.isdecimal() and int(window) < 1 << WINDOW_BITS else None
