"""Hotkeys: keys that work whatever window has the focus.

`keys.py` reads what the settings call a key, `x11.py` grabs it by keycode, `pynput.py` watches for it where no
grab is possible; `opening.py` chooses, and checks what can be known beforehand.
"""

from sayso.hotkeys.facts import Action, Ask, FindDisplay, Hotkeys, Report, Standing
from sayso.hotkeys.opening import check, open_hotkeys

__all__ = ["Action", "Ask", "FindDisplay", "Hotkeys", "Report", "Standing", "check", "open_hotkeys"]
