"""What is selected on X11, in whichever window: the PRIMARY selection (ICCCM, section 2)."""

from __future__ import annotations

import select
import time
from typing import Final

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.error import XError
from Xlib.protocol.event import SelectionNotify

from sayso.errors import DisplayError
from sayso.x11.connection import LOST, connect

ANSWER_SECONDS: Final = 0.3
MOST_BYTES: Final = 8192


def primary_selection(display: str | None = None) -> str | None:
    """The text that is selected; None where none is, or its owner does not hand it over. Blocks for 0.3 s at most.

    Args:
        display: such as ":0"; None for what DISPLAY says.

    """
    try:
        connection = connect(display)
    except DisplayError:
        return None
    try:
        return _ask(connection)
    except (XError, *LOST):
        return None
    finally:
        connection.close()


def _ask(display: Display) -> str | None:
    window = display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
    kind, answer = display.intern_atom("UTF8_STRING"), display.intern_atom("SAYSO_TRANSFER")
    window.convert_selection(Xatom.PRIMARY, kind, answer, X.CurrentTime)
    display.flush()
    deadline = time.monotonic() + ANSWER_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        if not display.pending_events():
            select.select([display.fileno()], [], [], left)
            continue
        event = display.next_event()
        if isinstance(event, SelectionNotify):
            value = None if event.property == X.NONE else window.get_property(answer, kind, 0, MOST_BYTES // 4)
            return None if value is None else bytes(value.value).decode("utf-8", errors="ignore")
    return None
