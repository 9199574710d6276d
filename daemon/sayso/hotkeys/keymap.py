"""Which keycode and modifier bits a chord is on the keyboard at hand; the server's tables are arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from Xlib import XK, X

from sayso.config.chords import Chord, Modifier

KEYSYMS = {
    Modifier.CTRL: ("Control_L", "Control_R"),
    Modifier.SHIFT: ("Shift_L", "Shift_R"),
    Modifier.ALT: ("Alt_L", "Alt_R"),
    Modifier.SUPER: ("Super_L", "Super_R"),
    Modifier.HYPER: ("Hyper_L", "Hyper_R"),
}
USUAL = {
    Modifier.CTRL: X.ControlMask,
    Modifier.SHIFT: X.ShiftMask,
    Modifier.ALT: X.Mod1Mask,
    Modifier.SUPER: X.Mod4Mask,
    Modifier.HYPER: X.Mod4Mask,
}
"""Where they are on nearly every keyboard, for one whose table does not say."""
LOCKS = ("Num_Lock", "Scroll_Lock")
COLUMNS = (0, 2, 4, 6, 1, 3, 5, 7)
"""In which order a keycode's keysyms are believed: X11 lists two levels of the first group, then of the second;
what a key gives without Shift is what is written on it."""

Keycodes = Callable[[int], Iterable[tuple[int, int]]]
"""Keysym → the keycodes that have it, each with its column (`Display.keysym_to_keycodes`)."""


@dataclass(frozen=True, slots=True)
class PhysicalChord:
    """What the server knows a chord by: a keycode, and the bits of the modifiers held with it."""

    keycode: int
    modifiers: int


@dataclass(frozen=True, slots=True)
class ModifierBits:
    """Which bit of an event's state is which modifier.

    Attributes:
        bits: of each modifier.
        locks: every combination of CapsLock, NumLock and ScrollLock, with which a chord must work too.

    """

    bits: Mapping[Modifier, int]
    locks: frozenset[int]

    def of(self, modifiers: Iterable[Modifier]) -> int:
        """The bits of some modifiers together."""
        return _union(self.bits[modifier] for modifier in modifiers)

    def without_locks(self, state: int) -> int:
        """An event's state with nothing but modifiers that a person holds down."""
        return state & 0xFF & ~_union(self.locks)  # above that are mouse buttons and the layout's group


def modifier_bits(mapping: Sequence[Sequence[int]], keycodes: Keycodes) -> ModifierBits:
    """Find the modifiers.

    Args:
        mapping: for each of the eight modifier bits the keycodes that set it (`Display.get_modifier_mapping`).
        keycodes: of a keysym.

    """

    def bit_of(names: Iterable[str]) -> int:
        wanted = {keycode for name in names for keycode, _ in keycodes(XK.string_to_keysym(name))}
        return next((1 << place for place, row in enumerate(mapping) if wanted & {*row} - {0}), 0)

    bits = {modifier: bit_of(names) or USUAL[modifier] for modifier, names in KEYSYMS.items()}
    locks = {X.LockMask, *(bit_of([name]) for name in LOCKS)} - {0, *bits.values()}
    subsets = chain.from_iterable(combinations(sorted(locks), size) for size in range(len(locks) + 1))
    return ModifierBits(bits, frozenset(_union(subset) for subset in subsets))


def keycode_of(chord: Chord, keycodes: Keycodes) -> int:
    """The key with the chord's character on it; where none has it (no Latin layout), that in its US position."""
    found = [
        (COLUMNS.index(column), keycode)
        for keycode, column in keycodes(XK.string_to_keysym(chord.key.keysym))
        if column in COLUMNS
    ]
    return min(found)[1] if found else chord.key.keycode


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
