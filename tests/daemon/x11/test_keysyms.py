"""Keysyms of each kind, against keysymdef.h."""

from __future__ import annotations

import pytest

from sayso.x11.keysyms import character


@pytest.mark.parametrize(
    ("keysym", "expected"),
    [
        (0x20, " "),
        (0x7E, "~"),
        (0xE9, "é"),
        (0x1B1, "ą"),
        (0x6C1, "а"),
        (0x6F1, "Я"),
        (0xCE0, "א"),
        (0xCFA, "ת"),
        (0xDA1, "ก"),
        (0x20AC, "€"),
        (0x1002014, "—"),
        (0x101F600, "😀"),
    ],
)
def test_what_writes_a_character_is_known(keysym: int, expected: str) -> None:
    assert character(keysym) == expected


@pytest.mark.parametrize(
    "keysym",
    [0, 0xFF0D, 0xFF09, 0xFFB1, 0xFE50, 0xFE51, 0xFFE1, 0x6A1, 0x7C1, 0xCA2, 0x1008FF11, 0xFFFFFF],
    ids=hex,
)
def test_what_writes_none_is_dead_or_unknown_is_left_alone(keysym: int) -> None:
    assert character(keysym) is None
