"""The stabiliser: what was committed stays, and what follows it is found again in every hypothesis."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.agreement import ENOUGH_NATS, GUARD_SECONDS
from sayso.events import Hypothesis, TimedWord
from sayso.stabiliser import (
    MAX_REPEATS,
    Stable,
    Step,
    advance,
    continuation,
    heard_again,
    loop_start,
)

PACE = 0.4  # seconds a word


def said(text: str, start: float = 0.0, confidence: float = 0.9) -> tuple[TimedWord, ...]:
    """The words of a text, one after the other."""
    return tuple(
        TimedWord(f" {word}", start + n * PACE, start + (n + 1) * PACE, confidence)
        for n, word in enumerate(text.split())
    )


def hypothesis(
    words: tuple[TimedWord, ...],
    *,
    final: bool = False,
    window_start: float = 0.0,
    heard_after: float = GUARD_SECONDS,
) -> Hypothesis:
    """A hypothesis that has heard so much after its last word."""
    end = (words[-1].end_seconds if words else window_start) + heard_after
    return Hypothesis(1, window_start, end, words, final, "en")


def after(*texts: str, final: str | None = None) -> list[Step]:
    """What each hypothesis did, the last one a final."""
    steps, stable = [], Stable()
    for text in texts:
        steps.append(advance(stable, hypothesis(said(text))))
        stable = steps[-1].stable
    if final is not None:
        steps.append(advance(stable, hypothesis(said(final), final=True)))
    return steps


def plain(words: tuple[TimedWord, ...]) -> str:
    return "".join(word.text for word in words).strip()


def test_one_hypothesis_alone_commits_nothing() -> None:
    (step,) = after("the quick brown")
    assert step.added == ()
    assert plain(step.stable.tail) == "the quick brown"


def test_words_on_which_two_decodes_agree_are_committed_but_for_the_last() -> None:
    step = after("the quick bro", "the quick brown fox")[-1]
    assert plain(step.added) == "the quick"
    assert plain(step.stable.tail) == "brown fox"
    step = after("the quick brown", "the quick brown")[-1]
    assert plain(step.added) == "the quick"


def test_a_word_that_ended_just_now_waits_until_more_was_heard() -> None:
    words, stable, added = said("the quick brown fox"), Stable(), []
    for more in (-0.01, -0.01, 0.01):
        end = words[-2].end_seconds + GUARD_SECONDS + more
        step = advance(stable, Hypothesis(1, 0.0, end, words, False, "en"))
        stable = step.stable
        added.append(plain(step.added))
    assert added == ["", "the quick", "brown"]


def test_words_of_which_the_model_is_less_sure_need_more_decodes_that_agree() -> None:
    doubtful = 1 - math.exp(-ENOUGH_NATS / 3) + 0.01
    words, stable, added = said("the quick", confidence=doubtful), Stable(), []
    for _ in range(3):
        step = advance(stable, Hypothesis(1, 0.0, words[0].end_seconds + GUARD_SECONDS + 0.01, words, False, "en"))
        stable = step.stable
        added.append(plain(step.added))
    assert added == ["", "", "the"]


def test_a_decode_that_disagrees_makes_the_count_begin_anew() -> None:
    assert after("the quick brown", "the thick brown", "the quick brown")[-1].stable.committed == said("the")


def test_decodes_that_differ_in_a_letter_do_not_agree() -> None:
    assert plain(after("so hollow world now", "so hello world now")[-1].added) == "so"


def test_a_mark_at_the_end_of_a_word_is_waited_for() -> None:
    assert plain(after("so hello world", "so hello, world")[-1].added) == "so"


def test_committed_words_spelled_otherwise_later_are_not_said_again() -> None:
    step = after("the quick brown", "the quick brown", final="The quick, brown fox")[-1]
    assert plain(step.added) == "brown fox"
    assert step.contradicted == 0


def test_a_final_says_the_rest_and_counts_what_it_would_have_had_otherwise() -> None:
    step = after("the quick brown", "the quick brown", final="the thick brown fox")[-1]
    assert plain(step.stable.committed) == "the quick brown fox"
    assert plain(step.added) == "brown fox"
    assert step.contradicted == 1
    assert step.stable.tail == ()


def test_a_final_has_otherwise_as_many_of_the_last_words_as_it_may_mend() -> None:
    before = after("the quick brown fox now", "the quick brown fox now")[-1].stable
    assert plain(before.committed) == "the quick brown fox"
    for mendable, text in (
        (0, "the quick brown fox jumps"),
        (1, "the quick brown box jumps"),
        (3, "the thick brown box jumps"),
        (4, "The thick brown box jumps"),
    ):
        final = hypothesis(said("The thick brown box jumps"), final=True)
        step = advance(before, final, mendable)
        assert plain(step.stable.committed) == text
        assert step.stable.committed[-len(step.added) :] == step.added
        assert step.contradicted == 2


def test_a_partial_mends_nothing_though_a_final_might() -> None:
    before = after("the quick brown", "the quick brown")[-1].stable
    step = advance(before, hypothesis(said("the thick brown")), mendable=2)
    assert plain(step.stable.committed) == "the quick"


def test_words_that_a_final_may_mend_and_has_as_they_are_are_not_said_again() -> None:
    before = after("the quick brown", "the quick brown")[-1].stable
    step = advance(before, hypothesis(said("the quick brown fox"), final=True), mendable=2)
    assert plain(step.added) == "brown fox"
    assert step.stable.committed[:2] == before.committed


def test_a_final_mends_nothing_that_was_said_before_its_window() -> None:
    stable, start = Stable(said("one two three four")), 2 * PACE
    step = advance(stable, hypothesis(said("tree four five", start), final=True, window_start=start), mendable=4)
    assert plain(step.stable.committed) == "one two tree four five"


def test_a_partial_that_has_lost_most_of_what_was_committed_is_not_believed() -> None:
    before = after("one two three four", "one two three four")[-1].stable
    step = advance(before, hypothesis(said("thanks for watching this")))
    assert step.added == ()
    assert step.stable.committed == before.committed
    assert step.stable.tail == ()


@pytest.mark.parametrize(
    ("stands", "heard", "committed"),
    [
        ("Oh", "Or I think that", "Oh I think"),
        ("I scream", "Ice cream is what he wants", "I scream is what he"),
        ("one two three", "won too tree four five", "one two three four"),
    ],
)
def test_words_that_every_later_decode_has_otherwise_keep_none_that_follow_from_being_committed(
    stands: str, heard: str, committed: str
) -> None:
    stable, steps = Stable(said(stands)), []
    for _ in range(4):
        steps.append(advance(stable, hypothesis(said(heard, confidence=0.99))))
        stable = steps[-1].stable
    assert [step.lost for step in steps] == [True, False, False, False], "one that is alone is not believed"
    assert plain(stable.committed) == committed


def test_a_word_repeated_by_the_speaker_after_it_was_committed_is_kept() -> None:
    step = after("it was very very", "it was very very", final="it was very very very good")[-1]
    assert plain(step.stable.committed) == "it was very very very good"


def test_after_a_cut_only_the_words_of_the_window_are_looked_for() -> None:
    stable = Stable(said("one two three four five six"), ())
    start = 4 * PACE
    step = advance(stable, hypothesis(said("five six seven", start), final=True, window_start=start))
    assert plain(step.added) == "seven"
    assert step.contradicted == 0


def test_a_final_that_heard_nothing_adds_nothing_and_takes_nothing() -> None:
    step = after("hello there you", "hello there you", final="")[-1]
    assert step.added == ()
    assert plain(step.stable.committed) == "hello there"


def test_without_committed_words_everything_is_new() -> None:
    assert continuation((), said("one two")) == (0, 0)


def test_of_two_places_that_fit_equally_well_the_one_nearest_in_time_is_taken() -> None:
    committed = said("no no")
    assert continuation(committed, said("no no no no")) == (2, 0)
    assert continuation(said("yes"), said("no so")) == (1, 1)  # heard otherwise this time
    assert continuation(said("yes"), said("no so", start=2.0)) == (0, 1)  # not heard, and then went on


def looping(text: str, times: int, seconds_a_word: float) -> tuple[TimedWord, ...]:
    words = text.split() * times
    return tuple(
        TimedWord(f" {word}", n * seconds_a_word, (n + 1) * seconds_a_word, 0.5) for n, word in enumerate(words)
    )


def test_a_decoders_loop_is_cut_after_its_first_round() -> None:
    words = said("and then") + tuple(
        TimedWord(w.text, 0.8 + w.start_seconds, 0.8 + w.end_seconds, 0.5) for w in looping("you know", 6, 0.01)
    )
    assert plain(words[: loop_start(words)]) == "and then you know"
    assert plain(advance(Stable(), hypothesis(words, final=True)).added) == "and then you know"


def test_somebody_who_repeats_himself_is_no_loop() -> None:
    words = looping("one two", 3, 0.3)
    assert loop_start(words) == len(words)


def test_a_word_or_two_said_twice_is_no_loop_however_fast() -> None:
    words = looping("you know", MAX_REPEATS - 1, 0.01)
    assert loop_start(words) == len(words)


def again(words: tuple[TimedWord, ...], count: int, seconds_a_word: float) -> tuple[TimedWord, ...]:
    """Words, and the first of them once more, at another speed."""
    end = words[-1].end_seconds
    return words + tuple(
        TimedWord(w.text, end + n * seconds_a_word, end + (n + 1) * seconds_a_word, 0.5)
        for n, w in enumerate(words[:count])
    )


@pytest.mark.parametrize(
    ("sentence", "count"), [("so it goes on", 4), ("so it goes on", 3), ("a b c d e f g h i j", 10)]
)
def test_a_sentence_that_comes_again_in_no_time_is_a_loop_even_where_it_breaks_off(
    sentence: str, count: int
) -> None:
    words = said(sentence)
    assert loop_start(again(words, count, 0.0)) == len(words)
    assert loop_start(again(words, count, 0.04)) == len(words)
    assert plain(advance(Stable(), hypothesis(again(words, count, 0.0), final=True)).added) == sentence


@pytest.mark.parametrize("seconds_a_word", [0.06, 0.2])
def test_a_sentence_that_somebody_says_again_is_no_loop(seconds_a_word: float) -> None:
    words = again(said("so it goes on"), 4, seconds_a_word)
    assert loop_start(words) == len(words)


@pytest.mark.parametrize("text", ["I don't know", "I want to", "a lot of"])
@pytest.mark.parametrize("seconds_a_word", [0.0, 0.05, 0.1, 0.2])
def test_a_phrase_with_which_somebody_begins_anew_and_goes_on_is_no_loop(text: str, seconds_a_word: float) -> None:
    begun = again(said(text), 3, seconds_a_word)
    words = begun + said("go on", start=begun[-1].end_seconds)
    assert loop_start(words) == len(words)


WORDS = st.lists(st.sampled_from(["a", "b", "B,", "c", "é", "—", "dd"]), max_size=12).map(" ".join)
WINDOWS = st.lists(st.tuples(WORDS, st.floats(0, 3)), max_size=8)


@given(windows=WINDOWS, last=WORDS)
def test_whatever_the_hypotheses_committed_words_only_grow_and_are_the_sum_of_what_was_added(
    windows: list[tuple[str, float]], last: str
) -> None:
    stable, added, start = Stable(), (), 0.0
    for n, (text, moved) in enumerate([*windows, (last, 0.0)]):
        start += moved
        is_final = n == len(windows)
        words = said(text, start)
        step = advance(stable, hypothesis(words, final=is_final, window_start=start))
        assert step.stable.committed == stable.committed + step.added
        assert all(word in words for word in step.added)
        added += step.added
        stable = step.stable
        if is_final:
            before = stable.committed[: len(stable.committed) - len(step.added)]
            maybe, surely = heard_again(before, start)
            split, _ = continuation(before[maybe:], words[: loop_start(words)], surely - maybe)
            assert step.added == words[: loop_start(words)][split:]
    assert stable.committed == added
    assert stable.tail == ()


@given(partials=st.lists(WORDS, max_size=4), last=WORDS, mendable=st.integers(0, 12))
def test_a_final_ends_the_words_that_it_may_not_mend_with_its_own(
    partials: list[str], last: str, mendable: int
) -> None:
    before = after(*partials)[-1].stable if partials else Stable()
    mendable = min(mendable, len(before.committed))
    step = advance(before, hypothesis(said(last), final=True), mendable)
    firm = before.committed[: len(before.committed) - mendable]
    words = said(last)[: loop_start(said(last))]
    expected = [*firm, *words[continuation(firm, words)[0] :]]
    assert [word.text for word in step.stable.committed] == [word.text for word in expected]
    kept = len(step.stable.committed) - len(step.added)
    assert kept >= len(firm)
    assert step.stable.committed[:kept] == before.committed[:kept]


@given(common=WORDS, new=WORDS)
def test_a_hypothesis_that_begins_with_the_committed_words_goes_on_right_after_them(common: str, new: str) -> None:
    committed = said(common)
    words = said(f"{common} {new}")
    assert continuation(committed, words) == (len(committed), 0)


@given(committed=WORDS, words=WORDS)
def test_the_split_is_a_place_in_the_hypothesis_and_its_distance_is_the_least_of_all(
    committed: str, words: str
) -> None:
    old, new = said(committed), said(words)
    split, distance = continuation(old, new)
    assert 0 <= split <= len(new)
    assert abs(len(old) - split) <= distance <= max(len(old), split)
    assert distance <= len(old)  # the empty prefix would cost that much
    if old == new:
        assert (split, distance) == (len(new), 0)


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_the_same_hypothesis_twice_commits_all_but_its_last_word(texts: list[str]) -> None:
    text = " ".join(texts)
    steps = after(text, text)
    spoken = said(text)
    assert steps[-1].stable.committed == spoken[:-1]
    assert steps[-1].stable.tail == spoken[len(spoken[:-1]) :]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=10))
def test_growing_hypotheses_that_agree_say_every_word_once(growth: list[int]) -> None:
    lengths = list(itertools.accumulate(growth))
    texts = [" ".join(f"w{n}" for n in range(length)) for length in lengths]
    steps = after(*texts, final=texts[-1])
    assert plain(steps[-1].stable.committed) == texts[-1]
    assert all(step.contradicted == 0 for step in steps)
