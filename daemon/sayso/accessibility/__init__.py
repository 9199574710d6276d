"""What applications tell assistive technology over AT-SPI: where the focus is, and what stands there.

`focus.py` decides from events which object has the focus, `watch.py` follows them on a thread of its own,
`search.py` looks for it where nothing was told, and `roles.py` knows what takes no text. `reading.py` finds out
whether text arrived, and `comparison.py` decides it. What becomes of it is read by `stretch.py` when `carets.py`
hears that somebody writes or selects in the field that `typed.py` knows. `selecting.py` reads what is selected.
`windows.py` is a window lock for sessions whose compositor tells nobody what has the focus.

GTK 3, GTK 4, VTE, Qt 6 and Firefox are seen. Chromium and Electron are only with
`--force-renderer-accessibility`; Tk, xterm, foot, kitty, Alacritty and games never are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PASSWORD_TEXT: Final = 40
"""The role of a field for passwords. Its name cannot be relied on: Qt calls it a text."""

TERMINAL: Final = 60
"""The role of a terminal, such as VTE's."""


@dataclass(frozen=True, slots=True)
class Place:
    """An accessible object.

    Attributes:
        name: its program's name on the accessibility bus; as long as that bus lives no other gets it.
        path: the object's path there.

    """

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Window:
    """A top-level window that is active.

    Attributes:
        place: where it is.
        application: what the program calls itself; empty where it does not say in time.
        pid: the process at the other end of its connection; 0 where the bus does not say. Of a program in a
            sandbox that may be the proxy between it and the bus.

    """

    place: Place
    application: str
    pid: int


@dataclass(frozen=True, slots=True)
class Field:
    """The object that has the focus, whatever it is. Neither its text nor its window's title is kept.

    Attributes:
        place: where it is.
        application: what its program calls itself; empty where it does not say in time.
        pid: as in `Window`.
        role: the number of its role.
        is_editable: text can be written there.
        has_text: its text can be asked for.

    """

    place: Place
    application: str
    pid: int
    role: int
    is_editable: bool
    has_text: bool

    @property
    def is_password(self) -> bool:
        """Whether it is a field for passwords."""
        return self.role == PASSWORD_TEXT

    @property
    def is_terminal(self) -> bool:
        """Whether it is a terminal."""
        return self.role == TERMINAL
