"""A GTK window to write in. Sends a JSON object a line: {"window": id} once, then {"text": …} at every change.

Runs under the system's Python, where Gtk is: `gtk_window.py entry|view SOCKET`.
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

    if kind == "entry":
        widget = buffer = Gtk.Entry()
        read = widget.get_text
    else:
        widget = Gtk.TextView(wrap_mode=Gtk.WrapMode.WORD)
        buffer = widget.get_buffer()
        read = lambda: buffer.get_property("text")  # noqa: E731  # the counterpart of get_text
    Gtk.Settings.get_default().set_property("gtk-font-name", "DejaVu Sans 14")
    buffer.connect("changed", lambda _: tell(text=read()))
    window = Gtk.Window(title="Notes", default_width=640, default_height=80 if kind == "entry" else 140)
    window.set_border_width(16)
    window.add(widget)
    window.connect("destroy", Gtk.main_quit)
    window.connect("map-event", lambda *_: tell(window=window.get_window().get_xid()))
    window.show_all()
    Gtk.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
