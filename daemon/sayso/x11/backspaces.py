"""How many times BackSpace must be struck to take back characters, and what is known of the text before them."""

from __future__ import annotations

import unicodedata

from sayso.events import Edit

REMEMBERED = 4096  # characters of each window
REMEMBERED_WINDOWS = 32
ZERO_WIDTH_JOINER, KEYCAP = "\u200d", "\u20e3"
EMOJI_MODIFIERS = range(0x1F3FB, 0x1F400)
REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)
VARIATION_SELECTORS = range(0xFE00, 0xFE10)
# Pango takes back a whole cluster on these scripts, and one code point on all others (Hebrew points, Arabic vowel
# signs, Thai): BACKSPACE_DELETES_CHARACTER in its break.c.
WHOLE_CLUSTER_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "HIRAGANA", "KATAKANA", "HANGUL")


class Tails:
    """What is known to stand before the cursor, in each of the windows typed into last."""

    def __init__(self) -> None:
        self._tails: dict[int, str] = {}

    def take(self, key: int) -> str:
        """What stands in a window; from now on, until `put`, nothing is known of it."""
        return self._tails.pop(key, "")

    def put(self, key: int, tail: str) -> None:
        """Remember what stands in a window, and forget the one that was not typed into for longest."""
        self._tails.pop(key, None)
        self._tails[key] = tail[-REMEMBERED:]
        if len(self._tails) > REMEMBERED_WINDOWS:
            del self._tails[next(iter(self._tails))]


def applied(tail: str, edit: Edit) -> str:
    """What stands before the cursor after an edit, as far as it is known."""
    return tail[: max(0, len(tail) - edit.delete)] + edit.insert


def backspaces(typed: str, delete: int) -> int:
    """Count the strokes that take back the last characters of what was typed.

    What one stroke removes differs between toolkits where a cluster has several code points: GTK's rule is
    followed. Where others remove less at a stroke, a part of the cluster stays; never is more removed than typed.

    Args:
        typed: what is known to stand before the cursor; what is further back is taken for plain characters.
        delete: code points to take back.

    """
    tail = typed[-delete:] if delete else ""
    strokes = delete - len(tail)
    previous = typed[-delete - 1] if len(typed) > delete else ""
    cluster_base = previous
    flags = 0
    for character in tail:
        flags = flags + 1 if ord(character) in REGIONAL_INDICATORS else 0
        if not _continues(cluster_base, previous, character, flags):
            strokes += 1
            cluster_base = character
        previous = character
    return strokes


def _continues(base: str, previous: str, character: str, flags: int) -> bool:
    """Whether a character is removed together with the one before it."""
    if not previous:
        return False
    point = ord(character)
    if previous == ZERO_WIDTH_JOINER or character in (ZERO_WIDTH_JOINER, KEYCAP):
        return _is_symbol(base) or base.isdigit() or base in "#*"
    if point in EMOJI_MODIFIERS or point in VARIATION_SELECTORS:
        return True
    if flags:
        return flags % 2 == 0
    return bool(unicodedata.combining(character)) and (
        unicodedata.name(base, "").startswith(WHOLE_CLUSTER_SCRIPTS) or _is_symbol(base)
    )


def _is_symbol(character: str) -> bool:
    return unicodedata.category(character) == "So"
