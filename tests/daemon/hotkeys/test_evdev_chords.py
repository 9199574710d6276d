"""Chords from single keys of several keyboards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.config.chords import Modifier, parse_chord
from sayso.control import Control
from sayso.errors import HotkeyError
from sayso.evdev.wire import KEY_LEFT_ALT, KEY_LEFT_META, KEY_LEFT_SHIFT, KEY_RIGHT_ALT, KEY_RIGHT_META
from sayso.hotkeys.evdev_chords import HeldKeys, KeyChord, for_evdev
from sayso.hotkeys.facts import Action

D, X, F9, A = 32, 45, 67, 30
CHORDS = for_evdev(
    {
        Action.TOGGLE: parse_chord("super+alt+d"),
        Action.HOLD: parse_chord("super+f9"),
        Action.CANCEL: parse_chord("super+alt+x"),
    }
)
ONE, OTHER = "one keyboard", "another"


def asked(*strokes: tuple[str, int, bool]) -> list[Control]:
    controls: list[Control] = []
    held = HeldKeys(CHORDS, controls.append)
    for stroke in strokes:
        held.stroke(*stroke)
    return controls


def down(*codes: int, on: str = ONE) -> list[tuple[str, int, bool]]:
    return [(on, code, True) for code in codes]


def up(*codes: int, on: str = ONE) -> list[tuple[str, int, bool]]:
    return [(on, code, False) for code in codes]


def test_a_chord_is_its_key_in_the_us_position_and_its_modifiers() -> None:
    assert CHORDS[Action.TOGGLE] == KeyChord(D, frozenset({Modifier.SUPER, Modifier.ALT}))
    assert CHORDS[Action.HOLD].code == F9


def test_a_key_that_no_keyboard_has_is_refused_by_name() -> None:
    with pytest.raises(HotkeyError, match=r"hotkeys\.undo: 'hyper\+f1' is beyond evdev"):
        for_evdev({Action.UNDO: parse_chord("hyper+f1")})


@pytest.mark.parametrize(("meta", "alt"), [(KEY_LEFT_META, KEY_LEFT_ALT), (KEY_RIGHT_META, KEY_RIGHT_ALT)])
def test_a_chord_is_struck_with_exactly_its_modifiers_of_either_hand(meta: int, alt: int) -> None:
    assert asked(*down(meta, alt, D)) == [Control.TOGGLE]
    assert asked(*down(meta, D)) == []
    assert asked(*down(meta, alt, KEY_LEFT_SHIFT, D)) == []
    assert asked(*down(D, meta, alt)) == []


def test_a_held_key_asks_once_and_lets_go_whichever_key_goes_up_first() -> None:
    assert asked(*down(KEY_LEFT_META, F9), *down(F9), *up(KEY_LEFT_META)) == [Control.HOLD]
    assert asked(*down(KEY_LEFT_META, F9), *up(KEY_LEFT_META, F9)) == [Control.HOLD, Control.RELEASE]
    assert asked(*down(KEY_LEFT_META, F9), *up(F9, KEY_LEFT_META)) == [Control.HOLD, Control.RELEASE]


def test_a_modifier_counts_on_whichever_keyboard_it_is_held() -> None:
    assert asked(*down(KEY_LEFT_META), *down(F9, on=OTHER), *up(F9, on=OTHER)) == [Control.HOLD, Control.RELEASE]


def test_a_key_held_on_two_keyboards_is_let_go_with_the_last() -> None:
    both = [*down(KEY_LEFT_META, F9), *down(F9, on=OTHER)]
    assert asked(*both, *up(F9)) == [Control.HOLD]
    assert asked(*both, *up(F9), *up(F9, on=OTHER)) == [Control.HOLD, Control.RELEASE]


def test_a_keyboard_that_is_gone_holds_nothing() -> None:
    controls: list[Control] = []
    held = HeldKeys(CHORDS, controls.append)
    for stroke in down(KEY_LEFT_META, F9):
        held.stroke(*stroke)
    assert held.holding == {ONE}
    held.is_gone(ONE)
    assert controls == [Control.HOLD, Control.RELEASE]
    assert not held.holding
    held.stroke(OTHER, F9, True)
    assert controls == [Control.HOLD, Control.RELEASE]  # without the modifier that went with it


def test_what_was_down_before_anybody_looked_is_no_hotkey_but_counts_as_modifier() -> None:
    controls: list[Control] = []
    held = HeldKeys(CHORDS, controls.append)
    held.adopt(ONE, {KEY_LEFT_META, F9})
    held.stroke(ONE, F9, False)
    held.stroke(ONE, F9, True)
    assert controls == [Control.HOLD]


def test_what_a_keyboard_says_is_down_goes_before_what_was_heard_of_it() -> None:
    controls: list[Control] = []
    held = HeldKeys(CHORDS, controls.append)
    held.is_now(ONE, {F9, KEY_LEFT_META, A})
    assert controls == [Control.HOLD]
    held.is_now(ONE, {KEY_LEFT_META})
    assert controls == [Control.HOLD, Control.RELEASE]


KEYS = st.sampled_from([KEY_LEFT_META, KEY_LEFT_ALT, D, F9, X, A])


@given(st.lists(st.tuples(st.sampled_from([ONE, OTHER]), KEYS, st.booleans()), max_size=60))
def test_whatever_fingers_do_each_hold_is_let_go_once_and_none_outlives_its_keys(
    strokes: list[tuple[str, int, bool]],
) -> None:
    controls: list[Control] = []
    held = HeldKeys(CHORDS, controls.append)
    for stroke in strokes:
        held.stroke(*stroke)
    holds = [control for control in controls if control in (Control.HOLD, Control.RELEASE)]
    assert holds == [Control.HOLD, Control.RELEASE] * (len(holds) // 2) + [Control.HOLD] * (len(holds) % 2)
    for keyboard in (ONE, OTHER):
        held.is_gone(keyboard)
    assert controls.count(Control.HOLD) == controls.count(Control.RELEASE)
    assert not held.holding
