"""A window that nothing but X is known to, slow and curious as a test wants it."""

from __future__ import annotations

import os
import select
import threading
from collections import deque

from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import KEY_V, X11Rig
from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.ext import xfixes
from Xlib.protocol.event import KeyPress, SelectionNotify


class BareWindow(Rig):
    """A program of its own in the server's eyes, which pastes at Ctrl+V. Entering gives it the focus.

    Args:
        x11: the display it is on.
        pid: the process that it says it belongs to; None for none.
        reads_after: it reads whatever is copied, so many seconds later; None for a program that does not.
        pastes_after: how many seconds it takes to obey Ctrl+V; None for a program that does not.

    Attributes:
        window_id: of the window.
        read: what it has read unasked.
        pasted: what it has pasted.

    """

    def __init__(
        self,
        x11: X11Rig,
        *,
        pid: int | None = None,
        reads_after: float | None = None,
        pastes_after: float | None = 0.0,
    ) -> None:
        self.read: list[str] = []
        self.pasted: list[str] = []
        self._x11 = x11
        self._pid = pid
        self._reads_after = reads_after
        self._pastes_after = pastes_after
        self._display = Display(x11.display)
        root = self._display.screen().root
        self._window = root.create_window(0, 0, 200, 100, 0, X.CopyFromParent, event_mask=X.KeyPressMask)
        self.window_id = int(self._window.id)
        self._clipboard, self._utf8, self._answer = (
            self._display.intern_atom(name) for name in ("CLIPBOARD", "UTF8_STRING", "ANSWER")
        )
        self._waiting: deque[object] = deque()
        self._closing = threading.Event()
        self._wake = os.eventfd(0)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _enter(self) -> None:
        if self._pid is not None:
            atom = self._display.intern_atom("_NET_WM_PID")
            self._window.change_property(atom, Xatom.CARDINAL, 32, [self._pid])
        if self._reads_after is not None:
            self._display.xfixes_query_version()
            mask = xfixes.XFixesSetSelectionOwnerNotifyMask
            self._display.xfixes_select_selection_input(self._window, self._clipboard, mask)
        self._window.map()
        self._display.sync()
        self._thread.start()
        self.focus()

    def _leave(self) -> None:
        self._closing.set()
        os.eventfd_write(self._wake, 1)
        if self._thread.ident is not None:
            self._thread.join()
        os.close(self._wake)
        self._display.close()

    def focus(self) -> None:
        """Give it the focus; returns when it has it."""
        self._x11.focus(self.window_id)

    def wait_for_pasted(self, *texts: str) -> None:
        """Wait until it has pasted so many texts, and hold it to these."""
        until(lambda: len(self.pasted) >= len(texts), f"{len(texts)} pastes")
        assert self.pasted == [*texts]

    def _run(self) -> None:
        while not self._closing.is_set():
            if not self._waiting and not self._display.pending_events():
                select.select([self._display.fileno(), self._wake], [], [])
                continue
            event = self._waiting.popleft() if self._waiting else self._display.next_event()
            if isinstance(event, KeyPress) and event.detail == KEY_V and event.state & X.ControlMask:
                self._paste()
            elif isinstance(event, xfixes.SelectionNotify) and self._reads_after is not None:
                self._closing.wait(self._reads_after)
                self.read.append(self._fetch())

    def _paste(self) -> None:
        if self._pastes_after is not None:
            self._closing.wait(self._pastes_after)
            self.pasted.append(self._fetch())

    def _fetch(self) -> str:
        """What the clipboard holds; what comes before the answer waits its turn."""
        self._window.convert_selection(self._clipboard, self._utf8, self._answer, X.CurrentTime)
        while not isinstance(event := self._display.next_event(), SelectionNotify):
            self._waiting.append(event)
        if event.property == X.NONE:
            return ""
        return bytes(self._window.get_full_property(self._answer, X.AnyPropertyType).value).decode()
