"""sayso's own small window: what is typed into it by keys and pastes stands in `text`, as in any program's."""

from __future__ import annotations

import contextlib
import select
import struct
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from Xlib import X, Xatom, Xutil
from Xlib.ext import ge, xinput
from Xlib.protocol.event import (
    ClientMessage,
    FocusIn,
    FocusOut,
    KeyPress,
    MapNotify,
    PropertyNotify,
    SelectionNotify,
)
from Xlib.xobject.drawable import Window

from sayso.x11.connection import LOST, connect, unheard
from sayso.x11.keyboard import slave_keyboards
from sayso.x11.keymap import Stroke, keysym_of, paste_keys
from sayso.x11.keysyms import BACKSPACE, character
from sayso.x11.windows import Windows
from sayso.x11.xkb import ALL_MODIFIERS, CONTROL, CORE_KEYBOARD, MOD1, MOD4, SHIFT, Keymap, Xkb, parse

APPLICATION = "sayso-doctor"
TITLE = "sayso doctor"
WIDTH, HEIGHT = 360, 80
FROM_A_PROGRAM, FROM_A_PAGER = (
    1,
    2,
)  # who asks a window manager (EWMH): the second is obeyed where the first is not
ASK_SECONDS = 0.4  # between asking a window manager in the one way and in the other
GIVE_BACK_SECONDS = 0.5
GROUP_SHIFT, GROUP_MASK = 13, 0x3  # of an event's state (The X Keyboard Extension, section 11.1)
REAL = (X.NotifyNormal, X.NotifyWhileGrabbed)  # modes in which the focus moves, and not just the keys of a grab


class OwnWindow:
    """The window, on a connection of its own; one thread uses it. Entering opens it, leaving closes it.

    Leaving gives the focus back to the window that had it, unless the person has moved it meanwhile.

    Args:
        name: the display.

    Attributes:
        text: what stands in it.
        has_focus: whether keys go to it.
        is_closed: the person has closed it.
        by_hand: how many keys were pressed on keyboards that people touch (not XTEST's) since it was opened.

    Raises:
        DisplayError: the display cannot be opened, or lacks XKB.

    """

    def __init__(self, name: str) -> None:
        self.text = ""
        self.has_focus = self.is_closed = False
        self.by_hand = 0
        self.display = connect(name)
        self.display.set_error_handler(unheard)  # of windows that are gone
        try:
            self._root = self.display.screen().root
            self._windows = Windows(self.display)
            self._xkb = Xkb(self.display)
            self._clipboard, self._utf8, self._answer, self._protocols, self._delete, self._active = (
                int(self.display.intern_atom(name))
                for name in (
                    *("CLIPBOARD", "UTF8_STRING", "SAYSO_ANSWER"),
                    *("WM_PROTOCOLS", "WM_DELETE_WINDOW", "_NET_ACTIVE_WINDOW"),
                )
            )
            self._raw_keymap, self._keymap = b"", Keymap((), {}, {})
            self._waiting: deque[KeyPress] = deque()
            self._is_pasting = self._is_mapped = False
            self._now = 0
            self._hands = self._listen_to_hands()
            self._window = self._make()
        except BaseException:
            self._disconnect()
            raise

    def __enter__(self) -> Self:
        """Open it; it has no focus yet."""
        self._had_focus = self.display.get_input_focus()
        focus = self._windows.focus()
        self._had_active = focus.top_level if focus is not None else None
        self._mark_time()
        self._window.map()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with contextlib.suppress(*LOST):
                if self.has_focus:
                    self._give_back()
                self._window.destroy()
                self.display.sync()
        finally:
            self._disconnect()

    @property
    def is_managed(self) -> bool:
        """Whether a window manager decides who has the focus."""
        return bool(self._root.get_attributes().all_event_masks & X.SubstructureRedirectMask)

    @property
    def keys_are_down(self) -> bool:
        """Whether any key is down."""
        return any(self.display.query_keymap())

    def take_focus(self, deadline: float) -> bool:
        """Ask for the focus; False where it has not come by the deadline (monotonic clock)."""
        self.follow(lambda: self._is_mapped, deadline)
        if not self.is_managed:
            self._window.set_input_focus(X.RevertToParent, X.CurrentTime, onerror=unheard)
            return self.follow(lambda: self.has_focus, deadline)
        for source in (FROM_A_PROGRAM, FROM_A_PAGER):
            self._activate(self._window, source)
            if self.follow(lambda: self.has_focus, min(deadline, time.monotonic() + ASK_SECONDS)):
                return True
        return self.follow(lambda: self.has_focus, deadline)

    def follow(self, until: Callable[[], bool], deadline: float, wake: int | None = None) -> bool:
        """Take what happens until something holds, which is returned; looked at after all that has come.

        Args:
            until: what shall hold.
            deadline: for how long at most, by the monotonic clock.
            wake: a file descriptor that is readable when it is worth another look.

        """
        ready = [self.display.fileno(), *([] if wake is None else [wake])]
        while True:
            while self.display.pending_events():
                self._on_event(self.display.next_event())
            if until():
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if not self.display.pending_events():  # some may have come with the answer to a question
                select.select(ready, [], [], left)

    # ── the window ────────────────────────────────────────────────────────────────────────────────

    def _make(self) -> Window:
        screen = self.display.screen()
        window: Window = self._root.create_window(
            *(max(0, (screen.width_in_pixels - WIDTH) // 2), max(0, (screen.height_in_pixels - HEIGHT) // 2)),
            *(WIDTH, HEIGHT, 0, X.CopyFromParent),
            background_pixel=screen.white_pixel,
            event_mask=X.KeyPressMask | X.FocusChangeMask | X.StructureNotifyMask | X.PropertyChangeMask,
        )
        window.set_wm_name(TITLE)
        window.set_wm_class(APPLICATION, APPLICATION)
        window.set_wm_hints(flags=Xutil.InputHint, input=1)
        window.set_wm_protocols([self._delete])
        return window

    def _mark_time(self) -> None:
        """Find the server's time, and say that the person has asked for the window just now."""
        stamp = self.display.intern_atom("SAYSO_STAMP")
        self._window.change_property(stamp, Xatom.STRING, 8, b"")
        self.follow(lambda: self._now > 0, time.monotonic() + ASK_SECONDS)
        if self._now:  # zero would say that it wants no focus
            user_time = self.display.intern_atom("_NET_WM_USER_TIME")
            self._window.change_property(user_time, Xatom.CARDINAL, 32, [self._now])

    def _activate(self, window: Window, source: int) -> None:
        event = ClientMessage(
            window=window, client_type=self._active, data=(32, [source, self._now, self._window.id, 0, 0])
        )
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self._root.send_event(event, event_mask=mask, onerror=unheard)

    def _give_back(self) -> None:
        if not self.is_managed:
            before = self._had_focus
            request = self.display.set_input_focus
            request(before.focus, before.revert_to, X.CurrentTime, onerror=unheard)
        elif self._had_active is not None:
            self._activate(self.display.create_resource_object("window", self._had_active), FROM_A_PAGER)
        else:  # whatever the manager gives the focus to when the window is closed
            return
        self.follow(lambda: not self.has_focus, time.monotonic() + GIVE_BACK_SECONDS)

    def _disconnect(self) -> None:
        with contextlib.suppress(*LOST):
            self.display.close()

    # ── what happens ──────────────────────────────────────────────────────────────────────────────

    def _on_event(self, event: object) -> None:
        match event:
            case KeyPress():
                self._waiting.append(event)
            case SelectionNotify():
                self._pasted(event)
            case FocusIn() | FocusOut() if event.mode in REAL and event.detail != X.NotifyPointer:
                self.has_focus = isinstance(event, FocusIn)
            case MapNotify():
                self._is_mapped = True
            case PropertyNotify():
                self._now = int(event.time)
            case ClientMessage() if event.client_type == self._protocols and event.data[1][0] == self._delete:
                self.is_closed = True
            case _:
                self.by_hand += self._is_press_by_hand(event)
        while self._waiting and not self._is_pasting:  # in their order: what comes after a paste waits for it
            self._struck(self._waiting.popleft())

    def _struck(self, event: KeyPress) -> None:
        """Obey a key, as an application does: under the layout and the group of it that are in force."""
        _, (raw,) = self._xkb.look(CORE_KEYBOARD)
        if raw != self._raw_keymap:
            self._raw_keymap, self._keymap = raw, parse(raw)
        state, keys = event.state, paste_keys(self._keymap)

        def is_struck(stroke: Stroke | None, modifier: int) -> bool:
            return stroke is not None and stroke.keycode == event.detail and bool(state & modifier)

        if is_struck(keys.control_v, CONTROL) or is_struck(keys.shift_insert, SHIFT):
            self._is_pasting = True
            self._window.convert_selection(self._clipboard, self._utf8, self._answer, event.time)
        elif event.detail in self._keymap.keys:
            group = state >> GROUP_SHIFT & GROUP_MASK
            keysym = keysym_of(self._keymap, event.detail, group, state & ALL_MODIFIERS)
            if keysym == BACKSPACE:
                self.text = self.text[:-1]
            elif not state & (CONTROL | MOD1 | MOD4):
                self.text += character(keysym) or ""

    def _pasted(self, event: SelectionNotify) -> None:
        self._is_pasting = False
        if event.property != X.NONE:
            value = self._window.get_full_property(self._answer, X.AnyPropertyType)
            self._window.delete_property(self._answer)
            if value is not None and value.format == 8:
                self.text += bytes(value.value).decode(errors="replace")

    # ── the person's hands ────────────────────────────────────────────────────────────────────────

    def _listen_to_hands(self) -> tuple[int, dict[int, bool]] | None:
        """The number of the extension that tells of every key, and which keyboards are programs'; or None."""
        if not self.display.has_extension("XInputExtension"):
            return None
        self.display.xinput_query_version()
        mask = xinput.RawKeyPressMask | xinput.RawKeyReleaseMask
        self._root.xinput_select_events([(xinput.AllMasterDevices, mask)])
        return self.display.display.get_extension_major("XInputExtension"), slave_keyboards(self.display)

    def _is_press_by_hand(self, event: object) -> bool:
        if self._hands is None or getattr(event, "type", None) != ge.GenericEventCode:
            return False
        opcode, by_program = self._hands
        if event.extension != opcode or event.evtype != xinput.RawKeyPress:  # type: ignore[attr-defined]
            return False
        _device, _time, _keycode, source = struct.unpack_from("<HIIH", event.data)  # type: ignore[attr-defined]
        return not by_program.get(source, False)
