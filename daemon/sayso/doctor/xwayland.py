"""Whether X is the whole desktop, or only the room in a Wayland session where older programs live."""

from __future__ import annotations

import os

from Xlib.display import Display


def is_xwayland(display: Display) -> bool:
    """Whether windows may be open that this X server knows nothing of.

    Xwayland says so itself from version 23.1 on, by an extension of that name.
    """
    return bool(os.environ.get("WAYLAND_DISPLAY")) or bool(display.has_extension("XWAYLAND"))
