"""Moves the focus round some windows as fast as it can, until it is ended: `move_focus.py DISPLAY WINDOW…`."""

from __future__ import annotations

import sys

from Xlib import X
from Xlib.display import Display


def main(name: str, *windows: str) -> None:
    """Set the focus directly: a window manager would take its time."""
    display = Display(name)
    places = [display.create_resource_object("window", int(window)) for window in windows]
    sys.stdout.write("moving\n")
    sys.stdout.flush()
    while True:
        for place in places:
            place.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
            display.sync()


if __name__ == "__main__":
    main(*sys.argv[1:])
