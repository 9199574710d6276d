"""Keysyms → characters."""

from __future__ import annotations

SHIFT_KEYSYMS = frozenset({0xFFE1, 0xFFE2})
LEVEL3_SHIFT = 0xFE03
CONTROL_KEYSYMS = frozenset({0xFFE3, 0xFFE4})
BACKSPACE, INSERT, LATIN_V, NO_SYMBOL = 0xFF08, 0xFF63, 0x76, 0
UNICODE = 0x0100_0000  # keysyms from here on are Unicode code points with this added
# The older keysyms of a script are the bytes of a standard with the page's number before them, as far as letters
# from a certain byte on go. Greek and Arabic agree only by half and are left out: what is not here is pasted.
CODECS = {
    0x1: ("iso8859-2", 0xA1),
    0x6: ("koi8-u", 0xC0),
    0xC: ("iso8859-8", 0xE0),
    0xD: ("iso8859-11", 0xA1),
}
EURO = 0x20AC


def character(keysym: int) -> str | None:
    """The character that a keysym writes; None for one that writes none, that is dead, or that is not known."""
    if 0x20 <= keysym <= 0x7E or 0xA0 <= keysym <= 0xFF:
        return chr(keysym)
    if UNICODE + 0x100 <= keysym <= UNICODE + 0x10FFFF:
        return chr(keysym - UNICODE)
    if keysym == EURO:
        return "€"
    page, byte = divmod(keysym, 256)
    codec, first = CODECS.get(page, ("", 0x100))
    if byte < first:
        return None
    letter = bytes([byte]).decode(codec, errors="ignore")
    return letter if letter.isalpha() else None
