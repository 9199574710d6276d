"""A window to edit text in, and the keys that a person strikes there, written as text."""

from __future__ import annotations

import json
import random
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from tests.desktop.rig.accessibility import AccessibilityRig
from tests.desktop.rig.programs import SYSTEM_PYTHON, need, need_file
from tests.desktop.rig.windows import TextWindow
from tests.desktop.rig.x11 import KEY_ALT, KEY_CONTROL, KEY_SHIFT, X11Rig
from Xlib import XK

SCRIPT = Path(__file__).parents[1] / "corrections" / "edited_window.py"
KEY_SECONDS: Final = (0.03, 0.08)
MODIFIERS: Final = {"ctrl": KEY_CONTROL, "shift": KEY_SHIFT, "alt": KEY_ALT}
_SHIFTED: Final = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./", strict=True))


class EditedWindow(TextWindow):
    """A window of a toolkit with the fields of `edited_window.py`.

    Args:
        rig: the bus that it is on.
        toolkit: `gtk3` or `qt`.

    """

    def __init__(self, rig: AccessibilityRig, toolkit: str) -> None:
        super().__init__(rig.display)
        self._toolkit = toolkit
        self._rest = b""
        self.field = "line"

    def _command(self, path: Path) -> list[str]:
        if self._toolkit == "qt" and not Path("/usr/lib/python3/dist-packages/PyQt6").is_dir():
            pytest.skip("PyQt6 is missing: apt install python3-pyqt6")
        if self._toolkit == "gtk3":
            need_file("*/girepository-1.0/Gtk-3.0.typelib", "gir1.2-gtk-3.0")
        return [need(SYSTEM_PYTHON, "python3-gi"), str(SCRIPT), self._toolkit, str(path)]

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            fact = json.loads(line)
            if "window" in fact:
                self._found(fact["window"])
            elif fact["field"] == self.field:
                self._became(fact.get("text", "(hidden)"))

    def begin(self, field: str, text: str = "") -> None:
        """Give a field the focus, with a text in it."""
        self.field = field
        before = len(self.history)
        self._order(field=field, text=text)
        self.wait_until(lambda now: len(self.history) > before and now == text, f"{field} to have the focus")

    def hide(self) -> None:
        """Hide what is written in the field, as a box to tick does."""
        self._order(hide=self.field)
        self.wait_until(lambda now: now == "(hidden)", "what is written to be hidden")

    def _order(self, **order: Any) -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(f"{self._path}.orders")
            connection.sendall(json.dumps(order).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key, and those that are held with it; or something else that is done, by its name."""

    key: str
    held: tuple[int, ...] = ()
    is_order: bool = False


def strokes(script: str) -> Iterator[Stroke]:
    """What a script says: letters are struck as they are; `{Left 3}`, `{ctrl+shift+Left}` keys; `{!name}` orders.

    Keys have the names of X11's keysyms.
    """
    for braced, letter in re.findall(r"\{([^}]+)\}|(.)", script, flags=re.DOTALL):
        if letter:
            yield Stroke(letter)
        elif braced.startswith("!"):
            yield Stroke(braced[1:], is_order=True)
        else:
            named, _, times = braced.partition(" ")
            *held, key = named.split("+")
            for _ in range(int(times or 1)):
                yield Stroke(key, tuple(MODIFIERS[one] for one in held))


class Hands:
    """A person at the keyboard.

    Args:
        x11: the display.
        seed: of how long each key takes.

    """

    def __init__(self, x11: X11Rig, seed: int) -> None:
        self._x11 = x11
        self._random = random.Random(seed)
        self._pause = threading.Event()

    def strike(self, stroke: Stroke) -> None:
        """Strike a key, and wait for as long as a person takes until the next."""
        key, held = stroke.key, stroke.held
        if len(key) == 1 and (key.isupper() or key in _SHIFTED):
            key, held = _SHIFTED.get(key, key.lower()), (KEY_SHIFT, *held)
        self._x11.press(*held, self.keycode(Stroke(key)))
        self._pause.wait(self._random.uniform(*KEY_SECONDS))

    def keycode(self, stroke: Stroke) -> int:
        """The key of the layout that has a letter or name."""
        sym = ord(stroke.key) if len(stroke.key) == 1 else XK.string_to_keysym(stroke.key)
        keycode = self._x11.eye.keysym_to_keycode(sym)
        if not keycode:
            pytest.fail(f"the layout has no key {stroke.key!r}")
        return int(keycode)
