"""A GTK window to write in, on Wayland. Sends {"text": …} as a JSON line when it is there, and at every change.

Runs under the system's Python, where Gtk is: `gtk_window.py 3|4 entry|view|password|login SOCKET APP_ID`.
A login is a view, and a line for a password that gets the focus when something is written in the view; the text of
both is told, with a | between.
"""

from __future__ import annotations

import json
import socket
import sys

import gi


def main(version: str, kind: str, path: str, name: str) -> None:
    """Show the window until it is closed."""
    gi.require_version("Gtk", f"{version}.0")
    from gi.repository import GLib, Gtk  # noqa: PLC0415  # only after the version is chosen

    GLib.set_prgname(name)
    out = socket.socket(socket.AF_UNIX)
    out.connect(path)

    def tell() -> None:
        out.sendall(json.dumps({"text": read()}).encode() + b"\n")

    if version == "4":
        Gtk.init()
    if kind in ("view", "login"):
        widget = Gtk.TextView(wrap_mode=Gtk.WrapMode.WORD)
        buffer = widget.get_buffer()
        read = lambda: buffer.get_property("text")  # noqa: E731  # the counterpart of get_text
    else:
        widget = buffer = Gtk.Entry()
        read = widget.get_text
        if kind == "password":
            widget.set_visibility(False)
            widget.set_input_purpose(Gtk.InputPurpose.PASSWORD)
    box = widget
    if kind == "login":
        password = Gtk.Entry(visibility=False, input_purpose=Gtk.InputPurpose.PASSWORD)
        box = Gtk.Box()
        for one in (widget, password):
            (box.append if version == "4" else box.add)(one)
        read = lambda: f"{buffer.get_property('text')}|{password.get_text()}"  # noqa: E731  # as above
        buffer.connect("changed", lambda _: password.grab_focus())
        password.connect("changed", lambda _: tell())
    buffer.connect("changed", lambda _: tell())
    window = Gtk.Window(title=name, default_width=640, default_height=140)
    loop = GLib.MainLoop()
    if version == "4":
        window.set_child(box)
        window.connect("close-request", lambda _: loop.quit())
        window.connect("notify::is-active", lambda *_: tell())
    else:
        window.add(box)
        window.connect("destroy", lambda _: loop.quit())
        window.connect("notify::is-active", lambda *_: tell())
        window.show_all()
    window.present()
    widget.grab_focus()
    loop.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
