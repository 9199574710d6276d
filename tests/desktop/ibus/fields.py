"""Windows with a field that take text from an input method, and tell what it shows and commits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.desktop.rig.ibus import stopped
from tests.desktop.rig.programs import SYSTEM_PYTHON, need
from tests.desktop.rig.windows import TextWindow, XtermWindow
from tests.desktop.rig.x11 import X11Rig

HERE = Path(__file__).parent


class Field(TextWindow):
    """A window of GTK 3 with one field.

    Args:
        x11: the display it is on.
        kind: `entry`, `view`, `password`, `pin`, or `short`: that takes no more than three characters.

    Attributes:
        preedits: all that was shown as preedit, in order.

    """

    def __init__(self, x11: X11Rig, kind: str = "entry") -> None:
        super().__init__(x11)
        self._kind = kind
        self._rest = b""
        self.preedits: list[str] = []

    def _command(self, path: Path) -> list[str]:
        script = str(HERE / "field_window.py")
        return [need(SYSTEM_PYTHON, "python3-gi gir1.2-gtk-3.0"), script, self._kind, str(path)]

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            fact = json.loads(line)
            if "window" in fact:
                self._found(fact["window"])
            elif "preedit" in fact:
                with self._changed:
                    self.preedits.append(fact["preedit"])
                    self._changed.notify_all()
            else:
                self._became(fact["text"])

    @property
    def preedit(self) -> str:
        """What is shown as preedit now."""
        return self.preedits[-1] if self.preedits else ""

    def wait_for_preedit(self, text: str) -> None:
        """Wait until exactly this is shown as preedit."""
        self.wait_until(lambda _: self.preedit == text, f"the preedit {text!r}")

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Its program does nothing meanwhile."""
        assert self._program is not None
        with stopped(self._program):
            yield


@contextmanager
def without_input_method(x11: X11Rig) -> Iterator[XtermWindow]:
    """A window with the focus whose program knows nothing of input methods."""
    before = x11.env["XMODIFIERS"]
    x11.env["XMODIFIERS"] = "@im=none"
    try:
        with XtermWindow(x11) as window:
            yield window
    finally:
        x11.env["XMODIFIERS"] = before
