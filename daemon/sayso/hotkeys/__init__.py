"""Hotkeys: keys that work whatever window has the focus.

`x11.py` grabs them by keycode, `portal.py` has a Wayland desktop watch them, `evdev.py` reads the keyboards,
`pynput.py` watches where no grab is possible. `opening.py` chooses, and checks what can be known beforehand;
`waiting.py` chooses once there is a session. What the settings call a key is `config/chords.py`'s; what it does to
the microphone, `sayso/listening.py`'s.
"""

from sayso.hotkeys.facts import Hotkeys
from sayso.hotkeys.opening import check, open_hotkeys

__all__ = ["Hotkeys", "check", "open_hotkeys"]
