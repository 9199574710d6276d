"""Hotkeys in the words of the GlobalShortcuts portal. Source: the XDG shortcuts specification, 0.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dbus_fast import Variant

from sayso.config.chords import Chord, Modifier
from sayso.hotkeys.facts import Action

MODIFIERS: Final = {
    Modifier.CTRL: "CTRL",
    Modifier.ALT: "ALT",
    Modifier.SHIFT: "SHIFT",
    Modifier.SUPER: "LOGO",
}
DESCRIPTIONS: Final = {
    "toggle": "Start or stop dictation",
    "hold": "Dictate while the key is held",
    "cancel": "Forget what is being said",
    "undo": "Take back what was typed last",
    "learn": "Learn from what stands here",
    "here": "Type what waits into this window",
    "back": "Go back to the window that text waits for",
    "copy": "Put what waits into the clipboard",
}


def trigger(chord: Chord) -> str | None:
    """A chord as the specification writes it, such as `LOGO+ALT+d`; None where it has no word for a modifier."""
    if not chord.modifiers <= MODIFIERS.keys():
        return None
    held = [name for modifier, name in MODIFIERS.items() if modifier in chord.modifiers]
    return "+".join([*held, chord.key.keysym])


def wanted(chords: Mapping[Action, Chord]) -> list[list[Any]]:
    """What `BindShortcuts` takes: `a(sa{sv})`."""
    return [
        [
            action.value,
            {
                "description": Variant("s", DESCRIPTIONS.get(action.value, action.value)),
                **({"preferred_trigger": Variant("s", keys)} if (keys := trigger(chord)) else {}),
            },
        ]
        for action, chord in chords.items()
    ]


def bound(shortcuts: Any) -> dict[str, str]:
    """What the portal tells of shortcuts: each id → what a person reads as its keys; nothing where it has none."""
    return {
        str(name): str(told["trigger_description"].value) if "trigger_description" in told else ""
        for name, told in shortcuts or ()
    }
