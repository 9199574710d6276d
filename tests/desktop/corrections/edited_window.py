"""A window with fields to edit text in: `edited_window.py gtk3|qt SOCKET`, with the system's Python.

Sends a JSON object a line: {"window": id} once, {"field": name, "text": …} at changes. Takes orders in the same
way at SOCKET.orders: {"field": name, "text": …} gives a field the focus and that text, {"hide": name} hides what
is written in it. The fields: a line; one that Return empties, as that of a chat; one that begins with a capital;
one that offers words to complete what is written; a page; a line for a password.
"""

# ruff: noqa: PLC0415, N802  # only one of the toolkits can be imported; Qt's names are Qt's

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from typing import Any

TITLE = "Edited"
OFFERED = ("Kubernetes", "Kubuntu", "Katharina", "Nginx", "tomorrow morning", "Please find the report")
Tell = Callable[..., None]


def gtk3(tell: Tell, orders: socket.socket) -> None:
    import gi

    gi.require_version("Gtk", "3.0")
    from gi.repository import GLib, Gtk

    window, box = Gtk.Window(title=TITLE), Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    lines = {name: Gtk.Entry() for name in ("line", "chat", "capital", "completing")}
    lines["password"] = Gtk.Entry(visibility=False)
    page = Gtk.TextView(wrap_mode=Gtk.WrapMode.WORD)
    lines["chat"].connect("activate", lambda line: line.set_text(""))

    def capital(of: Any, _at: int, letters: str, _count: int) -> None:
        if _at == 0 and letters[:1].islower():
            GLib.idle_add(raise_first, of)

    def raise_first(of: Any) -> None:
        text = of.get_text()
        if text[:1].islower():
            of.delete_text(0, 1)
            of.insert_text(0, text[0].upper(), 1)

    lines["capital"].get_buffer().connect("inserted-text", capital)
    lines["completing"].set_completion(_gtk_completion(lines["completing"]))
    for name, line in lines.items():
        line.connect("changed", lambda line, name=name: tell(field=name, text=line.get_text()))
        box.add(line)
    page.get_buffer().connect(
        "changed", lambda of: tell(field="page", text=of.get_text(of.get_start_iter(), of.get_end_iter(), True))
    )
    box.pack_start(page, True, True, 0)

    def obey(order: dict[str, str]) -> None:
        if "hide" in order:
            lines[order["hide"]].set_visibility(False)
            tell(field=order["hide"], hidden=True)
            return
        name, text = order["field"], order["text"]
        widget = page if name == "page" else lines[name]
        (page.get_buffer() if name == "page" else widget).set_text(text)
        if name != "page":
            widget.set_visibility(name != "password")
        widget.grab_focus()
        if name != "page":
            widget.set_position(-1)
        tell(field=name, text=text)

    window.add(box)
    window.set_default_size(600, 300)
    window.connect("map-event", lambda *_: tell(window=window.get_window().get_xid()))
    window.connect("destroy", Gtk.main_quit)
    window.show_all()
    take = _taking(orders, obey)
    GLib.io_add_watch(orders.fileno(), GLib.IO_IN, lambda *_: take() or True)
    Gtk.main()


def _gtk_completion(line: Any) -> Any:
    """Completes the last word."""
    from gi.repository import Gtk

    model = Gtk.ListStore(str)
    for word in OFFERED:
        model.append([word])

    def fits(_completion: Any, _key: str, row: Any) -> bool:
        last = line.get_text().split(" ")[-1]
        return bool(last) and model[row][0].casefold().startswith(last.casefold())

    def complete(_completion: Any, of: Any, row: Any) -> bool:
        head, _, _ = line.get_text().rpartition(" ")
        line.set_text(f"{head} {of[row][0]}".lstrip())
        line.set_position(-1)
        return True

    completion = Gtk.EntryCompletion(model=model, text_column=0, minimum_key_length=2)
    completion.set_match_func(fits)
    completion.connect("match-selected", complete)
    return completion


def qt(tell: Tell, orders: socket.socket) -> None:
    from PyQt6.QtCore import QSocketNotifier, QStringListModel, Qt
    from PyQt6.QtWidgets import QApplication, QCompleter, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

    application = QApplication(sys.argv)
    window = QWidget()
    window.setWindowTitle(TITLE)
    layout = QVBoxLayout(window)
    lines = {name: QLineEdit() for name in ("line", "chat", "capital", "completing", "password")}
    lines["chat"].returnPressed.connect(lines["chat"].clear)

    def capital(text: str) -> None:
        if text[:1].islower():
            at = lines["capital"].cursorPosition()
            lines["capital"].setText(text[0].upper() + text[1:])
            lines["capital"].setCursorPosition(at)

    lines["capital"].textEdited.connect(capital)

    class LastWord(QCompleter):
        """Completes the last word."""

        def splitPath(self, path: str | None) -> list[str]:
            return [(path or "").split(" ")[-1]]

        def pathFromIndex(self, index: Any) -> str:
            head, _, _ = self.completionPrefix().rpartition(" ")
            return f"{head} {super().pathFromIndex(index)}".lstrip()

    offered = QStringListModel(list(OFFERED))
    completer = LastWord(offered)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    lines["completing"].setCompleter(completer)
    page = QPlainTextEdit()
    for name, line in lines.items():
        line.textChanged.connect(lambda text, name=name: tell(field=name, text=text))
        layout.addWidget(line)
    page.textChanged.connect(lambda: tell(field="page", text=page.toPlainText()))
    layout.addWidget(page)

    def obey(order: dict[str, str]) -> None:
        if "hide" in order:
            lines[order["hide"]].setEchoMode(QLineEdit.EchoMode.Password)
            tell(field=order["hide"], hidden=True)
            return
        name, text = order["field"], order["text"]
        if name == "page":
            page.setPlainText(text)
            page.moveCursor(page.textCursor().MoveOperation.End)
            page.setFocus()
        else:
            mode = QLineEdit.EchoMode.Password if name == "password" else QLineEdit.EchoMode.Normal
            lines[name].setEchoMode(mode)
            lines[name].setText(text)
            lines[name].setFocus()
        tell(field=name, text=text)

    window.resize(600, 300)
    window.show()
    lines["line"].setFocus()
    tell(window=int(window.winId()))
    take = _taking(orders, obey)
    notifier = QSocketNotifier(orders.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: take())
    application.exec()


def _taking(orders: socket.socket, obey: Callable[[dict[str, str]], None]) -> Callable[[], None]:
    """Takes one order: a connection, a JSON object."""

    def take() -> None:
        connection, _ = orders.accept()
        with connection:
            obey(json.loads(connection.makefile().readline()))

    return take


def main(toolkit: str, path: str) -> None:
    """Show the window until it is closed."""
    orders = socket.socket(socket.AF_UNIX)
    orders.bind(f"{path}.orders")
    orders.listen(4)
    out = socket.socket(socket.AF_UNIX)
    out.connect(path)

    def tell(**fact: Any) -> None:
        out.sendall(json.dumps(fact).encode() + b"\n")

    {"gtk3": gtk3, "qt": qt}[toolkit](tell, orders)


if __name__ == "__main__":
    main(*sys.argv[1:])
