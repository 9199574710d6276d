"""A window with fields, of one toolkit. Sends a JSON object a line: {"window": id} once, {"text": …} at changes.

Runs under the system's Python, where the toolkits are: `accessible_window.py gtk3|gtk4|qt SOCKET`. In it are a
line, a line for a password, a page of text and a button. With GTK 3, Return hides what is written in the line, and
before the button is a line that takes 12 characters.
"""

# ruff: noqa: PLC0415  # only one of the toolkits can be imported

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from typing import Any

TITLE = "Fields"
Tell = Callable[..., None]


def gtk3(tell: Tell) -> None:
    import gi

    gi.require_version("Gtk", "3.0")
    from gi.repository import Gtk

    window, box = Gtk.Window(title=TITLE), Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    line, password = Gtk.Entry(), Gtk.Entry(visibility=False)
    line.connect("changed", lambda _: tell(text=line.get_text()))
    line.connect("activate", lambda _: line.set_visibility(not line.get_visibility()))
    short = Gtk.Entry(max_length=12)
    short.connect("changed", lambda _: tell(text=short.get_text()))
    page = Gtk.TextView()
    page.get_buffer().connect("changed", lambda buffer: tell(text=buffer.props.text))
    for widget in (line, password, page, short, Gtk.Button(label="Done")):
        box.add(widget)
    window.add(box)
    window.connect("map-event", lambda *_: tell(window=window.get_window().get_xid()))
    window.connect("destroy", Gtk.main_quit)
    window.show_all()
    Gtk.main()


def gtk4(tell: Tell) -> None:
    import gi

    gi.require_version("Gtk", "4.0")
    from gi.repository import GdkX11, GLib, Gtk

    assert GdkX11 is not None  # without it a surface has no get_xid
    window, box = Gtk.Window(title=TITLE), Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    line, password = Gtk.Entry(), Gtk.PasswordEntry()
    line.connect("changed", lambda _: tell(text=line.get_text()))
    page = Gtk.TextView()
    page.get_buffer().connect("changed", lambda buffer: tell(text=buffer.props.text))
    for widget in (line, password, page, Gtk.Button(label="Done")):
        box.append(widget)
    window.set_child(box)
    window.connect("map", lambda _: GLib.idle_add(lambda: tell(window=window.get_surface().get_xid())))
    window.present()
    GLib.MainLoop().run()


def qt(tell: Tell) -> None:
    from PyQt6.QtWidgets import QApplication, QLineEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget

    application = QApplication(sys.argv)
    window = QWidget()
    window.setWindowTitle(TITLE)
    layout = QVBoxLayout(window)
    line, password = QLineEdit(), QLineEdit()
    password.setEchoMode(QLineEdit.EchoMode.Password)
    line.textChanged.connect(lambda text: tell(text=text))
    page = QTextEdit()
    page.setTabChangesFocus(True)
    page.textChanged.connect(lambda: tell(text=page.toPlainText()))
    for widget in (line, password, page, QPushButton("Done")):
        layout.addWidget(widget)
    window.show()
    line.setFocus()
    tell(window=int(window.winId()))
    application.exec()


def main(toolkit: str, path: str) -> None:
    """Show the window until it is closed."""
    out = socket.socket(socket.AF_UNIX)
    out.connect(path)

    def tell(**fact: Any) -> None:
        out.sendall(json.dumps(fact).encode() + b"\n")

    {"gtk3": gtk3, "gtk4": gtk4, "qt": qt}[toolkit](tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
