"""A layout's characters are those that a compositor finds, by the keysyms that it looks for."""

from __future__ import annotations

import pytest

from sayso.portal.keymap import ASCII, characters


def test_a_latin_layout_has_ascii() -> None:
    assert (characters("us") or {}).items() >= ASCII.items()
    assert (characters("us", "dvorak") or {}).items() >= ASCII.items()


@pytest.mark.parametrize(
    ("layout", "has", "lacks"),
    [
        ("de", "äöüß€yz", "^`é"),  # ^ and ` are dead there
        ("fr", "éèàç&1", "ňש"),
        ("il", "שלום123ABC", "abc"),
        ("ru", "привет", "abc"),
    ],
)
def test_a_layout_has_what_is_on_its_keys(layout: str, has: str, lacks: str) -> None:
    found = characters(layout) or {}
    assert set(has) <= found.keys()
    assert not set(lacks) & found.keys()


def test_a_letter_goes_by_the_keysym_that_its_layout_has() -> None:
    found = characters("il") or {}
    assert found["ש"] == 0xCF9  # hebrew_shin


def test_no_character_goes_by_the_keypad_or_is_a_control() -> None:
    found = characters("de") or {}
    assert not any(0xFF80 <= keysym < 0xFFC0 for keysym in found.values())
    assert all(character.isprintable() or character == "\xad" for character in found if character != "\xa0")


def test_a_layout_that_does_not_exist_is_not_known() -> None:
    assert characters("no such layout") is None
