"""The desktop portals: what a Wayland desktop lets programs do, where the person has agreed to it.

`requests.py` is how any of them is asked. `desk.py`, with `keyboard.py` (RemoteDesktop) and `clipboard.py`
(Clipboard), is the edge of the typist of `typist/portal.py`; `plan.py`, `keymap.py` and `layout.py` decide what is
struck. `shortcuts.py` (GlobalShortcuts) is what the hotkeys of `hotkeys/portal.py` say. `held.py` tells the one of
the keys that the other knows to be down.
"""

from typing import Final

DESKTOP: Final = "org.freedesktop.portal.Desktop"
PATH: Final = "/org/freedesktop/portal/desktop"
REMOTE_DESKTOP: Final = "org.freedesktop.portal.RemoteDesktop"
CLIPBOARD: Final = "org.freedesktop.portal.Clipboard"
GLOBAL_SHORTCUTS: Final = "org.freedesktop.portal.GlobalShortcuts"
SETTINGS: Final = "org.freedesktop.portal.Settings"

APP_ID: Final = "org.sayso.Sayso"
"""What portals know this program by; `APP_ID.desktop` among the applications describes it."""
