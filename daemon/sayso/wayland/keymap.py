"""Characters → keys, on a keymap of our own: that of a US keyboard, and free keys that are given what it lacks.

Letters are where programs that go by the key's place expect them, shortcuts too. Whatever layout the person has,
the compositor gives our keymap to the window together with our keys, and theirs with their next key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag

FIRST_KEYCODE = 8  # of XKB, for what the kernel calls 0
# The kernel's F13 and what follows; GTK 3 looks for shortcuts on all keys but the last.
SPARE_KEYS = range(183, 247)
LAST_KEY = 247
ROWS = (
    (41, "`", "~"),
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'", 'ASDFGHJKL:"'),
    (43, "\\", "|"),
    (44, "zxcvbnm,./", "ZXCVBNM<>?"),
    (57, " ", " "),
)
BACKSPACE, INSERT, V = 14, 110, 47
CONTROL, SHIFT = 29, 42
NAMED = {BACKSPACE: "BackSpace", 15: "Tab", 28: "Return", CONTROL: "Control_L", SHIFT: "Shift_L", INSERT: "Insert"}


class Held(IntFlag):
    """Modifiers, as XKB's mask of real ones."""

    NOTHING = 0
    SHIFT = 1
    CONTROL = 4


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key pressed and let go: its code as the kernel numbers it, and what is held meanwhile."""

    key: int
    held: Held = Held.NOTHING


def plain_strokes() -> dict[str, Stroke]:
    """What a US keyboard writes."""
    strokes: dict[str, Stroke] = {}
    for first, plain, shifted in ROWS:
        for place, (lower, upper) in enumerate(zip(plain, shifted, strict=True)):
            strokes[upper] = Stroke(first + place, Held.SHIFT)
            strokes[lower] = Stroke(first + place)
    return strokes


PLAIN = plain_strokes()


def is_printable(text: str) -> bool:
    """Whether keys may write it: nothing in it that sends, runs or leaves a field, as Return and Tab do."""
    return all(character >= " " and not "\x7f" <= character <= "\x9f" for character in text)


class Assignment:
    """Which character each of the free keys writes now."""

    def __init__(self) -> None:
        self._spare: dict[str, int] = {}

    def give(self, text: str) -> bool:
        """Have a key for every character; says whether the keymap is another one then.

        Raises:
            ValueError: more different characters than there are free keys.

        """
        wanted = {character for character in text if character not in PLAIN}
        if len(wanted) > len(SPARE_KEYS):
            raise ValueError(f"{len(wanted)} different characters, but {len(SPARE_KEYS)} free keys")
        missing = sorted(wanted - self._spare.keys())
        if not missing:
            return False
        free = [key for key in SPARE_KEYS if key not in self._spare.values()]
        if len(missing) > len(free):
            self._spare, missing, free = {}, sorted(wanted), list(SPARE_KEYS)
        self._spare.update(zip(missing, free, strict=False))
        return True

    def strokes(self, text: str) -> list[Stroke]:
        """The keys that write a text, after `give`."""
        return [PLAIN.get(character) or Stroke(self._spare[character]) for character in text]

    def keymap(self) -> str:
        """The keymap, in the words of XKB; whole, so that no file of the system is needed."""
        rows = [
            (first + place, pair) for first, *both in ROWS for place, pair in enumerate(zip(*both, strict=True))
        ]
        return keymap_text(
            {
                **{key: [name] for key, name in NAMED.items()},
                **{key: [keysym(character) for character in pair] for key, pair in rows},
                **{key: [keysym(character)] for character, key in self._spare.items()},
            }
        )


def keysym(character: str) -> str:
    """XKB's name for what writes a character."""
    return f"U{ord(character):04X}"


def keymap_text(symbols: dict[int, Iterable[str]]) -> str:
    """A keymap in which each key has one level, or two of which Shift chooses."""
    keycodes = "\n".join(f"<K{key}> = {key + FIRST_KEYCODE};" for key in [*symbols, LAST_KEY])
    keys = "\n".join(_key(key, [*levels]) for key, levels in symbols.items())
    return f"""xkb_keymap {{
xkb_keycodes "sayso" {{
minimum = {FIRST_KEYCODE};
maximum = {LAST_KEY + FIRST_KEYCODE};
{keycodes}
}};
xkb_types "sayso" {{
type "ONE_LEVEL" {{ modifiers = none; level_name[Level1] = "Any"; }};
type "TWO_LEVEL" {{
modifiers = Shift; map[Shift] = Level2; level_name[Level1] = "Base"; level_name[Level2] = "Shift";
}};
}};
xkb_compatibility "sayso" {{
interpret Any + AnyOf(all) {{ action = SetMods(modifiers = modMapMods, clearLocks); }};
}};
xkb_symbols "sayso" {{
name[Group1] = "sayso";
{keys}
modifier_map Shift {{ <K{SHIFT}> }};
modifier_map Control {{ <K{CONTROL}> }};
}};
}};
"""


def _key(key: int, levels: list[str]) -> str:
    kind = "ONE_LEVEL" if len(levels) == 1 else "TWO_LEVEL"
    return f'key <K{key}> {{ type = "{kind}", symbols[Group1] = [ {", ".join(levels)} ] }};'
