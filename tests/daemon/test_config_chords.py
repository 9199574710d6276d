from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.config.chords import KEYS, MODIFIERS, Chord, Key, Modifier, parse_chord
from sayso.config.fault import SHOWN_CHARACTERS
from sayso.errors import ConfigError


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_chord(text)
    return str(caught.value)


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
    assert str(parse_chord(text)) == written


def test_a_chord_says_its_modifiers_and_its_key() -> None:
    chord = parse_chord("super+alt+d")
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
def test_a_misspelt_name_is_answered_with_value_and_the_nearest(text: str, near: str) -> None:
    message = refusal(text)
    assert repr(text) in message
    assert message.endswith(f"; did you mean {near!r}?")


def test_what_is_nearly_none_means_none_and_only_by_itself() -> None:
    assert refusal("nonne") == "unknown key 'nonne'; did you mean 'none'?"
    assert refusal("no") == "unknown key 'no'; did you mean 'none'?"
    assert "did you mean 'none'" not in refusal("super+nonne")


def test_a_name_like_none_of_ours_is_answered_with_all_there_are() -> None:
    message = refusal("super+żółw")
    assert "modifiers: ctrl," in message
    assert "keys: a to z, 0 to 9, f1 to f24, minus," in message
    assert message.endswith(", menu")
    assert refusal("off").endswith(", menu; or none")


def test_a_key_that_types_is_refused_without_a_modifier() -> None:
    for text in ("d", "shift+d", "space", "enter"):
        assert "away from every window" in refusal(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no key"),
        (" ", "no key"),
        ("super+", "no key"),
        ("super+alt", "only modifiers"),
        ("super+d+x", "more than one key (d and x)"),
    ],
)
def test_what_is_no_chord_says_why(text: str, why: str) -> None:
    assert why in refusal(text)


@pytest.mark.parametrize("text", ["super+alt", "shift", "d", "shift+space"])
def test_what_is_suggested_instead_is_a_chord(text: str) -> None:
    suggested = refusal(text).partition("such as ")[2].partition(",")[0]
    assert str(parse_chord(suggested)) == suggested


@pytest.mark.parametrize(
    "text", ["x" * 60_000, "+".join(["super"] * 9_000), "+".join("ab" * 9_000), "super+\x1b[2J"]
)
def test_a_refusal_is_one_printable_line_of_bounded_length(text: str) -> None:
    message = refusal(text)
    assert message.isprintable()
    assert len(message) < 2 * SHOWN_CHARACTERS + 400


@given(
    modifiers=st.frozensets(st.sampled_from(list(Modifier))),
    key=st.sampled_from(list(KEYS.values())),
)
def test_every_chord_that_is_allowed_is_read_back_from_how_it_is_written(
    modifiers: frozenset[Modifier], key: Key
) -> None:
    chord = Chord(modifiers, key)
    if key.types and modifiers <= {Modifier.SHIFT}:
        assert "away from every window" in refusal(str(chord))
    else:
        assert parse_chord(str(chord)) == chord
