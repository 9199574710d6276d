"""What a person copies, and what the clipboard holds."""

from __future__ import annotations

import subprocess

from tests.desktop.rig.programs import need
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import X11Rig


def copy(x11: X11Rig, text: str, selection: str = "clipboard") -> None:
    """Copy a text, as a person does; xclip leaves before the server knows, so its taking it is waited for."""
    x11.set_clipboard(text, selection)
    until(lambda: x11.clipboard(selection) == text, "the text to be copied")


def read(x11: X11Rig, target: str, selection: str = "clipboard") -> bytes:
    """What a selection holds in a format."""
    command = [need("xclip", "xclip"), "-out", "-selection", selection, "-target", target]
    return subprocess.run(command, env=x11.env, capture_output=True, timeout=20, check=False).stdout
