"""Runs in a terminal: tries to type into that very terminal, and writes down what came of it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from sayso.errors import TypistError
from sayso.events import Edit
from sayso.typist.x11 import X11Typist


def main(display: str, path: str) -> None:
    """Wait for the focus, and type."""
    focused = threading.Event()
    typist = X11Typist(find_display=lambda: display)
    typist.on_focus(focused.set)
    while (target := typist.target()) is None or not target.is_ours:
        focused.wait(1)
        focused.clear()
    try:
        typist.type(Edit(0, "q"), target)
        came = "typed"
    except TypistError as error:
        came = type(error).__name__
    Path(path).write_text(f"{target.is_ours} {came}")
    typist.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
