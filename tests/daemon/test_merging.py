"""Windows of a long utterance overlap, and are merged: every word that was said stands once, and whole."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sayso.events import Hypothesis, TimedWord
from sayso.stabiliser import Stable, advance, continuation, heard_again

JITTER_SECONDS = 0.08  # how wrong a word's times are at most
AGAIN_SECONDS = 0.4  # from the middle of a word to that of the same word said again
SLACK_SECONDS = 0.064  # a cut is where it is quietest, so far from the gap between two words at most
REST_SECONDS = 1.0  # what stays in a window at least


@st.composite
def truths(draw: st.DrawFn) -> tuple[TimedWord, ...]:
    """What was said: words of 60 ms and more, mostly without a pause between them, some of them said twice."""
    said: list[TimedWord] = []
    at = 0.3
    for n in range(draw(st.integers(1, 14))):
        length, pause = draw(st.floats(0.06, 0.6)), draw(st.sampled_from([0.0, 0.0, 0.02, 0.1, 0.6]))
        text, begin = f" word{n}", at + pause
        if n and said[-1].text == f" word{n - 1}" and draw(st.booleans()):
            text, begin = said[-1].text, max(begin, said[-1].middle_seconds + AGAIN_SECONDS - length / 2)
        at = begin + length
        said.append(TimedWord(text, begin, at, 1.0))
    return tuple(said)


class Ear:
    """Decodes windows of what was said: the truth, but for the times, and for half of a word at the end."""

    def __init__(self, truth: tuple[TimedWord, ...], noise: random.Random) -> None:
        self.truth = truth
        self.end = truth[-1].end_seconds + 0.6
        self._noise = noise

    def hear(self, start: float, end: float, *, final: bool = False) -> Hypothesis:
        """The words of which at least half is in the window, or has been until now."""
        words = [w for w in self.truth if w.middle_seconds >= start and w.start_seconds < end]
        return Hypothesis(1, start, end, tuple(self._word(w, start, end) for w in words), final, "en")

    def _word(self, word: TimedWord, start: float, end: float) -> TimedWord:
        is_whole = word.end_seconds <= end
        begin = max(start, word.start_seconds + self._wrong())
        stop = max(begin + 0.01, min(end, word.end_seconds) + self._wrong())
        text = word.text if is_whole else word.text[: len(word.text) // 2]
        return TimedWord(text, begin, min(end, stop), self._noise.random() ** 0.5)

    def _wrong(self) -> float:
        return self._noise.uniform(-JITTER_SECONDS, JITTER_SECONDS)


def cuts(committed: tuple[TimedWord, ...], low: float, high: float) -> list[tuple[float, float]]:
    """The gaps between committed words, by the times that were heard, where a window may begin."""
    return [
        (before.end_seconds, after.start_seconds)
        for before, after in itertools.pairwise(committed)
        if low < before.end_seconds and after.start_seconds < high
    ]


STEPS = st.lists(st.tuples(st.floats(0.1, 1.0), st.floats(0, 1), st.booleans(), st.booleans()), max_size=25)


def decodes(ear: Ear, steps: list[tuple[float, float, bool, bool]], mends: bool) -> Iterator[Stable]:
    """Decode windows that grow, begin late, and are cut off, the last one for the last time."""
    stable, window, end = Stable(), 0.0, 0.0
    for longer, which, is_late, is_cut in steps:
        end = min(end + longer, ear.end - 0.1)
        start = window
        gaps = cuts(stable.committed, window, end - REST_SECONDS)
        if gaps and is_late:
            start = max(window, sum(gaps[int(which * (len(gaps) - 1))]) / 2)
        stable = advance(stable, ear.hear(start, end)).stable
        yield stable
        if gaps and is_cut:
            low, high = sorted(gaps[int(which * (len(gaps) - 1))])
            window = max(window, low - SLACK_SECONDS + which * (high - low + 2 * SLACK_SECONDS))
    mendable = len(stable.committed) if mends else 0
    yield advance(stable, ear.hear(window, ear.end, final=True), mendable).stable


SHORT_AT_THE_CUT = tuple(
    TimedWord(f" word{n}", max(0.3, n / 2 - 0.1375), n / 2 + 0.3625, 1.0) for n in (0, 1, 2, 3, 4, 5)
)


@given(truth=truths(), steps=STEPS, noise=st.integers(0, 2**32), mends=st.booleans())
@example(
    truth=(*SHORT_AT_THE_CUT[:2], replace(SHORT_AT_THE_CUT[2], text=" word1"), *SHORT_AT_THE_CUT[3:]),
    steps=[(0.5, 0.0, False, False), (1.0, 0.0, False, False), (1.0, 0.0, False, False), (1.0, 0.25, False, True)],
    noise=0,
    mends=True,
)
def test_however_windows_overlap_no_word_is_lost_or_doubled_or_split(
    truth: tuple[TimedWord, ...], steps: list[tuple[float, float, bool, bool]], noise: int, mends: bool
) -> None:
    said = [word.text for word in truth]
    heard: list[str] = []
    for stable in decodes(Ear(truth, random.Random(noise)), steps, mends):
        heard = [word.text for word in stable.committed]
        assert heard == said[: len(heard)]
    assert heard == said


@given(truth=truths(), cut=st.integers(1, 12), overlap=st.integers(0, 12), noise=st.integers(0, 2**32))
def test_a_window_that_follows_a_final_says_on_where_that_one_ended(
    truth: tuple[TimedWord, ...], cut: int, overlap: int, noise: int
) -> None:
    ear = Ear(truth, random.Random(noise))
    assume(len(truth) > 1)
    cut = min(cut, len(truth) - 1)
    first = max(1, cut - overlap)  # the second window begins before this word
    ends = truth[cut - 1].end_seconds
    stable = advance(Stable(), ear.hear(0.0, ends, final=True)).stable
    assert [word.text for word in stable.committed] == [word.text for word in truth[:cut]]
    begins = (truth[first - 1].end_seconds + truth[first].start_seconds) / 2
    stable = advance(stable, ear.hear(begins, ear.end, final=True)).stable
    assert [word.text for word in stable.committed] == [word.text for word in truth]


def at(text: str, start: float, end: float) -> TimedWord:
    return TimedWord(f" {text}", start, end, 0.9)


COMMITTED = (at("so", 0.3, 0.6), at("there", 0.6, 1.0), at("I", 1.06, 1.14), at("was", 1.3, 1.6))


def test_a_window_surely_hears_what_begins_in_it_and_perhaps_what_is_short_and_at_its_edge() -> None:
    assert heard_again(COMMITTED, 0.0) == (0, 0)
    assert heard_again(COMMITTED, 1.08) == (2, 3)
    assert heard_again(COMMITTED, 1.2) == (3, 3)
    assert heard_again(COMMITTED, 9.0) == (4, 4)


@pytest.mark.parametrize("mendable", [0, 4])
@pytest.mark.parametrize("heard", ["I was here", "was here"])
def test_a_short_word_at_the_edge_of_a_window_stands_once_whether_it_was_heard_again_or_not(
    heard: str, mendable: int
) -> None:
    times = {"I": (1.1, 1.15), "was": (1.3, 1.6), "here": (1.7, 2.0)}
    words = tuple(at(text, *times[text]) for text in heard.split())
    step = advance(Stable(COMMITTED), Hypothesis(1, 1.08, 3.0, words, True, "en"), mendable)
    assert "".join(word.text for word in step.stable.committed) == " so there I was here"
    assert step.contradicted == 0


def test_a_word_that_is_said_again_after_the_edge_is_not_taken_for_the_one_before_it() -> None:
    committed = (at("he", 0.3, 0.6), at("said", 0.7, 1.0), at("no", 1.0, 1.2))
    words = (at("no", 1.45, 1.65), at("never", 1.7, 2.0))
    step = advance(Stable(committed), Hypothesis(1, 1.15, 3.0, words, True, "en"))
    assert "".join(word.text for word in step.stable.committed) == " he said no no never"


def test_what_is_left_of_a_word_before_the_edge_is_not_said_again() -> None:
    committed = (at("in", 0.3, 0.6), at("reality", 0.6, 1.2), at("it", 1.3, 1.5), at("was", 1.5, 1.8))
    words = (at("ality", 1.0, 1.2), at("it", 1.3, 1.5), at("was", 1.5, 1.8), at("me", 1.8, 2.0))
    step = advance(Stable(committed), Hypothesis(1, 0.98, 3.0, words, True, "en"))
    assert "".join(word.text for word in step.added) == " me"


def test_words_that_may_not_have_been_heard_are_missed_at_the_beginning_only() -> None:
    committed = (at("a", 0.0, 0.1), at("b", 0.1, 0.2), at("c", 0.2, 0.3))
    assert continuation(committed, committed[1:], doubtful=1) == (2, 0)
    assert continuation(committed, committed[2:], doubtful=1) == (1, 1)
    assert continuation(committed, (committed[0], committed[2]), doubtful=2) == (2, 1)
