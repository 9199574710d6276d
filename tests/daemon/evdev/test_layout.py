"""Which key writes what, under the layouts of libxkbcommon."""

from __future__ import annotations

import string
import unicodedata

import pytest

from sayso.evdev.layout import layout_named, under_caps_lock

NONE, SHIFT, ALTGR = frozenset[str](), frozenset({"shift"}), frozenset({"altgr"})
A, Q, Y, Z = 30, 16, 21, 44


@pytest.mark.parametrize(
    ("name", "variant", "character", "stroke"),
    [
        ("us", "", "a", (A, NONE)),
        ("us", "", "!", (2, SHIFT)),
        ("us", "", " ", (57, NONE)),
        ("us", "dvorak", "'", (Q, NONE)),
        ("de", "", "z", (Y, NONE)),
        ("de", "", "Z", (Y, SHIFT)),
        ("de", "", "@", (Q, ALTGR)),
        ("de", "", "ß", (12, NONE)),
        ("fr", "", "1", (2, SHIFT)),
        ("fr", "", "a", (Q, NONE)),
        ("fr", "", "é", (3, NONE)),
        ("il", "", "ש", (A, NONE)),
        ("br", "", "/", (89, NONE)),
    ],
)
def test_a_character_is_on_its_key_of_the_layout_with_as_few_others_held_as_can_be(
    name: str, variant: str, character: str, stroke: tuple[int, frozenset[str]]
) -> None:
    layout = layout_named(name, variant)
    assert layout is not None
    assert layout[character] == stroke


@pytest.mark.parametrize("name", ["us", "de", "fr", "il"])
def test_what_sends_or_runs_and_what_the_layout_lacks_is_not_in_it(name: str) -> None:
    layout = layout_named(name)
    assert layout is not None
    assert not {"\n", "\t", "\x1b", "\x7f", "日", "😀", ""} & layout.keys()
    assert not {character for character in layout if unicodedata.category(character) == "Cc"}


def test_a_layout_that_there_is_none_of_is_not_known() -> None:
    assert layout_named("klingon-on-mars") is None


def test_caps_lock_swaps_the_case_of_ascii_letters_and_leaves_what_has_no_case() -> None:
    layout = layout_named("de")
    assert layout is not None
    caps = under_caps_lock(layout)
    for letter in string.ascii_letters:
        assert caps[letter] == layout[letter.swapcase()]
    assert caps["1"] == layout["1"]
    assert "ä" not in caps
    accents = set("`^´")  # which wait for a letter on this layout
    assert set(string.punctuation + string.digits + " ") - accents <= caps.keys()
