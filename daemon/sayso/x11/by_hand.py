"""Whether a person is pasting just now, as opposed to a program that reads whatever is copied."""

from __future__ import annotations

from Xlib.display import Display

from sayso.x11.connection import client_of
from sayso.x11.keyboard import is_down
from sayso.x11.keymap import paste_keys
from sayso.x11.xkb import CONTROL, CORE_KEYBOARD, SHIFT, Xkb, parse


def is_pasting(display: Display, xkb: Xkb, client: int) -> bool:
    """Whether the keys that paste are down, and go to a window of a client (`client_of`); three round trips.

    Clipboard managers, and windows that look into the clipboard as soon as they have the focus, are never taken
    for a person. A person is not seen who pastes from a menu, or whose program asks when the keys are up again.
    """
    focus = display.get_input_focus().focus
    if isinstance(focus, int) or client_of(display, focus.id) != client:
        return False
    state, (raw,) = xkb.look(CORE_KEYBOARD)
    down = display.query_keymap()
    keys = paste_keys(parse(raw))
    return any(
        stroke is not None and state.held & modifier and is_down(down, stroke.keycode)
        for stroke, modifier in ((keys.control_v, CONTROL), (keys.shift_insert, SHIFT))
    )
