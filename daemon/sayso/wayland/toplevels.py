"""Which windows there are, and which of them has the focus."""

from __future__ import annotations

import itertools
import struct

from sayso.wayland.privileged import ACTIVATED, TOPLEVEL_MANAGER
from sayso.wayland.wire import Connection, Object

NUMBERS = itertools.count(1)  # of windows, over all compositors that there have been


class Window:
    """A window.

    Attributes:
        handle: what it is to the compositor.
        number: no other window, of this compositor or a later one, has the same.
        application: its app_id; an X11 window's is its class.
        is_active: keys go to it, or to a menu of its; to no window where a lock or a launcher has them.
        is_closed: it is no more.

    """

    def __init__(self, handle: Object) -> None:
        self.handle = handle
        self.number = next(NUMBERS)
        self.application = ""
        self.is_active = False
        self.is_closed = False


class Toplevels:
    """Follows the windows while its connection is dispatched.

    Args:
        connection: to the compositor.

    Attributes:
        focus: the window with the focus; None where none has.
        before: the window that had it last, before that one.
        changes: grows with every change of the focus, though it be away and back.

    Raises:
        DisplayError: the compositor does not tell of windows.

    """

    def __init__(self, connection: Connection) -> None:
        self.focus: Window | None = None
        self.before: Window | None = None
        self.changes = 0
        self._windows: dict[int, Window] = {}
        self._manager = connection.bind(TOPLEVEL_MANAGER)
        self._manager.on("toplevel", self._opened)

    def find(self, number: int) -> Window | None:
        """The window of that number; None where it is closed."""
        return self._windows.get(number)

    def activate(self, number: int, seat: Object) -> bool:
        """Ask for the focus for a window; False where it is closed."""
        window = self.find(number)
        if window is not None:
            window.handle.send("activate", seat)
        return window is not None

    def _opened(self, handle: Object) -> None:
        window = Window(handle)
        self._windows[window.number] = window

        def named(application: str | None) -> None:
            window.application = application or ""

        def changed(state: bytes) -> None:
            is_active = ACTIVATED in (word for (word,) in struct.iter_unpack("=I", state))
            if is_active != window.is_active:
                window.is_active = is_active
                self._moved(window)

        def closed() -> None:
            window.is_closed, window.is_active = True, False
            self._windows.pop(window.number, None)
            handle.send("destroy")
            self._moved(window)

        handle.on("app_id", named)
        handle.on("state", changed)
        handle.on("closed", closed)

    def _moved(self, window: Window) -> None:
        if window.is_active:
            focus: Window | None = window
        elif self.focus is window:
            focus = None
        else:
            return
        if focus is not self.focus:
            self.before = self.focus or self.before
            self.focus = focus
            self.changes += 1
