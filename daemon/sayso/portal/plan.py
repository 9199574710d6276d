"""How a text goes in by a portal: by keys where the layout is known to have them all, by a paste where not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sayso.portal.keyboard import Stroke
from sayso.portal.keymap import ASCII, CONTROL, CONTROLS, INSERT, SHIFT
from sayso.x11.paste_keys import Shortcut, is_terminal, shortcut, takes_primary

MOST_KEYS: Final = (
    64  # characters; a paste of more is faster, and its text can be taken back at one stroke nowhere
)

Known = Mapping[str, int]
"""The characters of the present layout → their keysyms."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is struck.

    Attributes:
        strokes: one for each character, or the one that pastes.
        is_paste: the text is lent to the clipboard before.

    """

    strokes: tuple[Stroke, ...]
    is_paste: bool


def plan(text: str, known: Known | None, application: str, *, has_clipboard: bool) -> Plan | None:
    """Choose; None where it can be done in neither way.

    Where the layout is not known all is pasted, and ASCII typed where nothing can be: most layouts have it.

    Args:
        text: to be inserted; may be empty.
        known: None where the layout is not known.
        application: as the desktop calls it; empty where it is not known.
        has_clipboard: the desktop lends one.

    """
    keys = _keys(text, (known or {}) if has_clipboard or known is not None else ASCII)
    paste = paste_stroke(known, application) if has_clipboard else None
    if paste is not None and text and (keys is None or _is_better_pasted(text, application)):
        return Plan((paste,), is_paste=True)
    return None if keys is None else Plan(keys, is_paste=False)


def paste_stroke(known: Known | None, application: str) -> Stroke | None:
    """The keys that paste the clipboard in an application; None where there are none for certain.

    A layout without a v anywhere has no Ctrl+V. Shift+Insert is on every layout, but terminals take the primary
    selection with it, which portals do not lend.
    """
    choice = shortcut(application)
    if takes_primary(application):
        return None
    letter = ord("v") if known is None else known.get("v")
    is_certain = known is not None and letter is not None
    by_insert: Stroke = (SHIFT, INSERT)
    if choice is Shortcut.SHIFT_INSERT:
        return by_insert
    if not is_certain and not is_terminal(application) and (application or known is not None):
        return by_insert
    if letter is None:
        return None
    return (CONTROL, SHIFT, letter) if choice is Shortcut.CONTROL_SHIFT_V else (CONTROL, letter)


def _keys(text: str, known: Known) -> tuple[Stroke, ...] | None:
    keysyms = [CONTROLS.get(character) or known.get(character) for character in text]
    return None if None in keysyms else tuple((keysym,) for keysym in keysyms if keysym is not None)


def _is_better_pasted(text: str, application: str) -> bool:
    """A line break by a key sends or runs what stands there, and single keys may be commands in a terminal."""
    return len(text) > MOST_KEYS or not CONTROLS.keys().isdisjoint(text) or is_terminal(application)
