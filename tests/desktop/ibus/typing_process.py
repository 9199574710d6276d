"""A process that types by IBus, and stays with its engine on till it is ended: `typing_process.py DISPLAY BUS`."""

from __future__ import annotations

import sys
import threading

from sayso.events import Edit
from sayso.ibus.windows import XPlaces
from sayso.typist.ibus import IBusTypist


def main(display: str, address: str) -> None:
    """Type a word, show a tail, and say so."""
    typist = IBusTypist(XPlaces.alone(lambda: display), lambda: address)
    target = typist.target()
    assert target is not None
    typist.type(Edit(0, "typed "), target)
    typist.show("tail", target)
    sys.stdout.write("shown\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
