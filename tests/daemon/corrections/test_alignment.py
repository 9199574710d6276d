"""Two texts, word by word."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.corrections.alignment import Block, Change, align, compared, slice_of, words_of

TEXTS = st.lists(
    st.sampled_from(
        ["we", "the", "cooper", "netties", "Kubernetes", "Kubernetes,", "run", "it's", "C++", "שלום", "能", "\n"]
    ),
    max_size=14,
).map(" ".join)


def pairs(heard: str, meant: str) -> list[tuple[str, str]]:
    """(heard, meant) of what changed."""
    a, b = words_of(heard), words_of(meant)
    return [
        (slice_of(heard, a, one.heard_start, one.heard_end), slice_of(meant, b, one.meant_start, one.meant_end))
        for one in align(heard, meant)
        if not one.is_equal
    ]


@given(TEXTS, TEXTS)
def test_the_blocks_join_back_to_both_texts_without_gap_or_overlap(heard: str, meant: str) -> None:
    blocks = align(heard, meant)
    a, b = words_of(heard), words_of(meant)
    assert [n for one in blocks for n in range(one.heard_start, one.heard_end)] == list(range(len(a)))
    assert [n for one in blocks for n in range(one.meant_start, one.meant_end)] == list(range(len(b)))
    for one in blocks:
        keys = (
            [w.key for w in a[one.heard_start : one.heard_end]],
            [w.key for w in b[one.meant_start : one.meant_end]],
        )
        assert one.is_equal == (keys[0] == keys[1])
        assert one.change == _change(one)


def _change(one: Block) -> Change:
    if one.heard_start == one.heard_end:
        return Change.ADDED
    if one.meant_start == one.meant_end:
        return Change.REMOVED
    return Change.EQUAL if one.is_equal else Change.CHANGED


@given(st.text(max_size=200))
def test_words_are_in_order_and_a_text_is_equal_to_itself(text: str) -> None:
    words = words_of(text)
    assert all(0 <= one.start < one.end <= len(text) for one in words)
    assert all(one.end <= other.start for one, other in itertools.pairwise(words))
    assert all(one.is_equal for one in align(text, text))


@given(TEXTS, st.sampled_from(["", ".", "!", " …"]))
def test_case_and_marks_are_no_change(text: str, marks: str) -> None:
    assert pairs(text, text.upper() + marks) == []


@pytest.mark.parametrize(
    ("heard", "meant", "expected"),
    [
        ("we run cooper netties now", "we run Kubernetes now", [("cooper netties", "Kubernetes")]),
        ("cooper netties engine x", "Kubernetes Nginx", [("cooper netties", "Kubernetes"), ("engine x", "Nginx")]),
        ("see you at ate", "see you at eight", [("ate", "eight")]),
        ("run cooper netties", "run Kubernetes and go", [("cooper netties", "Kubernetes"), ("", "and go")]),
        ("go home", "please go home", [("", "please")]),
        ("go home now", "go now", [("home", "")]),
        ("see plus plus", "C++", [("see plus plus", "C++")]),
        ("about C", "about C++", [("C", "C++")]),
        ("कि हम", "का हम", [("कि", "का")]),
        ("我今天去学校", "我明天去学校", [("今", "明")]),
        ("ask you one today", "ask Siobhan today", [("you one", "Siobhan")]),  # "one" alone is nearer to it
        ("ask one you today", "ask Siobhan today", [("one you", "Siobhan")]),
        ("ask you one now", "ask them now", [("you one", "them")]),
        ("tell you you one", "tell you Siobhan", [("you", ""), ("one", "Siobhan")]),  # said twice
        ("tell you you one", "tell Siobhan", [("you you", ""), ("one", "Siobhan")]),
        ("ask so near today", "ask Niamh today", [("so", ""), ("near", "Niamh")]),  # which has no letters for it
        ("so valero runs", "Velero runs", [("so", ""), ("valero", "Velero")]),  # which is like it without "so"
        ("call the stephen", "call Stefan", [("the", ""), ("stephen", "Stefan")]),
        ("it's", "it’s", []),
        ("", "", []),
    ],
)  # fmt: skip
def test_what_changed_is_told_word_by_word(heard: str, meant: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(heard, meant) == expected


def test_a_text_of_a_thousand_other_words_is_one_stretch_and_takes_no_long_time() -> None:
    heard, meant = (" ".join(f"{letter}{n}" for n in range(1000)) for letter in "ab")
    assert len(align(heard, meant)) == 1


def test_signs_that_make_another_word_count_and_spelling_does_not() -> None:
    assert compared("C#") != compared("C++") != compared("C")
    assert compared("E-Mail") == compared("email")
    assert compared("Straße") == compared("STRASSE")
