"""Which shortcut pastes in which application, and which selection it takes."""

from __future__ import annotations

from enum import StrEnum


class Shortcut(StrEnum):
    """A shortcut that pastes."""

    CONTROL_V = "Ctrl+V"
    CONTROL_SHIFT_V = "Ctrl+Shift+V"
    SHIFT_INSERT = "Shift+Insert"


# Classes of WM_CLASS, in lower case.
CONTROL_SHIFT_V_TERMINALS = frozenset(
    [
        "alacritty",
        "blackbox",
        "com.mitchellh.ghostty",
        "contour",
        "cool-retro-term",
        "cosmic-term",
        "deepin-terminal",
        "foot",
        "footclient",
        "ghostty",
        "gnome-terminal",
        "gnome-terminal-server",
        "guake",
        "hyper",
        "kgx",
        "kitty",
        "konsole",
        "lxterminal",
        "mate-terminal",
        "org.gnome.console",
        "org.gnome.ptyxis",
        "org.gnome.terminal",
        "org.wezfurlong.wezterm",
        "pantheon-terminal",
        "ptyxis",
        "qterminal",
        "rio",
        "sakura",
        "tabby",
        "terminator",
        "terminology",
        "termite",
        "tilda",
        "tilix",
        "warp",
        "wezterm",
        "xfce4-terminal",
        "yakuake",
    ]
)
SHIFT_INSERT_TERMINALS = frozenset(
    ["aterm", "eterm", "kterm", "mlterm", "mrxvt", "rxvt", "st", "st-256color", "urxvt", "uxterm", "xterm"]
)
# Ctrl+V means something else there: quoting the next key in Emacs, selecting a block in Vim.
SHIFT_INSERT_EDITORS = frozenset(["emacs", "gvim"])


def is_terminal(application: str) -> bool:
    """Whether the application of that class is a terminal, in which single keys may be commands."""
    return application.lower() in CONTROL_SHIFT_V_TERMINALS | SHIFT_INSERT_TERMINALS


def takes_primary(application: str) -> bool:
    """Whether Shift+Insert pastes the primary selection in the application of that class, not the clipboard."""
    return application.lower() in SHIFT_INSERT_TERMINALS


def shortcut(application: str) -> Shortcut:
    """The shortcut that pastes in the application of that class."""
    name = application.lower()
    if name in CONTROL_SHIFT_V_TERMINALS:
        return Shortcut.CONTROL_SHIFT_V
    if name in SHIFT_INSERT_TERMINALS | SHIFT_INSERT_EDITORS:
        return Shortcut.SHIFT_INSERT
    return Shortcut.CONTROL_V
