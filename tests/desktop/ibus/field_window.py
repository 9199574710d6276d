"""A GTK window with fields. Sends a JSON object a line: {"window": id} once, then {"text": …} or {"preedit": …}.

Runs under the system's Python, where Gtk is: `field_window.py entry|view|password|pin|short SOCKET`.
"""

from __future__ import annotations

import json
import socket
import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gtk  # noqa: E402  # only after the version is chosen


def main(kind: str, path: str) -> None:
    """Show the window until it is closed."""
    out = socket.socket(socket.AF_UNIX)
    out.connect(path)

    def tell(**fact: object) -> None:
        out.sendall(json.dumps(fact).encode() + b"\n")

    if kind == "view":
        widget = Gtk.TextView(wrap_mode=Gtk.WrapMode.CHAR)
        buffer = widget.get_buffer()
        buffer.connect("changed", lambda _: tell(text=buffer.get_property("text")))
    else:
        widget = Gtk.Entry()
        widget.connect("changed", lambda _: tell(text=widget.get_text()))
        if kind == "password":
            widget.set_visibility(False)
        if kind == "short":
            widget.set_max_length(3)
        if kind in ("password", "pin"):
            widget.set_input_purpose(getattr(Gtk.InputPurpose, kind.upper()))
    widget.connect("preedit-changed", lambda _, text: tell(preedit=text))
    window = Gtk.Window(title=kind, default_width=400, default_height=80)
    rolls = Gtk.ScrolledWindow()  # otherwise the window grows with what is in it
    rolls.add(widget)
    window.add(rolls)
    window.connect("destroy", Gtk.main_quit)
    window.connect("map-event", lambda *_: tell(window=window.get_window().get_xid()))
    window.show_all()
    Gtk.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
