"""A dead key and a letter are one character, whichever engine is on."""

from __future__ import annotations

import pytest

from sayso.ibus.dead_keys import BACKSPACE, ESCAPE, SPACE, Struck, strike

GRAVE, ACUTE, CIRCUMFLEX, DIAERESIS = 0xFE50, 0xFE51, 0xFE52, 0xFE57
UNICODE = 0x0100_0000
RETURN = 0xFF0D


@pytest.mark.parametrize(
    ("dead", "key", "text"),
    [
        (ACUTE, ord("e"), "é"),
        (GRAVE, ord("A"), "À"),
        (CIRCUMFLEX, ord("o"), "ô"),
        (DIAERESIS, ord("u"), "ü"),
        (ACUTE, UNICODE + 0x3B1, "ά"),
        (ACUTE, SPACE, "´"),
        (CIRCUMFLEX, CIRCUMFLEX, "^"),
        (ACUTE, BACKSPACE, ""),
        (ACUTE, ESCAPE, ""),
    ],
)
def test_a_dead_key_waits_for_the_next_one(dead: int, key: int, text: str) -> None:
    first = strike(None, dead)
    assert first == Struck(waiting=dead, is_taken=True)
    second = strike(first.waiting, key)
    assert second == Struck(is_taken=True, text=text)


@pytest.mark.parametrize("key", [ord("q"), RETURN, ord("1"), UNICODE + 0x5D0])
def test_a_key_that_takes_no_accent_comes_after_the_sign_alone(key: int) -> None:
    assert strike(ACUTE, key) == Struck(text="´")


@pytest.mark.parametrize("key", [ord("e"), 0xE9, RETURN, BACKSPACE, UNICODE + 0x5D0])
def test_all_other_keys_are_left_to_the_program(key: int) -> None:
    assert strike(None, key) == Struck()
