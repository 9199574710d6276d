"""Characters have keys on a keymap of our own."""

from __future__ import annotations

import pytest

from sayso.wayland.keymap import BACKSPACE, NAMED, PLAIN, SPARE_KEYS, Assignment, Held, Stroke, V, is_printable


def test_the_keys_of_a_us_keyboard_are_where_they_are_on_one() -> None:
    assert PLAIN["v"] == Stroke(V)
    assert PLAIN["V"] == Stroke(V, Held.SHIFT)
    assert (PLAIN["1"], PLAIN["!"]) == (Stroke(2), Stroke(2, Held.SHIFT))
    assert PLAIN[" "] == Stroke(57)
    assert set(PLAIN) == {chr(code) for code in range(0x20, 0x7F)}


def test_plain_text_needs_no_other_keymap_and_each_new_character_one() -> None:
    assignment = Assignment()
    assert not assignment.give("Hello, World!")
    assert assignment.give("é — ש")
    assert not assignment.give("ש —")
    assert assignment.give("日")
    keys = [stroke.key for stroke in assignment.strokes("é—ש日")]
    assert len(set(keys)) == 4
    assert set(keys) <= set(SPARE_KEYS)


def test_when_the_free_keys_run_out_the_oldest_text_loses_them() -> None:
    assignment = Assignment()
    assignment.give("".join(chr(0x4E00 + number) for number in range(len(SPARE_KEYS))))
    assert assignment.give("é日")
    assert {stroke.key for stroke in assignment.strokes("é日")} <= set(SPARE_KEYS)
    with pytest.raises(ValueError, match="free keys"):
        assignment.give("".join(chr(0x4E00 + number) for number in range(len(SPARE_KEYS) + 1)))


def test_the_keymap_names_every_key_that_is_struck() -> None:
    assignment = Assignment()
    assignment.give("é😀")
    keymap = assignment.keymap()
    for stroke in [*assignment.strokes("é😀"), *PLAIN.values(), Stroke(BACKSPACE)]:
        assert f"<K{stroke.key}> = {stroke.key + 8};" in keymap
        assert f"key <K{stroke.key}> " in keymap
    assert "U1F600" in keymap
    assert NAMED.keys().isdisjoint(stroke.key for stroke in PLAIN.values())


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "\x1b", "\x7f", "\x85"])
def test_what_could_send_or_leave_is_not_for_keys(text: str) -> None:
    assert not is_printable(text)


def test_letters_of_every_script_are_for_keys() -> None:
    assert is_printable("é ש 日 😀 —")
