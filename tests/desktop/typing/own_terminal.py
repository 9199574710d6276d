"""Runs in a terminal: tries to type into that very terminal, and writes down what came of it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from sayso.events import Edit, Event, Problem
from sayso.typist.delivery import Delivery
from sayso.typist.x11 import X11Typist


def main(display: str, path: str) -> None:
    """Wait for the focus, and type."""
    focused = threading.Event()
    typist = X11Typist(find_display=lambda: display)
    typist.on_focus(focused.set)
    while (target := typist.target()) is None or not target.is_ours:
        focused.wait(1)
        focused.clear()
    told: list[Event] = []
    deliver = Delivery(typist, told.append)
    deliver.begin(1)
    deliver(1, Edit(0, "q"), True)
    Path(path).write_text("\n".join(event.message for event in told if isinstance(event, Problem)))
    typist.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
