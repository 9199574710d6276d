"""Where our text stands in a field, and what it has become."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sayso.corrections.standing import Baseline, Became, Fate, Ours, became, found, rebased

WORDS = [
    "we",
    "meet",
    "at",
    "the",
    "station",
    "cooper",
    "netties",
    "Ann",
    "tomorrow",
    "morning",
    "seven",
    "please",
]
OTHERS = ["zebra", "violin", "quartz", "jukebox", "fjord", "lymph"]
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(
    lambda words: " ".join(words).capitalize() + "."
)
OTHER = st.lists(st.sampled_from(OTHERS), max_size=5).map(" ".join)


def field(*parts: str | tuple[int, str]) -> Baseline:
    """A field made of what others wrote, and of our texts with their utterances."""
    text, ours = "", []
    for part in parts:
        if isinstance(part, tuple):
            ours.append(Ours(part[0], len(text), len(text) + len(part[1])))
        text += part if isinstance(part, str) else part[1]
    return Baseline(text, tuple(ours))


def told(result: Became) -> list[tuple[Fate, str]]:
    """What became of each text, without the spaces around it."""
    return [(one.fate, one.text.strip()) for one in result.stands]


@given(OTHER, SENTENCE, OTHER, OTHER, OTHER)
def test_text_that_nobody_touched_is_the_same_whatever_is_around_it(
    before: str, ours: str, after: str, earlier: str, later: str
) -> None:
    baseline = field(f"{before} Begin\n", (1, ours), f" End {after}")
    (one,) = became(baseline, f"{earlier} {before} Begin\n{ours} End {after} {later}").stands
    assert (one.fate, one.text) == (Fate.SAME, ours)


@given(SENTENCE, st.lists(st.sampled_from(OTHERS), min_size=1, max_size=30).map(" ".join))
def test_text_that_is_gone_on_with_is_continued_and_is_what_it_was(ours: str, more: str) -> None:
    result = became(field((1, ours)), f"{ours} {more}")
    assert told(result) == [(Fate.CONTINUED, ours)]
    assert result.is_continued


@given(OTHER, st.lists(SENTENCE, min_size=1, max_size=4), OTHER, st.randoms(use_true_random=False))
def test_of_several_texts_side_by_side_each_word_that_was_fixed_is_in_its_own(
    before: str, texts: list[str], after: str, random: object
) -> None:
    baseline = field(before + " ", *((n, f"{text} ") for n, text in enumerate(texts)), after)
    fixed = [text.replace("cooper", "coopers").replace("Cooper", "Coopers") for text in texts]
    result = became(baseline, f"{before} {''.join(f'{text} ' for text in fixed)}{after}")
    for (fate, text), old, new in zip(told(result), texts, fixed, strict=True):
        assert fate is (Fate.SAME if old == new else Fate.FIXED) or len(old.split()) < 3
        assert text == new or len(old.split()) < 3


@given(st.text("ab c.\n", max_size=40), st.text("ab c.\n", max_size=40), st.data())
def test_whatever_stands_there_the_texts_do_not_overlap_and_are_in_it(
    old: str, now: str, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(old)), min_size=2, max_size=6)))
    ours = tuple(Ours(n, low, high) for n, (low, high) in enumerate(itertools.pairwise(cuts)) if low < high)
    stands = became(Baseline(old, ours), now).stands
    assert [one.utterance for one in stands] == [one.utterance for one in ours]
    there = [one for one in stands if one.end]
    assert all(now[one.start : one.end] == one.text for one in there)
    kept = [one for one in there if one.fate is not Fate.REWRITTEN]
    assert all(one.end <= other.start for one, other in itertools.pairwise(kept))


HI_BYE = field("Hi Ann, ", (1, "I run cooper netties."), " Bye")
ALONE = field((1, "I run cooper netties."))


@pytest.mark.parametrize(
    ("baseline", "now", "fate", "text"),
    [
        (HI_BYE, "Hi Ann, I run Kubernetes. Bye", Fate.FIXED, "I run Kubernetes."),
        (field((1, "See you at ate.")), "See you at eight. Bring the rest.", Fate.FIXED, "See you at eight."),
        (ALONE, "I run Kubernetes on three machines.", Fate.FIXED, "I run Kubernetes"),
        (ALONE, "i run cooper netties!", Fate.FIXED, "i run cooper netties!"),
        (HI_BYE, "Dear Joe, I run cooper netties. Cheers", Fate.SAME, "I run cooper netties."),
        (ALONE, "I now run only cooper netties.", Fate.CONTINUED, "I now run only cooper netties."),
        (field("Hi Ann, ", (1, "I run cooper netties.")), "Hi Ann, ", Fate.GONE, ""),
        (ALONE, "", Fate.GONE, ""),
        (field("Hi Ann, dear, ", (1, "I run it.")), "quite another field", Fate.UNKNOWN, ""),
        (field("Hi ", (1, "\n")), "Hi there\n", Fate.UNKNOWN, ""),
        (field((1, "¿Qué hora és?")), "¿Qué hora es? ¿Y tú?", Fate.FIXED, "¿Qué hora es?"),
        (field("前", (1, "我今天去学校。"), "后"), "前我明天去学校。后", Fate.FIXED, "我明天去学校。"),
        (field((1, "אני גר בתל אביב.")), "אני גר ברמת אביב.", Fate.FIXED, "אני גר ברמת אביב."),
    ],
)  # fmt: skip
def test_what_becomes_of_a_text(baseline: Baseline, now: str, fate: Fate, text: str) -> None:
    (one,) = became(baseline, now).stands
    assert (one.fate, one.text.strip()) == (fate, text)


def test_text_that_was_written_anew_is_no_correction() -> None:
    for text in ("Hi Ann, tomorrow is fine for me", "Hi Ann, quartz"):
        (one,) = became(field("Hi Ann, ", (1, "I run cooper netties.")), text).stands
        assert one.fate in (Fate.REWRITTEN, Fate.GONE)


def test_a_text_that_was_fixed_and_then_gone_on_with_is_told_of_from_its_new_beginning() -> None:
    first = field("Hi. ", (1, "I run cooper netties. "), (2, "See you."))
    then = rebased(first, "Hi. I run Kubernetes. See you.")
    assert [(one.utterance, then.text[one.start : one.end].strip()) for one in then.ours] == [
        (1, "I run Kubernetes."),
        (2, "See you."),
    ]
    assert told(became(then, "Hi. I run Kubernetes. See you. Ann")) == [
        (Fate.SAME, "I run Kubernetes."),
        (Fate.CONTINUED, "See you."),
    ]
    assert [one.utterance for one in rebased(first, "Hi. See you.").ours] == [2]


def test_the_last_place_before_the_cursor_is_where_a_text_was_typed() -> None:
    text = "yes no yes no"
    assert found(text, "yes ", 7) == Ours(7, 7, 11)
    assert found(text, "yes", 7, until=6) == Ours(7, 0, 3)
    assert found("one two", "one\ntwo", 7) == Ours(7, 0, 7)
    assert found(text, "maybe", 7) is None
    assert found(text, " ", 7) is None


@given(SENTENCE, OTHER)
def test_a_text_is_found_where_it_was_typed(ours: str, before: str) -> None:
    assume(ours not in before)
    assert found(f"{before} {ours}", ours, 3) == Ours(3, len(before) + 1, len(before) + 1 + len(ours))


def test_what_was_never_ours_is_not_asked_for() -> None:
    with pytest.raises(KeyError):
        became(field((1, "yes")), "yes").of(2)
    assert became(field((1, "yes")), "yes").of(1).fate is Fate.SAME
