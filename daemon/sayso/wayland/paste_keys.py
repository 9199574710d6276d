"""Which shortcut pastes in which application, by its app_id."""

from __future__ import annotations

from sayso.wayland.keymap import INSERT, Held, Stroke, V
from sayso.x11 import paste_keys
from sayso.x11.paste_keys import CONTROL_SHIFT_V_TERMINALS, Shortcut

# In lower case; most app_ids are the classes that the same programs have on X11.
TERMINALS = CONTROL_SHIFT_V_TERMINALS | frozenset(
    [
        "app.devsuite.ptyxis",
        "com.gexperts.tilix",
        "com.raggesilver.blackbox",
        "com.system76.cosmicterm",
        "dev.warp.warp",
        "foot",
        "footclient",
        "havoc",
        "io.elementary.terminal",
        "org.contourterminal.contour",
        "org.kde.konsole",
        "org.kde.yakuake",
        "org.xfce.terminal",
        "wayst",
    ]
)
STROKES = {
    Shortcut.CONTROL_V: Stroke(V, Held.CONTROL),
    Shortcut.CONTROL_SHIFT_V: Stroke(V, Held.CONTROL | Held.SHIFT),
    Shortcut.SHIFT_INSERT: Stroke(INSERT, Held.SHIFT),
}


def is_terminal(application: str) -> bool:
    """Whether the application of that app_id is a terminal, in which single keys may be commands."""
    return application.lower() in TERMINALS or paste_keys.is_terminal(application)


def shortcut(application: str) -> Shortcut:
    """The shortcut that pastes in the application of that app_id."""
    if application.lower() in TERMINALS:
        return Shortcut.CONTROL_SHIFT_V
    return paste_keys.shortcut(application)
