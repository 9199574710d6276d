from __future__ import annotations

from collections.abc import Iterable

import pytest
from Xlib import XK, X

from sayso.config.chords import Modifier, parse_chord
from sayso.hotkeys.keymap import keycode_of, modifier_bits

ROWS = [[50], [66], [37], [64], [77], [], [133], [92]]  # pc105: shift, lock, control, mod1 to mod5
NAMES = {"Shift_L": 50, "Control_L": 37, "Alt_L": 64, "Num_Lock": 77, "Super_L": 133, "Scroll_Lock": 78}


def keyboard(*keys: tuple[str, int, int]):
    """A table of keysyms, each with its keycode and column."""

    def keycodes(keysym: int) -> Iterable[tuple[int, int]]:
        return [(keycode, column) for name, keycode, column in keys if XK.string_to_keysym(name) == keysym]

    return keycodes


PC = keyboard(*((name, keycode, 0) for name, keycode in NAMES.items()))


def test_modifiers_are_found_where_the_server_has_them() -> None:
    swapped = [*ROWS[:3], ROWS[6], ROWS[4], ROWS[5], ROWS[3], ROWS[7]]
    bits = modifier_bits(swapped, PC)
    assert bits.of({Modifier.ALT}) == X.Mod4Mask
    assert bits.of({Modifier.SUPER, Modifier.CTRL}) == X.Mod1Mask | X.ControlMask


def test_modifiers_that_the_server_does_not_know_are_where_they_usually_are() -> None:
    bits = modifier_bits([[]] * 8, keyboard())
    assert bits.of({Modifier.SUPER, Modifier.ALT}) == X.Mod4Mask | X.Mod1Mask


def test_every_combination_of_locks_is_there_and_taken_off_a_state() -> None:
    bits = modifier_bits(ROWS, PC)
    assert bits.locks == {0, X.LockMask, X.Mod2Mask, X.LockMask | X.Mod2Mask}
    group, button = 1 << 13, X.Button1Mask
    assert bits.without_locks(X.Mod4Mask | X.Mod2Mask | X.LockMask | group | button) == X.Mod4Mask


def test_scroll_lock_counts_where_it_is_a_modifier() -> None:
    rows = [*ROWS[:5], [78], *ROWS[6:]]
    assert len(modifier_bits(rows, PC).locks) == 8


@pytest.mark.parametrize(
    ("keys", "keycode"),
    [
        ([("q", 24, 0)], 24),
        ([("a", 24, 0), ("q", 38, 0)], 38),  # fr: q is where a is on us
        ([("a", 24, 0), ("q", 24, 2), ("q", 38, 0)], 38),  # fr,us: the first group decides
        ([("hebrew_qoph", 24, 0), ("q", 24, 2)], 24),  # il,us
        ([("hebrew_qoph", 24, 0)], 24),  # il: the key in q's place
    ],
)
def test_a_letter_is_where_it_is_written_or_else_in_its_us_position(
    keys: list[tuple[str, int, int]], keycode: int
) -> None:
    assert keycode_of(parse_chord("super+q"), keyboard(*keys)) == keycode


def test_a_digit_that_needs_shift_is_found_all_the_same() -> None:
    chord = parse_chord("super+1")
    assert keycode_of(chord, keyboard(("ampersand", 10, 0), ("1", 10, 1))) == 10
