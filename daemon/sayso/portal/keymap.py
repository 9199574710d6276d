"""Which characters a layout has, and by which keysyms a compositor finds them.

A compositor looks for a keysym among those of its keymap, by equality, and drops one that it does not find without
a word (mutter's `pick_keycode_for_keyval_in_current_group_in_impl`; the portal has answered by then). So what may
be typed must be known beforehand: the Hebrew shin of the layout `il` is `hebrew_shin`, and not that of Unicode.
mutter takes the first key that has it on whatever level, and knows the modifiers of the first three levels only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from sayso.xkbcommon import Keymap, compiled

LEVELS: Final = 3  # plain, Shift, AltGr
KEYPAD: Final = range(0xFF80, 0xFFC0)  # typed by these, a character depends on NumLock
DELETE: Final = 0x7F
RETURN, TAB, BACKSPACE, INSERT = 0xFF0D, 0xFF09, 0xFF08, 0xFF63
SHIFT, CONTROL = 0xFFE1, 0xFFE3
CONTROLS: Final = {"\n": RETURN, "\t": TAB}
ASCII: Final = {chr(point): point for point in range(0x20, DELETE)}
"""What nearly every Latin layout has, for where the layout cannot be found out."""


@lru_cache(maxsize=16)
def characters(layout: str, variant: str = "") -> Mapping[str, int] | None:
    """Character → keysym, for the first group of a layout; None where it cannot be compiled here.

    Takes 7 ms the first time for each layout.

    Args:
        layout: as X11 calls it, such as `de`.
        variant: such as `dvorak`.

    """
    with compiled(layout, variant) as keymap:
        if keymap is None:
            return None
        return {
            character: keysym
            for keysym in _found(keymap)
            if (character := _character(keymap.code_point(keysym), keysym)) is not None
        }


def _character(point: int, keysym: int) -> str | None:
    return chr(point) if point >= 0x20 and point != DELETE and keysym not in KEYPAD else None


def _found(keymap: Keymap) -> Iterator[int]:
    """The keysyms of which the first key that has them has them on a level that can be reached."""
    seen: set[int] = set()
    for keycode in keymap.keycodes[:-1]:  # mutter stops before the last
        for level, keysyms in enumerate(keymap.levels(keycode)):
            for keysym in keysyms:
                if keysym not in seen and level < LEVELS:
                    yield keysym
                seen.add(keysym)
