"""Whether a text has arrived follows from what stood and stands before the caret, whatever was made of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.accessibility.comparison import AROUND, Landed, Standing, compare, part, stands, tail


def at_end(text: str, *, is_selected: bool = False, room: int = AROUND) -> Standing:
    """What is read of a field with the caret at its end."""
    return Standing(len(text), len(text), text[-room:], is_selected)


def verdict(before: str, after: str, text: str, deleted: int = 0) -> Landed:
    return compare(at_end(before), at_end(after, room=AROUND + 2 * len(text)), text, deleted)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("", "hello", "hello"),
        ("Well, ", "Well, hello", "hello"),
        ("hello ", "hello hello ", "hello "),
        ("Dear all,", "Dear all,\nhello", "\nhello"),
        ("", "hello, world", "hello,\nworld"),  # a field of one line
        ("", "a\tb", "a b"),
        ("it", "it is – “so”", ' is - "so"'),  # quotes and dashes as a word processor sets them
        ("", "Hello\u00a0there", "hello there"),  # a capital, and a blank that does not break
        ("one\r\n", "one\r\ntwo", "two"),
        ("", "e\u0301t\u00e9", "\u00e9te\u0301"),
        ("", "👩‍👩‍👧 ש 日本", "👩‍👩‍👧 ש 日本"),
        ("x" * 500, "x" * 500 + " and so on", " and so on"),
    ],
)
def test_text_that_stands_there_now_has_arrived(before: str, after: str, text: str) -> None:
    assert verdict(before, after, text) is Landed.YES


def test_a_word_that_was_mended_has_arrived() -> None:
    assert verdict("", "I will recieve it tomorrow"[::1], "I will receive it tomorrow") is Landed.YES


def test_what_is_completed_behind_the_caret_does_not_matter() -> None:
    completed = Standing(length=11, caret=5, tail="hello", is_selected=True)
    assert compare(at_end(""), completed, "hello") is Landed.YES


def test_utf16_units_are_as_good_as_characters() -> None:
    before = Standing(2, 2, "\ufffd")  # the half of a character
    after = Standing(6, 6, "😀 😀 "[-5:])
    assert compare(before, after, " 😀 ") is Landed.YES


def test_where_nothing_has_changed_nothing_has_arrived() -> None:
    assert verdict("Well, ", "Well, ", "hello") is Landed.NO
    assert verdict("", "", "hello") is Landed.NO
    assert verdict("hello", "hello", "", deleted=2) is Landed.NO


def test_where_something_else_has_changed_it_is_unknown() -> None:
    assert verdict("Well, ", "Well, h", "hello there") is Landed.UNKNOWN
    assert verdict("Well, ", "", "hello there") is Landed.UNKNOWN
    assert verdict("Well, ", "Well, something else", "hello there") is Landed.UNKNOWN
    assert verdict("", "helo", "hello") is Landed.UNKNOWN  # too short to be called mended


def test_what_may_look_as_before_though_it_arrived_is_unknown() -> None:
    assert compare(at_end("hello", is_selected=True), at_end("hello"), "hello") is Landed.UNKNOWN
    assert verdict("", "", "hello\n") is Landed.UNKNOWN  # sent, and the field emptied
    assert verdict("hello", "hello", "lo", deleted=2) is Landed.UNKNOWN
    assert verdict("hello", "hello", "") is Landed.UNKNOWN


def test_what_was_taken_back_is_accounted_for() -> None:
    assert verdict("I red", "I read", "ead", deleted=2) is Landed.YES
    assert verdict("I red", "I re", "", deleted=1) is Landed.YES
    assert verdict("I red", "I rededit", "it", deleted=1) is Landed.UNKNOWN
    assert verdict("I ", "I", "", deleted=1) is Landed.YES


def test_what_replaces_a_selection_has_arrived() -> None:
    before = Standing(11, 11, "Well, hello", is_selected=True)
    assert compare(before, Standing(9, 9, "Well, you"), "you") is Landed.YES


def test_blanks_alone_are_told_by_their_number() -> None:
    assert verdict("one", "one ", " ") is Landed.YES
    assert verdict("one", "one", " ") is Landed.NO


def test_text_is_not_shown_where_a_standing_is_printed() -> None:
    assert "secret" not in repr(Standing(6, 6, "secret"))


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co"]), max_size=100)


@given(TEXTS, TEXTS.filter(lambda text: bool(text.strip())))
def test_what_is_appended_as_it_is_has_always_arrived(before: str, text: str) -> None:
    assert verdict(before, before + text, text) is Landed.YES


@given(TEXTS, TEXTS.filter(bool))
def test_what_did_not_arrive_is_never_said_to_have(before: str, text: str) -> None:
    assert verdict(before, before, text) is Landed.NO


def arrived_part(before: str, after: str, text: str, deleted: int = 0) -> int:
    return part(at_end(before), at_end(after, room=AROUND + 2 * len(text)), text, deleted)


@pytest.mark.parametrize(
    ("before", "after", "text", "deleted", "count"),
    [
        ("dddddd", "ddddddThe we", "The weather", 0, 6),
        ("it", "i so", " so on", 1, 3),
        ("", "The ", "The weather", 0, 4),
        ("", "", "The weather", 0, 0),
        ("", "hTe ", "The weather", 0, 0),  # something else
        ("", "The weather", "The weather", 0, 0),  # it is not a part
        ("The weather", "The", "The weather", 0, 0),
        ("", "one", "one\none", 0, 0),  # which of the lines it is cannot be told
    ],
)
def test_what_has_arrived_of_a_text_is_counted(
    before: str, after: str, text: str, deleted: int, count: int
) -> None:
    assert arrived_part(before, after, text, deleted) == count


def test_what_has_arrived_of_a_text_is_counted_in_characters_where_the_toolkit_counts_in_utf16_units() -> None:
    assert part(Standing(0, 0, ""), Standing(3, 3, "😀a"), "😀abc") == 2


def test_no_part_is_counted_where_something_came_behind_the_caret_or_was_selected() -> None:
    assert part(at_end(""), Standing(2, 1, "("), "(a") == 0
    assert part(at_end("so", is_selected=True), at_end("soTh"), "The") == 0


@pytest.mark.parametrize(
    ("standing", "text"),
    [
        ("Well, hello", "hello"),
        ("hello", "hello"),
        ("Hello\u00a0there", "hello there"),
        ("“so” – it", '"so" - it'),
        ("\ufffdso", "so"),
    ],
)
def test_text_stands_before_the_caret_letter_for_letter(standing: str, text: str) -> None:
    assert stands(at_end(standing), text)


@pytest.mark.parametrize(
    ("standing", "text"),
    [("hello you", "hello"), ("llo", "hello"), ("", "hello"), ("so…", "so..."), ("the", "teh")],
)
def test_what_would_not_go_with_as_many_strokes_does_not_stand_there(standing: str, text: str) -> None:
    assert not stands(at_end(standing), text)


def test_what_is_selected_would_go_first_so_that_nothing_stands_before_the_caret() -> None:
    assert not stands(at_end("hello", is_selected=True), "hello")


def test_of_a_long_text_it_is_enough_that_its_end_stands_there() -> None:
    assert stands(Standing(200, 200, "x" * 100), "x" * 150)
    assert not stands(Standing(100, 100, "x" * 100), "x" * 150)


def test_what_is_before_the_caret_is_known_where_it_was_read_and_nothing_is_selected() -> None:
    assert tail(at_end("")) == ""
    assert tail(at_end("so it"), 3) == "so"
    assert tail(at_end("so"), 2) == tail(at_end("so"), 5) == ""
    assert tail(Standing(3, 3, "a👩")) == "a👩"
    assert tail(at_end("so", is_selected=True)) is None
    assert tail(Standing(9, 9, "")) is None
    assert tail(at_end("x" * 2 * AROUND), AROUND) is None, "more was taken back than was read"
