"""Which way a text goes in is decided by what is known of the window and the compositor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.errors import Unable
from sayso.wayland.input_method import Field, fitting, pieces
from sayso.wayland.taking_back import Counting, Step, learn, overlap, step
from sayso.wayland.ways import MOST_BACKSPACES, Facts, Way, plan

FIELD = Field(before="said ")
SILENT = Field()


def test_a_field_that_tells_gets_text_from_the_input_method() -> None:
    assert plan(Facts("words\nand more", field=FIELD)).way is Way.COMMIT


def test_a_field_that_does_not_tell_gets_it_only_where_there_is_no_keyboard() -> None:
    assert plan(Facts("words", field=SILENT)).way is Way.KEYS
    assert plan(Facts("words", field=SILENT, has_keyboard=False)).way is Way.COMMIT


def test_short_text_goes_by_keys_and_long_or_broken_text_by_a_paste() -> None:
    assert plan(Facts("words é 日")).way is Way.KEYS
    assert plan(Facts("words " * 20)).way is Way.PASTE
    assert plan(Facts("one\ntwo")).way is Way.PASTE
    assert plan(Facts("", delete=2, tail="ab")).way is Way.NONE


def test_lines_reach_a_terminal_by_a_paste_whatever_its_field_takes() -> None:
    assert plan(Facts("rm\n", field=FIELD, is_terminal=True)).way is Way.PASTE
    with pytest.raises(Unable):
        plan(Facts("rm\n", field=FIELD, is_terminal=True, has_clipboard=False))


def test_another_input_method_gets_no_keys_to_make_words_of() -> None:
    assert plan(Facts("words", has_rival=True)).way is Way.PASTE
    assert plan(Facts("words", has_rival=True, has_clipboard=False)).way is Way.KEYS


def test_without_a_keyboard_nothing_else_goes() -> None:
    with pytest.raises(Unable, match="zwp_virtual_keyboard"):
        plan(Facts("words", has_keyboard=False))


def test_what_the_field_does_not_show_is_taken_back_by_keys_in_their_number() -> None:
    assert plan(Facts("new", delete=3, tail="é a", field=Field(before="other"))).backspaces == 3
    assert plan(Facts("new", delete=3, tail="said é a", field=Field(before="said é a"))).way is Way.COMMIT
    family = "👩‍👩‍👧"
    assert plan(Facts("", delete=len(family), tail=family)).backspaces == 1


def test_so_many_backspaces_that_a_window_could_drown_are_not_struck_blindly() -> None:
    facts = Facts("", delete=MOST_BACKSPACES + 1, tail="x" * MOST_BACKSPACES)
    with pytest.raises(Unable):
        plan(facts)
    assert plan(replace(facts, field=Field(before="other"))).backspaces == MOST_BACKSPACES + 1


def test_plain_text_is_taken_back_at_once_whatever_the_window_counts() -> None:
    assert step(Field(before="é words"), "words", 5, Counting.UNKNOWN) == Step(5, 5)


def test_other_text_is_taken_back_by_what_the_window_counts() -> None:
    field = Field(before="said éé")
    assert step(field, "éé", 2, Counting.BYTES) == Step(2, 4)
    assert step(field, "éé", 2, Counting.CHARACTERS) == Step(2, 2)


def test_what_it_counts_is_learned_with_no_more_than_is_ours_by_either_count() -> None:
    field = Field(before="said éab")
    assert step(field, "said éab", 3, Counting.UNKNOWN) == Step(3, 4, teaches=True)
    assert step(field, "éab", 3, Counting.UNKNOWN) is None
    taken = Step(3, 4, teaches=True)
    assert learn("said éab", "said ", taken) is Counting.BYTES
    assert learn("said éab", "said", taken) is Counting.CHARACTERS
    assert learn("said éab", "said éa", taken) is Counting.UNKNOWN


def test_what_is_not_ours_or_not_known_is_not_taken_back_so() -> None:
    assert step(Field(before="theirs"), "ours", 4, Counting.BYTES) is None
    assert step(SILENT, "ours", 4, Counting.BYTES) is None
    assert step(Field(before="ours", has_selection=True), "ours", 4, Counting.BYTES) is None
    assert step(Field(before="s"), "s", 4, Counting.BYTES) is None


def test_a_long_text_of_which_a_part_is_shown_is_taken_back_in_parts() -> None:
    ours = "word " * 1000
    assert step(Field(before=ours[-2000:]), ours, 5000, Counting.UNKNOWN) == Step(2000, 2000)


@pytest.mark.parametrize(
    ("before", "tail", "common"),
    [("abc", "bc", 2), ("bc", "abc", 2), ("xbc", "abc", 2), ("x", "y", 0), ("", "y", 0)],
)
def test_the_overlap_is_what_both_end_with(before: str, tail: str, common: int) -> None:
    assert overlap(before, tail) == common


def test_pieces_are_whole_characters_and_together_the_text() -> None:
    text = "aé日😀" * 1000
    parts = pieces(text, 100)
    assert "".join(parts) == text
    assert max(len(part.encode()) for part in parts) <= 100
    assert pieces("") == [""]


def test_a_tail_that_is_too_long_to_show_shows_its_end() -> None:
    assert fitting("short", 10) == "short"
    assert fitting("日本語", 7) == "本語"
