"""What pynput calls our keys, and whether it can watch them; loads nothing, for whoever only checks settings."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping

from sayso.config.chords import Chord, Modifier
from sayso.errors import HotkeyError
from sayso.hotkeys.facts import Action

MODIFIERS = {
    Modifier.CTRL: "<ctrl>",
    Modifier.ALT: "<alt>",
    Modifier.SHIFT: "<shift>",
    Modifier.SUPER: "<cmd>",
}
CHARACTERS = {
    "minus": "-",
    "equal": "=",
    "bracketleft": "[",
    "bracketright": "]",
    "semicolon": ";",
    "apostrophe": "'",
    "grave": "`",
    "backslash": "\\",
    "comma": ",",
    "period": ".",
    "slash": "/",
}
NAMES = {"escape": "esc", "print": "print_screen"}


def for_pynput(chords: Mapping[Action, Chord]) -> dict[Action, str]:
    """All chords in pynput's own writing.

    Raises:
        HotkeyError: pynput is not installed, or does not know a key.

    """
    if importlib.util.find_spec("pynput") is None:
        raise HotkeyError(
            'hotkeys.backend: pynput is not installed; pip install "sayso[pynput]", or set it to x11'
        )
    return {action: written_for_pynput(chord, f"hotkeys.{action.value}") for action, chord in chords.items()}


def written_for_pynput(chord: Chord, setting: str) -> str:
    """A chord in pynput's own writing, such as `<cmd>+<alt>+d`.

    Raises:
        HotkeyError: pynput does not know one of its keys.

    """
    name = chord.key.name
    if Modifier.HYPER in chord.modifiers or (name[0] == "f" and name[1:].isdigit() and int(name[1:]) > 20):
        raise HotkeyError(
            f"{setting}: {str(chord)!r} is beyond pynput; choose another key, or hotkeys.backend: x11"
        )
    written = CHARACTERS.get(name, name if len(name) == 1 else f"<{NAMES.get(name, name)}>")
    return "+".join([*(MODIFIERS[modifier] for modifier in chord.modifiers), written])
