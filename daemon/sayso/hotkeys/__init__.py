"""Hotkeys: keys that work whatever window has the focus.

`x11.py` grabs them by keycode, `pynput.py` watches for them where no grab is possible; `opening.py` chooses, and
checks what can be known beforehand. What the settings call a key is `config/chords.py`'s.
"""

from sayso.hotkeys.facts import Hotkeys
from sayso.hotkeys.opening import check, open_hotkeys

__all__ = ["Hotkeys", "check", "open_hotkeys"]
