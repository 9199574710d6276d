"""A layout is compiled as compositors do, and where that cannot be, nothing is said about it."""

from __future__ import annotations

import pytest

from sayso import xkbcommon
from sayso.xkbcommon import compiled

A, LEFT_SHIFT = 38, 50


def test_a_key_has_its_keysyms_level_by_level_and_writes_what_is_held_makes_of_it() -> None:
    with compiled("us") as keymap:
        assert keymap is not None
        assert A in keymap.keycodes
        assert [list(level) for level in keymap.levels(A)] == [[ord("a")], [ord("A")]]
        with keymap.keyboard() as keyboard:
            assert keyboard.code_point(A) == ord("a")
            keyboard.move(LEFT_SHIFT, is_down=True)
            assert keyboard.code_point(A) == ord("A")
            keyboard.move(LEFT_SHIFT, is_down=False)
            assert keyboard.code_point(A) == ord("a")


def test_a_keysym_of_another_script_is_its_character_in_unicode() -> None:
    with compiled("il") as keymap:
        assert keymap is not None
        assert (chr(keymap.code_point(0xCF9)), keymap.code_point(0xFFE1)) == ("ש", 0)


@pytest.mark.parametrize(("layout", "variant"), [("no such layout", ""), ("us", "no such variant")])
def test_a_layout_that_does_not_exist_is_none_without_a_word(
    layout: str, variant: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with compiled(layout, variant) as keymap:
        assert keymap is None
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("library", ["libnone.so.0", "libm.so.6"])
def test_without_the_library_or_its_functions_there_is_no_layout(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setattr(xkbcommon, "LIBRARY", library)
    with compiled("us") as keymap:
        assert keymap is None
