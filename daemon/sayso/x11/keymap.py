"""Which keys to strike for a character, under the layout as it is now: pure functions of a keymap and its state.

Every key is pressed on paper with each set of modifiers that can be pressed, as the server and an application
would do it ("The X Keyboard Extension: Protocol Specification", sections 4.2, 7 and 12.1), and what comes out is
read backwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sayso.x11.keysyms import (
    BACKSPACE,
    CONTROL_KEYSYMS,
    INSERT,
    LATIN_V,
    LEVEL3_SHIFT,
    NO_SYMBOL,
    SHIFT_KEYSYMS,
    character,
)
from sayso.x11.xkb import CONTROL, LOCK, MOD1, MOD4, SHIFT, Keymap

GROUP_COUNT = 4
LAST_ON_EVERY_KEYBOARD = 94  # evdev keycodes: the letter block and the key beside the left Shift; then come others
CLAMPED, REDIRECTED = 0x40, 0x80  # of a key's group_info: what a group that the key does not have becomes


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key struck once while others are held.

    Attributes:
        keycode: the key.
        held: keycodes to press before and let go after, in order.

    """

    keycode: int
    held: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PasteKeys:
    """The keys of the shortcuts that paste; None for one that this keyboard cannot strike."""

    control_v: Stroke | None
    control_shift_v: Stroke | None
    shift_insert: Stroke | None


def character_strokes(keymap: Keymap, group: int, locked: int) -> dict[str, Stroke]:
    """How to write each character that the layout has.

    Args:
        keymap: the layout.
        group: the effective one, from 0.
        locked: modifiers that are locked (Caps Lock, Num Lock).

    Returns:
        Empty where a locked modifier would make shortcuts of letters. The keys that every keyboard has win, as
        remote desktops and virtual machines know those best; then the fewest modifiers.

    """
    if locked & (CONTROL | MOD1 | MOD4):
        return {}
    strokes: dict[str, Stroke] = {}
    everywhere = [keycode for keycode in keymap.keys if keycode <= LAST_ON_EVERY_KEYBOARD]
    elsewhere = [keycode for keycode in keymap.keys if keycode > LAST_ON_EVERY_KEYBOARD]
    for keycodes in (everywhere, elsewhere):
        for held, pressed in _press_sets(keymap, group):
            for keycode in keycodes:
                written = character(keysym_of(keymap, keycode, group, locked | pressed))
                if written is not None:
                    strokes.setdefault(written, Stroke(keycode, held))
    return strokes


def keysym_of(keymap: Keymap, keycode: int, group: int, modifiers: int) -> int:
    """The keysym that an application makes of a key; NO_SYMBOL for none, or where applications differ."""
    key = keymap.keys[keycode]
    in_group = _group_on_key(key.group_info, group)
    if in_group is None or not key.width:
        return NO_SYMBOL
    key_type = keymap.types[key.types[in_group]]
    level, preserved = key_type.levels.get(modifiers & key_type.modifiers, (0, 0))
    at = in_group * key.width + level
    keysym = key.keysyms[at] if level < key.width and at < len(key.keysyms) else NO_SYMBOL
    # A Lock that the type leaves alone makes capitals in Xlib's eyes; toolkits of their own see it otherwise.
    if modifiers & LOCK & ~(key_type.modifiers & ~preserved) and _has_case(keysym):
        return NO_SYMBOL
    return keysym


def paste_keys(keymap: Keymap) -> PasteKeys:
    """The keys that paste. Shortcuts are translated by toolkits across groups, so v counts in any group."""
    control, shift = _modifier_key(keymap, CONTROL, CONTROL_KEYSYMS), _modifier_key(keymap, SHIFT, SHIFT_KEYSYMS)
    v, insert = _key_with(keymap, LATIN_V), _key_with(keymap, INSERT)
    return PasteKeys(
        Stroke(v, (control,)) if v and control else None,
        Stroke(v, (control, shift)) if v and control and shift else None,
        Stroke(insert, (shift,)) if insert and shift else None,
    )


def backspace_stroke(keymap: Keymap) -> Stroke | None:
    """The key that deletes backwards; None where this keyboard has none."""
    keycode = _key_with(keymap, BACKSPACE)
    return Stroke(keycode) if keycode else None


def silent_key(keysyms: Iterable[tuple[int, Iterable[int]]]) -> int | None:
    """A key that means nothing to anybody, but is one; None where every key has a meaning.

    Args:
        keysyms: what is on each keycode, in any group, with any modifiers.

    """
    return next((keycode for keycode, on_key in keysyms if not any(on_key)), None)


def _press_sets(keymap: Keymap, group: int) -> list[tuple[tuple[int, ...], int]]:
    """Sets of keys to hold, fewest first, each with the modifiers that it presses."""
    shift = _modifier_key(keymap, SHIFT, SHIFT_KEYSYMS)
    level3 = _modifier_key(keymap, 0xFF & ~(SHIFT | LOCK | CONTROL), frozenset({LEVEL3_SHIFT}), group)
    third = keymap.modifiers.get(level3, 0) if level3 else 0
    sets: list[tuple[tuple[int, ...], int]] = [((), 0)]
    if shift:
        sets.append(((shift,), SHIFT))
    if level3:
        sets.append(((level3,), third))
    if shift and level3:
        sets.append(((shift, level3), SHIFT | third))
    return sets


def _modifier_key(keymap: Keymap, modifiers: int, keysyms: frozenset[int], group: int = 0) -> int | None:
    """The lowest key with one of these keysyms that presses one of these modifiers."""
    for keycode, pressed in sorted(keymap.modifiers.items()):
        if pressed & modifiers and keycode in keymap.keys and keysym_of(keymap, keycode, group, 0) in keysyms:
            return keycode
    return None


def _key_with(keymap: Keymap, keysym: int) -> int | None:
    """The key that has a keysym when nothing else is pressed, in whatever group."""
    for group in range(GROUP_COUNT):
        for keycode in sorted(keymap.keys):
            if keysym_of(keymap, keycode, group, 0) == keysym:
                return keycode
    return None


def _group_on_key(group_info: int, group: int) -> int | None:
    """Which of a key's groups an effective group chooses; None for a key without any."""
    count = group_info & 0x0F
    if not count:
        return None
    if group < count:
        return group
    if group_info & 0xC0 == REDIRECTED:
        redirected = group_info >> 4 & 0x03
        return redirected if redirected < count else 0
    return count - 1 if group_info & 0xC0 == CLAMPED else group % count


def _has_case(keysym: int) -> bool:
    written = character(keysym)
    return written is not None and (written.upper() != written or written.lower() != written)
