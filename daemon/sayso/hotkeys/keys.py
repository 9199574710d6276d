"""What the settings call a key: names → a chord of modifiers and one key."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sayso.config.settings import HotkeySettings
from sayso.errors import HotkeyError
from sayso.hotkeys.facts import Action

NONE = "none"


class Modifier(StrEnum):
    """A key that is held while another is struck."""

    CTRL = "ctrl"
    ALT = "alt"
    SHIFT = "shift"
    SUPER = "super"
    HYPER = "hyper"


MODIFIERS = {
    "ctrl": Modifier.CTRL,
    "control": Modifier.CTRL,
    "alt": Modifier.ALT,
    "shift": Modifier.SHIFT,
    "super": Modifier.SUPER,
    "win": Modifier.SUPER,
    "windows": Modifier.SUPER,
    "meta": Modifier.SUPER,  # as KDE calls it; what X11 calls Meta is on no keyboard sold today
    "hyper": Modifier.HYPER,
}

ALIASES = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "print_screen": "print",
    "pgup": "page_up",
    "pgdn": "page_down",
    "`": "grave",
    "-": "minus",
    "=": "equal",
    "[": "bracketleft",
    "]": "bracketright",
    ";": "semicolon",
    "'": "apostrophe",
    "\\": "backslash",
    ",": "comma",
    ".": "period",
    "/": "slash",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key that can be a hotkey.

    Attributes:
        name: as the settings write it.
        keysym: what X11 calls the character or function on it.
        keycode: where it is on a US keyboard, by the numbers of evdev (Linux's own plus 8).
        types: it puts a character into a text or moves about in it, so that nobody can do without it.

    """

    name: str
    keysym: str
    keycode: int
    types: bool


def _row(names: list[str], first_keycode: int) -> list[Key]:
    return [Key(name, name, first_keycode + place, types=True) for place, name in enumerate(names)]


_WRITING = [
    *_row([*"1234567890", "minus", "equal"], 10),
    *_row([*"qwertyuiop", "bracketleft", "bracketright"], 24),
    *_row([*"asdfghjkl", "semicolon", "apostrophe", "grave"], 38),
    *_row(["backslash", *"zxcvbnm", "comma", "period", "slash"], 51),
    Key("space", "space", 65, types=True),
    Key("tab", "Tab", 23, types=True),
    Key("enter", "Return", 36, types=True),
    Key("backspace", "BackSpace", 22, types=True),
    Key("delete", "Delete", 119, types=True),
    Key("home", "Home", 110, types=True),
    Key("end", "End", 115, types=True),
    Key("page_up", "Prior", 112, types=True),
    Key("page_down", "Next", 117, types=True),
    Key("up", "Up", 111, types=True),
    Key("down", "Down", 116, types=True),
    Key("left", "Left", 113, types=True),
    Key("right", "Right", 114, types=True),
]
_F_KEYCODES = [*range(67, 77), 95, 96, *range(191, 203)]  # F1 to F10, F11 and F12, F13 to F24
_FUNCTION = [
    *(Key(f"f{n}", f"F{n}", keycode, types=False) for n, keycode in enumerate(_F_KEYCODES, start=1)),
    Key("escape", "Escape", 9, types=False),
    Key("print", "Print", 107, types=False),
    Key("scroll_lock", "Scroll_Lock", 78, types=False),
    Key("pause", "Pause", 127, types=False),
    Key("insert", "Insert", 118, types=False),
    Key("menu", "Menu", 135, types=False),
]
KEYS = {key.name: key for key in (*_WRITING, *_FUNCTION)}


@dataclass(frozen=True, slots=True)
class Chord:
    """A key and the modifiers that are held with it."""

    modifiers: frozenset[Modifier]
    key: Key

    def __str__(self) -> str:
        held = [modifier.value for modifier in _ORDER if modifier in self.modifiers]
        return "+".join([*held, self.key.name])


_ORDER = (Modifier.CTRL, Modifier.SUPER, Modifier.HYPER, Modifier.ALT, Modifier.SHIFT)


def chords_from(settings: HotkeySettings) -> dict[Action, Chord]:
    """Read the hotkeys; those that are `none` are left out.

    Raises:
        HotkeyError: a name that is none, a key that cannot be one, or one key for two actions; the message
            names the setting, its value and what would do.

    """
    written: Mapping[Action, str] = {
        Action.TOGGLE: settings.toggle,
        Action.HOLD: settings.hold,
        Action.CANCEL: settings.cancel,
        Action.UNDO: settings.undo,
    }
    chords: dict[Action, Chord] = {}
    for action, text in written.items():
        if text.strip().lower() == NONE:
            continue
        chord = parse_chord(text, setting=f"hotkeys.{action.value}")
        for other, taken in chords.items():
            if taken == chord:
                raise HotkeyError(
                    f"hotkeys.{action.value}: {text!r} is the key of hotkeys.{other.value} too; give each "
                    "its own, or none"
                )
        chords[action] = chord
    return chords


def parse_chord(text: str, setting: str) -> Chord:
    """Read a key with its modifiers, such as `super+alt+d`; capitals do not matter.

    Args:
        text: as written in the settings.
        setting: its name, for messages.

    Raises:
        HotkeyError: as `chords_from`.

    """
    names = [ALIASES.get(name, name) for name in (part.strip().lower() for part in text.split("+"))]
    if not all(names):
        raise _refused(text, setting, "names no key on one side of a '+'; write it like super+alt+d, or none")
    for name in names:
        if name not in MODIFIERS and name not in KEYS:
            raise _refused(text, setting, f"has no key of sayso's in it called {name!r}; {_nearest(name)}")
    keys = [KEYS[name] for name in names if name in KEYS]
    if not keys:
        raise _refused(text, setting, f"has only modifiers; add a key, such as {text}+d")
    if len(keys) > 1:
        two = " and ".join(key.name for key in keys)
        raise _refused(text, setting, f"has more than one key ({two}); only modifiers can be combined")
    chord = Chord(frozenset(MODIFIERS[name] for name in names if name in MODIFIERS), keys[0])
    if chord.key.types and chord.modifiers <= {Modifier.SHIFT}:
        raise _refused(
            text,
            setting,
            f"would take {chord.key.name} away from every window; add a modifier, such as "
            f"super+alt+{chord.key.name}, or take a key that types nothing, such as pause or f9",
        )
    return chord


def _refused(text: str, setting: str, why: str) -> HotkeyError:
    return HotkeyError(f"{setting}: {text!r} {why}")


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, [*MODIFIERS, *KEYS], n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    others = ", ".join(key.name for key in KEYS.values() if len(key.name) > 1 and not key.name[1:].isdigit())
    return f"modifiers: {', '.join(MODIFIERS)}; keys: a to z, 0 to 9, f1 to f24, {others}"
