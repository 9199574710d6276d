"""What a hotkey is called: names → a chord of modifiers and one key."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from sayso.config.fault import SHOWN_CHARACTERS, shown
from sayso.errors import ConfigError

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


def parse_chord(text: str) -> Chord:
    """Read a key with its modifiers, such as `super+alt+d`; capitals do not matter.

    Raises:
        ConfigError: a name that is none, or a key that cannot be a hotkey; the message says why and what would
            do, but not where.

    """
    names = [ALIASES.get(name, name) for name in (part.strip().lower() for part in text.split("+"))]
    if not all(names):
        raise ConfigError(f"no key on one side of a '+' in {shown(text)}; write it like super+alt+d, or none")
    for name in names:
        if name not in MODIFIERS and name not in KEYS:
            whole = f" in {shown(text)}" if len(names) > 1 else ""
            raise ConfigError(f"unknown key {shown(name)}{whole}; {_nearest(name, alone=len(names) == 1)}")
    modifiers = frozenset(MODIFIERS[name] for name in names if name in MODIFIERS)
    keys = [KEYS[name] for name in names if name in KEYS]
    if not keys:
        example = Chord(modifiers, KEYS["f9" if modifiers <= {Modifier.SHIFT} else "d"])
        raise ConfigError(f"only modifiers in {shown(text)}; add a key, such as {example}")
    if len(keys) > 1:
        two = " and ".join(key.name for key in keys[:2])
        raise ConfigError(f"more than one key ({two}) in {shown(text)}; only modifiers can be combined")
    chord = Chord(modifiers, keys[0])
    if chord.key.types and modifiers <= {Modifier.SHIFT}:
        raise ConfigError(
            f"{shown(text)} would take {chord.key.name} away from every window; add a modifier, such as "
            f"super+alt+{chord.key.name}, or take a key that types nothing, such as pause or f9"
        )
    return chord


def _nearest(name: str, *, alone: bool) -> str:
    known = [*MODIFIERS, *KEYS, *([NONE] if alone else [])]
    words = [word for word in known if len(word) > 1]  # a letter is near to any short word that has it
    near = get_close_matches(name[:SHOWN_CHARACTERS], words, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    others = ", ".join(key.name for key in KEYS.values() if len(key.name) > 1 and not key.name[1:].isdigit())
    return f"modifiers: {', '.join(MODIFIERS)}; keys: a to z, 0 to 9, f1 to f24, {others}{'; or none' * alone}"
