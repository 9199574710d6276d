"""Dead keys that are struck while our engine is on.

A client leaves accents to the engine: GTK's drops a dead key that the engine does not take. The person's is soon
on again, but that key would be lost.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Keysyms (`X11/keysymdef.h`): the mark that is put on a letter, and the sign that stands for it alone.
DEAD = {
    0xFE50: ("\N{COMBINING GRAVE ACCENT}", "`"),
    0xFE51: ("\N{COMBINING ACUTE ACCENT}", "\N{ACUTE ACCENT}"),
    0xFE52: ("\N{COMBINING CIRCUMFLEX ACCENT}", "^"),
    0xFE53: ("\N{COMBINING TILDE}", "~"),
    0xFE54: ("\N{COMBINING MACRON}", "\N{MACRON}"),
    0xFE55: ("\N{COMBINING BREVE}", "\N{BREVE}"),
    0xFE56: ("\N{COMBINING DOT ABOVE}", "\N{DOT ABOVE}"),
    0xFE57: ("\N{COMBINING DIAERESIS}", '"'),
    0xFE58: ("\N{COMBINING RING ABOVE}", "\N{DEGREE SIGN}"),
    0xFE59: ("\N{COMBINING DOUBLE ACUTE ACCENT}", "\N{DOUBLE ACUTE ACCENT}"),
    0xFE5A: ("\N{COMBINING CARON}", "\N{CARON}"),
    0xFE5B: ("\N{COMBINING CEDILLA}", "\N{CEDILLA}"),
    0xFE5C: ("\N{COMBINING OGONEK}", "\N{OGONEK}"),
    0xFE60: ("\N{COMBINING DOT BELOW}", "."),
}
SPACE, BACKSPACE, ESCAPE = 0x20, 0xFF08, 0xFF1B
UNICODE_KEYSYMS = 0x0100_0000
LATIN_1 = range(0x20, 0x100)


@dataclass(frozen=True, slots=True)
class Struck:
    """What becomes of a key.

    Attributes:
        waiting: the dead key that waits for a letter now; None where none does.
        is_taken: the client gets nothing of the key.
        text: to be committed.

    """

    waiting: int | None = None
    is_taken: bool = False
    text: str = ""


def strike(waiting: int | None, keyval: int) -> Struck:
    """What becomes of a key that is no modifier.

    Args:
        waiting: the dead key before it.
        keyval: its keysym.

    """
    if waiting is None:
        return Struck(keyval, is_taken=True) if keyval in DEAD else Struck()
    mark, alone = DEAD[waiting]
    if keyval in (SPACE, waiting):
        return Struck(is_taken=True, text=alone)
    if keyval in (BACKSPACE, ESCAPE):
        return Struck(is_taken=True)
    letter = _character(keyval)
    whole = unicodedata.normalize("NFC", letter + mark)
    if letter and len(whole) == 1:
        return Struck(is_taken=True, text=whole)
    return Struck(text=alone)


def _character(keyval: int) -> str:
    if keyval in LATIN_1:
        return chr(keyval)
    point = keyval - UNICODE_KEYSYMS
    return chr(point) if 0x100 <= point <= 0x10FFFF else ""
