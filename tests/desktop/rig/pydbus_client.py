"""A client of the service on pydbus, under the system's Python.

Each line on standard input is a method to call; each answer and each signal is printed as a JSON line.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from gi.repository import GLib
from pydbus import SessionBus

SIGNALS = ("StateChanged", "HypothesisChanged", "Committed", "UtteranceFinished", "Problem")


def tell(name: str, *values: Any) -> None:
    """Print one fact."""
    sys.stdout.write(json.dumps([name, *values]) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Obey until standard input ends."""
    service = SessionBus().get("org.sayso.Dictation1")
    loop = GLib.MainLoop()
    for signal in SIGNALS:
        getattr(service, signal).connect(lambda *values, name=signal: tell(name, *values))

    def obey(channel: GLib.IOChannel, _: GLib.IOCondition) -> bool:
        method = channel.readline().strip()
        if not method:
            loop.quit()
            return False
        tell("answer", getattr(service, method)())
        return True

    GLib.io_add_watch(GLib.IOChannel(0), GLib.IO_IN | GLib.IO_HUP, obey)
    tell("listening", service.State)
    loop.run()


if __name__ == "__main__":
    main()
