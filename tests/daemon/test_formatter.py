"""The formatter: text changes, and every character still belongs to the words it came from."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.commands import Piece
from sayso.events import Edit, Span, TimedWord
from sayso.formatter import Formatter, check_spans, compose, difference, joined, rewrite, taken_back


def words(*texts: str) -> list[TimedWord]:
    return [TimedWord(text, n, n + 1, 0.9) for n, text in enumerate(texts)]


def test_words_are_joined_as_the_model_spells_them() -> None:
    edit = compose(words(" Hello,", " world"), 0, "")
    assert edit == Edit(0, "Hello, world", (Span(0, 6, (0,)), Span(6, 12, (1,))))


@pytest.mark.parametrize(("before", "text"), [("", "so"), ("Well,", " so"), ("Well, ", "so"), ("Well.\n", "so")])
def test_a_separator_is_typed_only_after_something_that_does_not_end_in_one(before: str, text: str) -> None:
    assert compose(words(" so"), 4, before).insert == text


def test_languages_without_spaces_are_joined_without_spaces() -> None:
    assert compose(words("你", "好"), 0, "。").insert == "你好"


def test_spans_count_words_from_the_beginning_of_the_utterance() -> None:
    edit = compose(words(" c", " d"), 7, "a b")
    assert [span.words for span in edit.spans] == [(7,), (8,)]


def test_no_words_are_no_edit() -> None:
    assert compose([], 3, "abc") == Edit(0, "", ())


def test_a_replacement_belongs_to_all_words_it_replaced() -> None:
    edit = compose(words(" new", " line", " here"), 0, "x")
    assert rewrite(edit, 0, 9, "\n") == Edit(0, "\n here", (Span(0, 1, (0, 1)), Span(1, 6, (2,))))


def test_an_insertion_belongs_to_the_word_before_it_and_at_the_very_beginning_to_the_first() -> None:
    edit = compose(words("one", " two"), 0, "")
    assert rewrite(edit, 3, 3, ",") == Edit(0, "one, two", (Span(0, 4, (0,)), Span(4, 8, (1,))))
    assert rewrite(edit, 0, 0, "¡") == Edit(0, "¡one two", (Span(0, 4, (0,)), Span(4, 8, (1,))))


def test_words_that_were_replaced_by_nothing_are_still_known() -> None:
    edit = compose(words("one", " two"), 0, "")
    assert rewrite(edit, 3, 7, "") == Edit(0, "one", (Span(0, 3, (0,)), Span(3, 3, (1,))))


def test_what_is_deleted_before_the_insertion_is_left_alone() -> None:
    assert rewrite(Edit(2, "ab", (Span(0, 2, (0,)),)), 0, 1, "x").delete == 2


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    texts = draw(st.lists(st.text(" abc,é😀", min_size=1, max_size=5), min_size=1, max_size=6))
    return compose(words(*texts), draw(st.integers(0, 9)), draw(st.sampled_from(["", "x", "x "])))


@given(
    edit=edits(),
    changes=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.text("xyz \n", max_size=4)), max_size=6),
)
def test_after_any_rewriting_the_spans_cover_the_text_and_no_word_is_forgotten(
    edit: Edit, changes: list[tuple[float, float, str]]
) -> None:
    said = {word for span in edit.spans for word in span.words}
    check_spans(edit)
    for one, other, text in changes:
        start, end = sorted((round(one * len(edit.insert)), round(other * len(edit.insert))))
        expected = edit.insert[:start] + text + edit.insert[end:]
        edit = rewrite(edit, start, end, text)
        assert edit.insert == expected
        check_spans(edit)
        assert {word for span in edit.spans for word in span.words} == said


@given(edit=edits(), at=st.integers(0, 30), by=st.integers(1, 3))
def test_spans_that_do_not_cover_the_text_are_refused(edit: Edit, at: int, by: int) -> None:
    at %= len(edit.spans)
    torn = list(edit.spans)
    torn[at] = replace(torn[at], end=torn[at].end + by)
    with pytest.raises(ValueError, match="spans"):
        check_spans(replace(edit, spans=tuple(torn)))


def test_transforms_are_applied_in_order_and_can_be_taken_back() -> None:
    def spoken_comma(edit: Edit) -> Edit:
        found = re.search(r" comma\b", edit.insert)
        return rewrite(edit, *found.span(), ",") if found else edit

    def capital(edit: Edit) -> Edit:
        return rewrite(edit, 0, 1, edit.insert[:1].upper())

    spoken = compose(words("well", " comma", " yes"), 0, "")
    formatted = Formatter([spoken_comma, capital])(spoken)
    assert formatted.edit.insert == "Well, yes"
    assert [edit.insert for edit in formatted.before] == ["well comma yes", "well, yes"]
    assert formatted.undone is spoken


def test_without_transforms_the_edit_is_what_was_said() -> None:
    spoken = compose(words("well"), 0, "")
    formatted = Formatter()(spoken)
    assert formatted.edit is formatted.undone is spoken


def test_a_transform_that_loses_the_spans_is_refused_by_what_it_broke() -> None:
    careless = Formatter([lambda edit: replace(edit, insert=edit.insert + "!")])
    with pytest.raises(ValueError, match="spans cover 4 of 5 characters"):
        careless(compose(words("well"), 0, ""))


def test_two_edits_are_one_that_leaves_the_same_behind() -> None:
    first = compose(words("so", " it", " goes"), 0, "")
    then = replace(compose(words(" is"), 1, "so"), delete=len(" it goes"))
    assert joined(first, then) == Edit(0, "so is", (Span(0, 2, (0,)), Span(2, 5, (1,))))


def test_what_the_second_edit_takes_back_beyond_the_first_is_taken_from_before_it() -> None:
    assert joined(Edit(1, "ab"), Edit(5, "c")) == Edit(4, "c")


@given(start=st.text("abc", min_size=9, max_size=9), pieces=st.lists(st.tuples(st.integers(0, 9), edits())))
def test_however_edits_are_joined_they_do_what_they_did_one_by_one(
    start: str, pieces: list[tuple[int, Edit]]
) -> None:
    text, sum_of_all = start, Edit(0, "")
    for delete, piece in pieces:
        edit = replace(piece, delete=min(delete, len(text)))
        text = text[: len(text) - edit.delete] + edit.insert
        sum_of_all = joined(sum_of_all, edit)
        check_spans(sum_of_all)
    assert text == start[: len(start) - sum_of_all.delete] + sum_of_all.insert


@pytest.mark.parametrize(
    ("first", "taken"), [(0, (10, 0)), (1, (8, 1)), (2, (5, 2)), (3, (0, 3))], ids=["all", "two", "one", "none"]
)
def test_from_a_word_on_everything_is_taken_back(first: int, taken: tuple[int, int]) -> None:
    assert taken_back(compose(words("so", " it", " goes"), 0, ""), first) == taken


def test_words_that_are_one_in_the_text_are_taken_back_together() -> None:
    edit = rewrite(compose(words("so", " new", " line", " it"), 0, ""), 2, 11, "\n")
    assert taken_back(edit, 2) == (len("\n it"), 1)


def test_a_word_that_left_nothing_in_the_text_is_said_again_with_the_one_after_it() -> None:
    edit = rewrite(compose(words("so", " er", " it"), 0, ""), 2, 5, "")
    assert taken_back(edit, 2) == (len(" it"), 1)


@pytest.mark.parametrize("clings", ["\u0301", "🏽", "\u200d", "🇪"], ids=["accent", "skin tone", "joiner", "flag"])
def test_what_may_be_one_character_with_the_word_before_is_taken_back_with_it(clings: str) -> None:
    assert taken_back(compose(words("so", " it", clings), 0, ""), 2) == (len(" it") + len(clings), 1)


def test_text_that_belongs_to_no_word_is_not_taken_back_with_the_words_after_it() -> None:
    standing = Edit(0, "mineso", (Span(0, 4, ()), Span(4, 6, (3,))))
    assert taken_back(standing, 0) == (2, 3)
    assert taken_back(Edit(0, "mine", (Span(0, 4, ()),)), 3) == (0, 3)


def test_what_was_said_instead_of_what_is_typed_can_be_taken_back_to() -> None:
    said = compose(words("well", " comma"), 0, "")
    typed = Edit(0, "well,", (Span(0, 4, (0,)), Span(4, 5, (1,))))
    formatted = Formatter()(typed, said)
    assert (formatted.edit, formatted.undone) == (typed, said)
    assert Formatter()(said, said).undone is said


def test_marks_that_follow_later_belong_to_the_word_before_them() -> None:
    first, then = compose(words("so"), 0, ""), Edit(0, ", it", (Span(0, 1, (0,)), Span(1, 4, (1,))))
    assert joined(first, then) == Edit(0, "so, it", (Span(0, 3, (0,)), Span(3, 6, (1,))))


SO_IT = (Piece("so", 0, 1), Piece(" it", 1, 2))


@pytest.mark.parametrize(
    ("after", "edit"),
    [
        ((*SO_IT, Piece(" goes", 2, 3)), Edit(0, " goes", (Span(0, 5, (2,)),))),
        ((SO_IT[0], Piece(" it,", 1, 2)), Edit(0, ",", (Span(0, 1, (1,)),))),
        ((SO_IT[0], Piece(" is", 1, 2)), Edit(3, " is", (Span(0, 3, (1,)),))),
        ((SO_IT[0], Piece("", 1, 4)), Edit(3, "", (Span(0, 0, (1, 2, 3)),))),
        ((Piece("", 0, 4), Piece("on", 4, 5)), Edit(5, "on", (Span(0, 0, (0, 1, 2, 3)), Span(0, 2, (4,))))),
        (SO_IT, Edit(0, "", ())),
        ((), Edit(5, "", ())),
    ],
    ids=["more", "marks", "another", "taken back", "all of it", "the same", "nothing"],
)
def test_the_difference_between_pieces_is_the_least_edit(after: tuple[Piece, ...], edit: Edit) -> None:
    typed = Edit(0, "so it", (Span(0, 2, (0,)), Span(2, 5, (1,))))
    assert difference(typed, SO_IT, after)[0] == edit
