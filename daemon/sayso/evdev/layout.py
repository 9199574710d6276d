"""Which key writes a character under a layout, found by pressing all of them on paper."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from sayso.evdev.wire import KEY_LEFT_SHIFT, KEY_RIGHT_ALT, X_OFFSET
from sayso.xkbcommon import Keymap, compiled

Layout = Mapping[str, tuple[int, frozenset[str]]]
"""Character → the key that writes it, as Linux numbers keys, and what is held meanwhile (of HOLD_KEYS)."""

HOLD_KEYS: Final = {"shift": KEY_LEFT_SHIFT, "altgr": KEY_RIGHT_ALT}
# The letter block; space; the keys that European, Brazilian and Japanese keyboards have more. Not the keypad:
# without NumLock its keys mean something else.
KEYS: Final = (*range(2, 14), *range(16, 28), *range(30, 42), *range(43, 54), 57, 86, 89, 124)
FIRST_PRINTABLE, DELETE, LAST_CONTROL = 0x20, 0x7F, 0x9F


@lru_cache(maxsize=16)
def layout_named(name: str = "us", variant: str = "") -> Layout | None:
    """What a layout writes with which keys; None where it cannot be found out here. Takes some ms the first time.

    Line breaks and tabs are in none: by a key they send, run or leave what stands there.

    Args:
        name: as X11 calls it, such as `de`.
        variant: such as `dvorak`.

    """
    with compiled(name, variant) as keymap:
        return None if keymap is None else _press_all(keymap)


def under_caps_lock(layout: Layout) -> Layout:
    """What is written with CapsLock on: of an ASCII letter, the other case; what has case else is left out.

    Whether é becomes É depends on layout and application. Empty for a layout of another script: on some of those
    (Hebrew) it writes Latin capitals.
    """
    if layout.get("a", (None,))[0] != layout.get("A", (0,))[0]:
        return {}
    strokes = {}
    for character, stroke in layout.items():
        other = character.swapcase()
        if other == character:
            strokes[character] = stroke
        elif character.isascii() and layout.get(other, (None,))[0] == stroke[0]:
            strokes[other] = stroke
    return strokes


def _press_all(keymap: Keymap) -> Layout:
    strokes: dict[str, tuple[int, frozenset[str]]] = {}
    for held in (held for size in range(len(HOLD_KEYS) + 1) for held in itertools.combinations(HOLD_KEYS, size)):
        with keymap.keyboard() as keyboard:
            for name in held:
                keyboard.move(HOLD_KEYS[name] + X_OFFSET, is_down=True)
            for key in KEYS:
                point = keyboard.code_point(key + X_OFFSET)
                if point >= FIRST_PRINTABLE and not DELETE <= point <= LAST_CONTROL:
                    strokes.setdefault(chr(point), (key, frozenset(held)))
    return strokes
