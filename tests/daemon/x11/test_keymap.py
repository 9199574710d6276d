"""Keymaps as servers send them (dumped from `setxkbmap` on X.Org 21.1), and what can be struck on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.x11.keymap import (
    Stroke,
    backspace_stroke,
    character_strokes,
    keysym_of,
    paste_keys,
    silent_key,
)
from sayso.x11.keysyms import NO_SYMBOL, character
from sayso.x11.xkb import CONTROL, LOCK, MOD4, SHIFT, Key, Keymap, KeyType, parse

KEYMAPS = {path.stem: parse(path.read_bytes()) for path in Path(__file__).with_name("keymaps").glob("*.bin")}
LAYOUTS = sorted(KEYMAPS)
ASCII = {chr(code) for code in range(0x20, 0x7F)}
NUM_LOCK = 1 << 4
LEFT_SHIFT, LEVEL3, CONTROL_KEY = 50, 92, 37
ALPHABETIC = KeyType(SHIFT | LOCK, {SHIFT: (1, 0), LOCK: (1, 0)})
TWO_LEVEL = KeyType(SHIFT, {SHIFT: (1, 0)})


def written(keymap: Keymap, stroke: Stroke, group: int, locked: int) -> str | None:
    """What a stroke writes."""
    pressed = 0
    for keycode in stroke.held:
        pressed |= keymap.modifiers[keycode]
    return character(keysym_of(keymap, stroke.keycode, group, locked | pressed))


def test_the_dumps_are_all_there() -> None:
    assert LAYOUTS == ["de", "fr", "il", "us", "us_il"]


@pytest.mark.parametrize(
    ("layout", "group", "has", "lacks"),
    [
        ("us", 0, ASCII, "éש—😀\n\t"),
        ("de", 0, (ASCII - set("^`")) | set("äöüßÄÖÜ€"), "éש—^`"),
        ("fr", 0, ASCII | set("éèàçù€"), "שâñ"),
        ("il", 0, (ASCII - set("abcdefghijklmnopqrstuvwxyz`")) | set("אבגדהוזחטיכלמנסעפצקרשת₪"), "aéx"),
        ("us_il", 0, ASCII, "ש"),
        ("us_il", 1, set("שלום ABC.,"), "a"),
    ],
)
def test_a_layout_has_its_characters_and_no_others(layout: str, group: int, has: set[str], lacks: str) -> None:
    strokes = character_strokes(KEYMAPS[layout], group, 0)
    assert has <= strokes.keys()
    assert not set(lacks) & strokes.keys()


def test_letters_are_where_the_layout_has_them() -> None:
    assert character_strokes(KEYMAPS["us"], 0, 0)["q"] == Stroke(24)
    assert character_strokes(KEYMAPS["fr"], 0, 0)["a"] == Stroke(24)
    assert character_strokes(KEYMAPS["us"], 0, 0)["Q"] == Stroke(24, (LEFT_SHIFT,))
    assert character_strokes(KEYMAPS["de"], 0, 0)["@"] == Stroke(24, (LEVEL3,))
    assert character_strokes(KEYMAPS["us_il"], 1, 0)["ש"] == Stroke(38)


def test_caps_lock_turns_shift_round_for_letters_and_leaves_digits_alone() -> None:
    strokes = character_strokes(KEYMAPS["us"], 0, LOCK)
    assert strokes["a"] == Stroke(38, (LEFT_SHIFT,))
    assert strokes["A"] == Stroke(38)
    assert strokes["1"] == Stroke(10)


def test_a_letter_whose_key_leaves_caps_lock_to_the_application_is_not_typed_under_it() -> None:
    key, shift = Key((0,), 1, 2, (0xE9, 0x32)), Key((0,), 1, 2, (0xFFE1, 0))
    keymap = Keymap((TWO_LEVEL,), {11: key, LEFT_SHIFT: shift}, {LEFT_SHIFT: SHIFT})
    assert character_strokes(keymap, 0, 0).keys() == {"é", "2"}
    assert character_strokes(keymap, 0, LOCK).keys() == {"2"}


@pytest.mark.parametrize("modifiers", [CONTROL, MOD4])
def test_nothing_is_typed_by_keys_while_a_locked_modifier_makes_shortcuts_of_them(modifiers: int) -> None:
    assert character_strokes(KEYMAPS["us"], 0, modifiers) == {}


@given(
    layout=st.sampled_from(LAYOUTS),
    group=st.integers(0, 3),
    locked=st.sampled_from([0, LOCK, NUM_LOCK, LOCK | NUM_LOCK, SHIFT]),
)
def test_every_stroke_writes_its_character_and_holds_only_modifiers(layout: str, group: int, locked: int) -> None:
    keymap = KEYMAPS[layout]
    for wanted, stroke in character_strokes(keymap, group, locked).items():
        assert written(keymap, stroke, group, locked) == wanted
        assert set(stroke.held) <= {LEFT_SHIFT, LEVEL3}
        assert wanted.isprintable() or wanted in "\u200e\u200f\xa0\u202f"


@given(
    group=st.integers(0, 3),
    count=st.integers(0, 4),
    beyond=st.sampled_from([0x00, 0x40, 0x80, 0x90, 0xB0]),
    levels=st.integers(0, 3),
    modifiers=st.integers(0, 255),
)
def test_any_key_whatever_the_server_says_of_it_has_a_keysym_or_none(
    group: int, count: int, beyond: int, levels: int, modifiers: int
) -> None:
    key = Key((0, 1, 0, 1), count | beyond, levels, tuple(range(0x61, 0x61 + count * levels)))
    keysym = keysym_of(Keymap((ALPHABETIC, TWO_LEVEL), {10: key}, {}), 10, group, modifiers)
    assert keysym == NO_SYMBOL or keysym in key.keysyms


@pytest.mark.parametrize(("beyond", "expected"), [(0x00, "a"), (0x40, "b"), (0x90, "b"), (0x80, "a"), (0xB0, "a")])
def test_a_group_that_a_key_does_not_have_wraps_is_clamped_or_redirected(beyond: int, expected: str) -> None:
    key = Key((0, 0, 0, 0), 2 | beyond, 1, (ord("a"), ord("b")))
    assert keysym_of(Keymap((TWO_LEVEL,), {10: key}, {}), 10, 2, 0) == ord(expected)


@pytest.mark.parametrize("layout", ["us", "de", "fr", "us_il"])
def test_v_pastes_wherever_a_group_has_it(layout: str) -> None:
    keys = paste_keys(KEYMAPS[layout])
    assert keys.control_v == Stroke(55, (CONTROL_KEY,))
    assert keys.control_shift_v == Stroke(55, (CONTROL_KEY, LEFT_SHIFT))


def test_a_layout_without_v_still_pastes_by_insert() -> None:
    keys = paste_keys(KEYMAPS["il"])
    assert keys.control_v is None
    assert keys.shift_insert == Stroke(118, (LEFT_SHIFT,))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_backspace_and_a_key_without_meaning_are_found(layout: str) -> None:
    keymap = KEYMAPS[layout]
    assert backspace_stroke(keymap) == Stroke(22)
    silent = silent_key((keycode, key.keysyms) for keycode, key in keymap.keys.items())
    assert silent is not None
    assert all(keysym_of(keymap, silent, group, 0) == NO_SYMBOL for group in range(4))
