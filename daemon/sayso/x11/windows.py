"""Windows: which one has the focus, whose it is, whether it still is there. One connection, its thread only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from Xlib import X
from Xlib.display import Display
from Xlib.error import BadDrawable, BadMatch, BadWindow
from Xlib.protocol.event import ClientMessage
from Xlib.xobject.drawable import Window

from sayso.x11.connection import client_of, unheard

NO_WINDOW = (BadWindow, BadDrawable, BadMatch)
"""What python-xlib raises from a request about a window that is gone."""

OF_A_PAGER = 2  # who asks for _NET_ACTIVE_WINDOW: one whom the person told to, which managers obey

WITHDRAWN = 0  # of WM_STATE: unmapped by its program, and not by an icon or another desktop


@dataclass(frozen=True, slots=True)
class Focus:
    """Where keys go.

    Attributes:
        window: the one that gets them.
        top_level: the window of an application that it is in; None where it is in none.

    """

    window: int
    top_level: int | None


class Windows:
    """Questions about windows."""

    def __init__(self, display: Display) -> None:
        self.display = display
        self._root = display.screen().root
        self._state = display.intern_atom("WM_STATE")
        self._manager = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
        self._pid = display.intern_atom("_NET_WM_PID")
        self._activate = display.intern_atom("_NET_ACTIVE_WINDOW")

    def focus(self, known: int | None = None) -> Focus | None:
        """Where keys go now; None for nowhere.

        Args:
            known: a window that is known for an application's own, and need not be asked whether it is.

        """
        focus = self.display.get_input_focus().focus
        try:
            if focus == X.PointerRoot:
                focus = self._under_pointer()
            if isinstance(focus, int) or focus.id == self._root.id:
                return None
            return Focus(focus.id, self._top_level(focus, known))
        except NO_WINDOW:  # it went while we looked
            return None

    def top_level(self, window_id: int) -> int | None:
        """The window of an application that a window is in, itself perhaps; None where it is in none, or gone."""
        try:
            return self._top_level(self._window(window_id))
        except NO_WINDOW:
            return None

    def follows_pointer(self) -> bool:
        """Whether keys go to whatever is under the pointer, as on a display that nobody manages."""
        return bool(self.display.get_input_focus().focus == X.PointerRoot)

    def is_gone(self, window_id: int) -> bool:
        """Whether a window has been destroyed, or taken off the screen by its own program."""
        window = self._window(window_id)
        try:
            if window.get_attributes().map_state != X.IsUnmapped:
                return False
            state = window.get_property(self._state, X.AnyPropertyType, 0, 2)
        except NO_WINDOW:
            return True
        return state is None or not len(state.value) or state.value[0] == WITHDRAWN

    def application(self, window_id: int) -> str:
        """The class of WM_CLASS; empty where it has none."""
        try:
            names = self._window(window_id).get_wm_class()
        except NO_WINDOW:
            return ""
        return str(names[1]) if names else ""

    def process(self, window_id: int) -> int | None:
        """The process that says it made a window; None where it does not say.

        It may be one of another machine. WM_CLIENT_MACHINE would tell, but also take every window for another
        machine's once this one has got another name, or where sayso runs in a container.
        """
        try:
            value = self._window(window_id).get_full_property(self._pid, X.AnyPropertyType)
        except NO_WINDOW:
            return None
        return int(value.value[0]) if value is not None and len(value.value) else None

    def client(self, window_id: int) -> int:
        """A number for the connection that made a window."""
        return client_of(self.display, window_id)

    def watch(self, window_id: int) -> bool:
        """Have events sent about a window's focus and end; False where it is gone."""
        window = self._window(window_id)
        window.change_attributes(event_mask=X.FocusChangeMask | X.StructureNotifyMask, onerror=unheard)
        try:
            window.get_attributes()
        except NO_WINDOW:
            return False
        return True

    def activate(self, window_id: int) -> None:
        """Give a window the focus: ask the manager, as a pager does, or do it where there is none."""
        window = self._window(window_id)
        if not self._is_managed():
            window.set_input_focus(X.RevertToParent, X.CurrentTime, onerror=unheard)
        else:
            asked = ClientMessage(
                window=window, client_type=self._activate, data=(32, [OF_A_PAGER, X.CurrentTime, 0, 0, 0])
            )
            self._root.send_event(asked, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self.display.sync()

    @contextmanager
    def grabbed(self) -> Iterator[None]:
        """Let no other program do anything with the display. Keep it to a few milliseconds."""
        self.display.grab_server()
        try:
            yield
        finally:
            self.display.ungrab_server()
            self.display.sync()  # a mere flush may leave the end of the grab unsent in python-xlib

    def _window(self, window_id: int) -> Window:
        return self.display.create_resource_object("window", window_id)

    def _top_level(self, window: Window, known: int | None = None) -> int | None:
        while True:
            if window.id == known or window.get_property(self._state, X.AnyPropertyType, 0, 2) is not None:
                return int(window.id)
            parent = window.query_tree().parent
            if isinstance(parent, int) or parent.id == self._root.id:
                # With a manager this is a thing of its own; without one it is what applications open.
                return None if self._is_managed() else int(window.id)
            window = parent

    def _is_managed(self) -> bool:
        """As EWMH asks: what a manager that was killed has left on the root names a window that is gone."""
        named = self._check_window(self._root)
        try:
            return named is not None and self._check_window(self._window(named)) == named
        except NO_WINDOW:
            return False

    def _check_window(self, window: Window) -> int | None:
        value = window.get_full_property(self._manager, X.AnyPropertyType)
        return int(value.value[0]) if value is not None and len(value.value) else None

    def _under_pointer(self) -> Window | int:
        window: Window | int = self._root
        while not isinstance(window, int):
            child = window.query_pointer().child
            if isinstance(child, int):
                return window
            window = child
        return window
