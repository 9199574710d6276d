"""What has become of texts in a field follows from what is read of it, whatever else is written there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.accessibility import Place
from sayso.accessibility.stretch import Stretch
from sayso.corrections.watched import MOST_MOVES, Typed, WatchedField, find

PLACE = Place(":1.1", "/field")


def stretch(text: str, caret: int | None = None) -> Stretch:
    return Stretch(PLACE, 61, 0, len(text), len(text), text, len(text) if caret is None else caret)


def watched(*texts: str, before: str = "") -> WatchedField:
    """A field into which texts were typed, one after the other."""
    stands = before
    field = WatchedField(stretch(stands), window=1)
    for number, text in enumerate(texts, 1):
        stands += text
        field.add(stretch(stands), Typed(number, text))
    return field


def test_a_word_that_was_put_right_is_told_once() -> None:
    field = watched("Ask Johan about it.", before="Well. ")
    assert field.read("Well. Ask Johann about it.", [15]) == []
    assert field.changed() == [(1, "Ask Johann about it.")]
    assert field.changed() == []


def test_that_it_is_as_it_was_again_is_told_where_it_was_told_to_be_another() -> None:
    field = watched("Ask Johan about it.")
    field.read("Ask Johann about it.", [10])
    field.changed()
    field.read("Ask Johan about it.", [9])
    assert field.changed() == [(1, "Ask Johan about it.")]


def test_what_is_written_after_it_is_not_told() -> None:
    field = watched("Ask Johan about it.")
    field.read("Ask Johan about it. Or do not.", [30])
    assert field.changed() == []


def test_what_stood_before_a_message_was_sent_counts() -> None:
    field = watched("Ask Johan about it.")
    field.read("Ask Johann about it.", [10])
    assert field.read("", [0]) == [(1, "Ask Johann about it.")]
    assert field.changed() == []


def test_a_reading_after_which_something_was_written_before_it_was_sent_does_not_count() -> None:
    field = watched("Ask Johan about it.")
    field.read("Ask Joha about it.", [8])
    assert field.read("", [9, 10, 0]) == []


def test_what_is_written_in_a_field_that_was_emptied_is_nobody_s_correction() -> None:
    field = watched("See you at noon.")
    field.read("", [0])
    field.read("See you at nine.", [16])
    assert field.changed() == []


def test_where_the_emptying_is_undone_it_is_watched_again() -> None:
    field = watched("Ask Johan about it.")
    field.read("", [0])
    field.read("Ask Johan about it.", [19])
    field.read("Ask Johann about it.", [10])
    assert field.changed() == [(1, "Ask Johann about it.")]


def test_each_of_two_texts_has_its_own() -> None:
    field = watched("Ask Johan. ", "Bring the flower.")
    field.read("Ask Johann. Bring the flour.", [28])
    assert [(number, text.strip()) for number, text in field.changed()] == [
        (1, "Ask Johann."),
        (2, "Bring the flour."),
    ]


def test_a_text_that_is_dictated_after_a_correction_leaves_it_as_it_is() -> None:
    field = watched("Ask Johan.")
    field.read("Ask Johann.", [10])
    assert field.changed() == [(1, "Ask Johann.")]
    field.add(stretch("Ask Johann. He knows."), Typed(2, " He knows."))
    assert field.changed() == []
    field.read("Ask Johan. He knows.", [9])
    assert field.changed() == [(1, "Ask Johan.")]


def test_what_is_dictated_into_the_middle_of_a_text_is_no_correction_of_it() -> None:
    field = watched("The end is near.")
    field.add(stretch("The end is very near.", caret=16), Typed(2, "very "))
    field.read("The end is very near!", [21])
    assert all(number != 1 or "very" not in text for number, text in field.changed())


def test_a_part_that_we_typed_and_gave_up_is_nobody_s_correction() -> None:
    field = watched("Ask Johan.")
    field.add(stretch("Ask Johan. And th"), Typed(2, " And th"), is_watched=False)
    assert list(field.texts) == [1]
    field.read("Ask Johan.", [10])
    assert field.changed() == []


def test_a_text_that_we_took_back_is_forgotten() -> None:
    field = watched("Ask Johan. ", "Or not.")
    field.add(stretch("Ask Johan. "), Typed(2, ""), is_watched=False)
    assert list(field.texts) == [1]
    field.read("Ask Johann. ", [10])
    assert [number for number, _ in field.changed()] == [1]


def test_of_a_field_that_may_not_be_read_nothing_is_told() -> None:
    field = watched("Ask Johan.")
    field.read("Ask Johann.", [10])
    field.is_lost = True
    assert field.changed() == []


def test_a_text_that_was_left_as_it_is_is_known_for_that() -> None:
    field = watched("Ask Johan.")
    assert field.untouched(1) == "Ask Johan."
    field.read("Ask Johan. Or not.", [18])
    assert field.untouched(1) == "Ask Johan."
    field.read("Ask Johann. Or not.", [10])
    field.changed()
    assert field.untouched(1) is None


def test_a_text_is_found_though_the_application_began_it_with_a_capital() -> None:
    here = find(stretch("He said: “Ask Johan”"), Typed(1, '"ask johan"'))
    assert here is not None
    assert (here.start, here.end) == (9, 20)


def test_moves_are_remembered_only_so_far_as_they_are_needed() -> None:
    field = watched("Ask Johan.")
    for move in range(1000):
        field.moved(move)
    assert len(field.moves) <= MOST_MOVES
    assert field.read("", field.moves) == []


TEXT = "Ask Johan about it."
AGAIN = Typed(2, "Ask Johann about it.")


def again(field: WatchedField, before: str = "", after: str = "") -> list[int]:
    """Dictate more there; returns which texts were deleted before."""
    text = before + AGAIN.text
    return field.add(stretch(text + after, caret=len(text)), AGAIN)


def test_a_text_is_known_to_be_deleted_when_more_is_dictated_however_that_was_done() -> None:
    letter_by_letter = watched(TEXT)
    for size in range(len(TEXT) - 1, -1, -1):
        letter_by_letter.read(TEXT[:size], [size])
    assert again(letter_by_letter) == [1]
    selected = watched(TEXT)
    selected.is_all_selected = True
    selected.read("", [0])
    assert again(selected) == [1]
    among_others = watched(TEXT, before="Well. ")
    among_others.read("Well. ", [6])
    assert again(among_others, "Well. ") == [1]
    assert again(watched(TEXT)) == [1]  # it was selected, and typed over
    one_of_two = watched("Hello there. ", TEXT)
    one_of_two.read("Hello there. ", [13])
    assert one_of_two.add(stretch("Hello there. Ask Johann."), Typed(3, "Ask Johann.")) == [2]


def test_a_text_that_stands_was_changed_or_may_have_been_sent_was_not_deleted() -> None:
    assert again(watched(TEXT), f"{TEXT} ") == []
    changed = watched(TEXT)
    changed.read("Ask Johann about it.", [10])
    assert again(changed, "Ask Johann about it. ") == []
    sent = watched(TEXT)
    sent.read("", [0])
    assert again(sent) == []
    sent_where_a_hint_appears = watched(TEXT)
    sent_where_a_hint_appears.read("Write a message", [0])
    assert again(sent_where_a_hint_appears, after="Write a message") == []
    undone = watched(TEXT)
    undone.is_all_selected = True
    undone.read("", [0])
    undone.read(TEXT, [19])
    assert again(undone, f"{TEXT} ") == []


def test_of_a_text_that_is_no_longer_read_nobody_knows_whether_it_was_deleted() -> None:
    field = watched(TEXT, before="Dear all. ")
    far = Stretch(PLACE, 61, 9000, 9030, 9030, f"Dear all. {AGAIN.text}", 30)
    assert field.add(far, AGAIN) == []


@pytest.mark.parametrize("is_undone", [False, True])
def test_what_was_selected_once_says_nothing_of_a_later_message(is_undone: bool) -> None:
    field = watched(TEXT)
    field.is_all_selected = True
    field.read("", [0])
    if is_undone:
        field.read(TEXT, [19])
    else:
        again(field)
    field.read("", [0])
    assert field.add(stretch("Ask John about it."), Typed(3, "Ask John about it.")) == []


def test_a_text_that_we_took_back_ourselves_is_not_told_as_deleted() -> None:
    field = watched(TEXT)
    assert field.add(stretch(""), Typed(1, ""), is_watched=False) == []


NAMES = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"]
WORDS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6)


@given(WORDS, WORDS)
def test_what_is_added_at_either_end_is_never_a_correction(ours: list[str], more: list[str]) -> None:
    text = " ".join(ours) + "."
    for added in (f"{text} {' '.join(more)}", f"{' '.join(more)}. {text}"):
        field = watched(text)
        field.read(added, [len(added)])
        assert field.changed() == []
