from __future__ import annotations

import pytest

from sayso.config.settings import HotkeySettings
from sayso.errors import HotkeyError
from sayso.hotkeys import Action
from sayso.hotkeys.keys import KEYS, MODIFIERS, Modifier, chords_from, parse_chord


def refusal(text: str) -> str:
    with pytest.raises(HotkeyError) as caught:
        parse_chord(text, setting="hotkeys.toggle")
    return str(caught.value)


def settings(**changed: str) -> HotkeySettings:
    keys = {"backend": "x11", "toggle": "f1", "hold": "f2", "cancel": "f3", "undo": "f4"}
    return HotkeySettings(**{**keys, **changed})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("super+alt+d", "super+alt+d"),
        (" Alt + SUPER + D ", "super+alt+d"),
        ("win+alt+d", "super+alt+d"),
        ("meta+control+1", "ctrl+super+1"),
        ("pause", "pause"),
        ("F24", "f24"),
        ("shift+f9", "shift+f9"),
        ("ctrl+`", "ctrl+grave"),
        ("ctrl+Esc", "ctrl+escape"),
        ("hyper+space", "hyper+space"),
    ],
)
def test_a_chord_is_understood_however_it_is_written(text: str, written: str) -> None:
    assert str(parse_chord(text, setting="hotkeys.toggle")) == written


def test_a_chord_says_its_modifiers_and_its_key() -> None:
    chord = parse_chord("super+alt+d", setting="hotkeys.toggle")
    assert chord.modifiers == {Modifier.SUPER, Modifier.ALT}
    assert (chord.key.keysym, chord.key.keycode) == ("d", 40)


@pytest.mark.parametrize(
    ("name", "keycode"),
    [
        *[("1", 10), ("0", 19), ("q", 24), ("p", 33), ("a", 38), ("grave", 49), ("z", 52), ("slash", 61)],
        *[("f1", 67), ("f10", 76), ("f11", 95), ("f12", 96), ("f13", 191), ("f24", 202), ("space", 65)],
    ],
)
def test_every_key_has_its_place_on_a_us_keyboard(name: str, keycode: int) -> None:
    assert KEYS[name].keycode == keycode


def test_no_two_keys_share_a_place_or_a_name_with_a_modifier() -> None:
    assert len({key.keycode for key in KEYS.values()}) == len(KEYS)
    assert not KEYS.keys() & MODIFIERS.keys()


@pytest.mark.parametrize(
    ("text", "near"), [("supr+alt+d", "super"), ("super+alt+spce", "space"), ("scrol_lock", "scroll_lock")]
)
def test_a_misspelt_name_is_answered_with_setting_value_and_the_nearest(text: str, near: str) -> None:
    message = refusal(text)
    assert "hotkeys.toggle" in message
    assert repr(text) in message
    assert f"did you mean {near!r}?" in message


def test_a_name_like_none_of_ours_is_answered_with_all_there_are() -> None:
    message = refusal("super+żółw")
    assert "modifiers: ctrl," in message
    assert "keys: a to z, 0 to 9, f1 to f24, minus," in message


def test_a_key_that_types_is_refused_without_a_modifier() -> None:
    for text in ("d", "shift+d", "space", "enter"):
        assert "away from every window" in refusal(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no key"),
        ("super+", "no key"),
        ("super+alt", "only modifiers"),
        ("super+d+x", "one key (d and x)"),
    ],
)
def test_what_is_no_chord_says_why(text: str, why: str) -> None:
    assert why in refusal(text)


def test_none_disables_an_action() -> None:
    assert chords_from(settings(toggle="none", undo="None")).keys() == {Action.HOLD, Action.CANCEL}


def test_one_key_for_two_actions_is_refused() -> None:
    with pytest.raises(HotkeyError, match=r"hotkeys\.cancel: 'alt\+win\+d' is the key of hotkeys\.toggle too"):
        chords_from(settings(toggle="super+alt+d", cancel="alt+win+d"))
