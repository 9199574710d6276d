"""The edge to the keyboard's layout: which language it is for, now.

X11 tells it by a property of the root window and the group in force, sway over its IPC. GNOME and KDE on Wayland
tell nobody over an interface that stays the same from one version to the next: there it is not known.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import struct
from collections.abc import Callable
from typing import Any

from sayso.errand import Errand, Overdue
from sayso.errors import DisplayError
from sayso.language.layouts import language_in_force, language_of_name

LOOK_SECONDS = 0.25  # X11 0.3 ms and sway 1 ms once connected; 20 ms to connect. Speech waits no longer for it
RULES_NAMES = "_XKB_RULES_NAMES"
MOST_BYTES = 1024

SWAY_MAGIC = b"i3-ipc"
SWAY_HEADER = struct.Struct("=6sII")  # magic, length of what follows, kind (sway-ipc(7))
GET_INPUTS = 100

log = logging.getLogger(__name__)

Look = Callable[[], str | None]
"""Returns the Whisper code of the layout's language, or None where it is not known. May block; one thread only."""


class KeyboardLayout:
    """Asks whatever knows the layout here, and waits no longer than LOOK_SECONDS.

    Args:
        look: what to ask; None finds it out.

    """

    def __init__(self, look: Look | None = None) -> None:
        self._finds = self._find = look is None
        self._look = look
        self._asking: Errand[str | None] | None = None

    def close(self) -> None:
        """Leave whatever was asked; the next call begins anew."""
        look, self._find = self._look, self._finds
        if isinstance(look, X11Layout) and (self._asking is None or self._asking.is_over):
            look.close()

    def __call__(self) -> str | None:
        """The Whisper code of the layout's language now; None where that is not known, or not in time."""
        if self._asking is not None and not self._asking.is_over:
            return None  # whoever was asked last has not answered yet
        if self._find:
            self._look, self._find = find_look(), False
        if self._look is None:
            return None
        self._asking = Errand(self._look)
        try:
            return self._asking.wait(LOOK_SECONDS)
        except Overdue:
            return None
        except (DisplayError, OSError, ValueError) as error:
            log.debug("the keyboard layout cannot be read: %s", error)
            self._find = self._finds  # the session may be another by now
            return None


def find_look() -> Look | None:
    """What knows the layout in this session, by its environment; None where nothing does."""
    if sway := os.environ.get("SWAYSOCK"):
        return lambda: look_at_sway(sway)
    if os.environ.get("WAYLAND_DISPLAY"):
        return None  # Xwayland follows the layout only while one of its own windows has the focus
    return X11Layout() if os.environ.get("DISPLAY") else None


def describe_layout() -> str:
    """Where the layout is read, for a person; what to do where it is not known."""
    if os.environ.get("SWAYSOCK"):
        return "sway"
    if os.environ.get("WAYLAND_DISPLAY"):
        return (
            "not known: this desktop tells nobody its keyboard layout, and the language of the last utterance is "
            "kept; name the languages instead, such as language: en,de"
        )
    return "X11" if os.environ.get("DISPLAY") else "not known: no desktop session"


class X11Layout:
    """The layout of an X server, over a connection of its own that is made when it is first asked."""

    def __init__(self) -> None:
        self._server: _Server | None = None

    def __call__(self) -> str | None:
        """The language of the group in force.

        Raises:
            DisplayError: there is no X server, or it is gone; the next call connects anew.

        """
        from sayso.x11.connection import LOST  # noqa: PLC0415  # python-xlib: only where there is a display

        server, self._server = self._server or _Server(), None
        try:
            language = server.language()
        except LOST as error:
            server.close()
            raise DisplayError(f"the X display is gone ({type(error).__name__})") from error
        self._server = server
        return language

    def close(self) -> None:
        """Disconnect."""
        if self._server is not None:
            self._server.close()
            self._server = None


class _Server:
    """A connection to the X server.

    Raises:
        DisplayError: there is none, or it does not know of layouts.

    """

    def __init__(self) -> None:
        from Xlib import X  # noqa: PLC0415  # see above

        from sayso.x11.connection import connect  # noqa: PLC0415  # see above
        from sayso.x11.xkb import Xkb  # noqa: PLC0415  # see above

        self._any_type = X.AnyPropertyType
        self._display = connect()
        try:
            self._xkb = Xkb(self._display)
        except DisplayError:
            self.close()
            raise
        self._root = self._display.screen().root
        self._names = self._display.intern_atom(RULES_NAMES)

    def language(self) -> str | None:
        state, _ = self._xkb.look()
        found = self._root.get_full_property(self._names, self._any_type, MOST_BYTES)
        return language_in_force(bytes(found.value), state.group) if found is not None else None

    def close(self) -> None:
        with contextlib.suppress(Exception):  # whatever python-xlib raises of a connection that is gone
            self._display.close()


def look_at_sway(path: str) -> str | None:
    """The language of the layout in force, by sway's IPC socket.

    Raises:
        OSError: nobody answers there.
        ValueError: what answers is not sway's protocol.

    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(LOOK_SECONDS)
        connection.connect(path)
        connection.sendall(SWAY_HEADER.pack(SWAY_MAGIC, 0, GET_INPUTS))
        magic, length, _ = SWAY_HEADER.unpack(_receive(connection, SWAY_HEADER.size))
        if magic != SWAY_MAGIC:
            raise ValueError("no answer of sway")
        return language_of_inputs(json.loads(_receive(connection, length)))


def _receive(connection: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(length - len(parts))
        if not part:
            raise OSError("sway closed the connection")
        parts += part
    return bytes(parts)


def language_of_inputs(inputs: Any) -> str | None:
    """The language of sway's inputs; None where keyboards have layouts of different languages.

    Keyboards share a layout unless the settings say otherwise; virtual ones, which our own typing is, have any.
    """
    found: set[str | None] = set()
    for one in inputs if isinstance(inputs, list) else ():
        with contextlib.suppress(KeyError, TypeError, AttributeError):
            if one["type"] == "keyboard" and "virtual" not in one["identifier"].lower():
                found.add(language_of_name(one["xkb_active_layout_name"] or ""))
    return found.pop() if len(found) == 1 else None
