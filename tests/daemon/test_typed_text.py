"""Whatever the recogniser says and the person does, the text in the window is the sum of the edits, and right."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.fakes import of_type
from tests.daemon.hearing import HEARD_AFTER_SECONDS, Desk

from sayso.events import (
    Committed,
    Edit,
    Hypothesis,
    HypothesisChanged,
    TimedWord,
    UtteranceCutShort,
    UtteranceFinished,
)
from sayso.formatter import Formatter, check_spans, compose, joined, rewrite
from sayso.recogniser import Dropped, Final, Partial
from sayso.stabiliser import Stable, advance, loop_start

MINE = "mine"  # what the person had written before
SPACED = [" a", " b", " B,", " c", " é", " cc."]
CLINGING = ["字", "が", "。", "e", "\u0301", "😀", "🏽", "\u200d", "", " "]
TEXTS = st.one_of(st.sampled_from(SPACED), st.sampled_from(SPACED + CLINGING))
LENGTH_SECONDS = 4.0  # of the part of a window in which words are …
EDGE_SECONDS = 0.1  # … which is so far from its beginning that nobody can doubt on which side of it they are
Sound = tuple[
    str, float, float, float
]  # text; begin and length as shares of what is left of the window; confidence
CONFIDENCES = st.one_of(st.sampled_from([0.9, 0.99]), st.floats(0, 1))
SOUND = st.tuples(TEXTS, st.floats(0, 1), st.floats(0, 0.3), CONFIDENCES)


@dataclass(frozen=True)
class Heard:
    """A window is decoded, which begins `moved` seconds later than the one before; `heard_after` its last word."""

    sounds: tuple[Sound, ...]
    moved: float = 0.0
    heard_after: float = HEARD_AFTER_SECONDS
    final: bool = False


class TakenBack:
    """The person takes back what was typed last."""


Utterance = tuple[list[Heard | TakenBack], tuple[Sound, ...] | str]


@st.composite
def decodes(draw: st.DrawFn, most: int) -> list[tuple[Sound, ...]]:
    """What one window says again and again: mostly the same, as otherwise no word is ever committed."""
    sounds = tuple(draw(st.lists(SOUND, max_size=8)))
    heard = []
    for _ in range(draw(st.integers(1, most))):
        changed = list(sounds[: draw(st.integers(0, len(sounds))) or len(sounds)])
        for at in draw(st.lists(st.integers(0, 7), max_size=2)):
            changed[at : at + draw(st.integers(0, 1))] = draw(st.lists(SOUND, max_size=2))
        heard.append(tuple(changed))
    return heard


@st.composite
def in_flight(draw: st.DrawFn) -> list[Heard | TakenBack]:
    """What is heard of an utterance before its end, and done meanwhile."""
    moved, after = st.sampled_from([0.0, 0.0, 0.0, 1.0, 7.5]), st.sampled_from([0.0, HEARD_AFTER_SECONDS])
    is_final = st.sampled_from([False, False, False, True])
    actions: list[Heard | TakenBack] = [
        Heard(sounds, draw(moved), draw(after), draw(is_final)) for sounds in draw(decodes(6))
    ]
    for at in draw(st.lists(st.integers(0, 6), max_size=1)):
        actions.insert(at, TakenBack())
    return actions


ENDS = st.sampled_from(["drop", "fail", "cancel"])


@st.composite
def utterance(draw: st.DrawFn) -> Utterance:
    """An utterance and how it ends: with a final that resembles what was heard before, or without one."""
    heard = draw(in_flight())
    sounds = [action.sounds for action in heard if isinstance(action, Heard)]
    return heard, draw(st.one_of(st.sampled_from(sounds), decodes(1).map(lambda one: one[0]), ENDS))


UTTERANCES = st.lists(utterance(), max_size=4)


def window(number: int, heard: Heard, start: float) -> Hypothesis:
    """The hypothesis: its words lie in its window, in the order in which they begin."""
    begin = start + EDGE_SECONDS
    words = tuple(
        TimedWord(text, begin + LENGTH_SECONDS * at, begin + LENGTH_SECONDS * (at + (1 - at) * share), confidence)
        for (text, _, share, confidence), at in zip(
            heard.sounds, sorted(at for _, at, _, _ in heard.sounds), strict=True
        )
    )
    return Hypothesis(number, start, begin + LENGTH_SECONDS + heard.heard_after, words, heard.final, "en")


class Room(Desk):
    """A desk with text of the person's own in the window, of which no edit may ever take anything."""

    def __init__(self, *, rewrite: bool, formatter: Formatter | None = None) -> None:
        super().__init__(rewrite=rewrite, formatter=formatter)
        self.typist.text = MINE
        self.given: list[Edit] = []
        self.mine: dict[int, list[Edit]] = {}
        self.windows: dict[int, float] = {}

    def _deliver(self, utterance: int, edit: Edit, last: bool) -> None:
        check_spans(edit)
        assert edit.delete <= len(self.standing(utterance).insert)
        self.given.append(edit)
        self.mine.setdefault(utterance, []).append(edit)
        super()._deliver(utterance, edit, last)

    def standing(self, utterance: int) -> Edit:
        """The sum of the edits of an utterance."""
        return functools.reduce(joined, self.mine.get(utterance, []), Edit(0, ""))

    def hear(self, utterance: int, heard: Heard, *, ends: bool = False) -> Hypothesis:
        """A window is decoded."""
        start = self.windows[utterance] = self.windows.get(utterance, 0.0) + heard.moved
        hypothesis = window(utterance, heard, start)
        self.dictation.take(Final(utterance, hypothesis, ends, 2.0) if heard.final else Partial(hypothesis))
        return hypothesis

    def take_back(self, utterance: int) -> None:
        """What was typed of an utterance is taken back, as the typist does it."""
        self.typist.type(Edit(len(self.standing(utterance).insert), ""))
        self.mine.pop(utterance, None)
        self.dictation.correct(UtteranceCutShort(utterance, ""))


def play(room: Room, utterances: list[Utterance]) -> None:
    """Say all of it, and hold what is told at each moment against what stands."""
    for utterance, (heard, last) in enumerate(utterances, start=1):
        for action in heard:
            if isinstance(action, TakenBack):
                room.take_back(utterance)
                continue
            room.hear(utterance, action)
            shown = of_type(room.events, HypothesisChanged)[-1]
            assert shown.stable == room.standing(utterance).insert
        if isinstance(last, tuple):
            room.hear(utterance, Heard(last, final=True), ends=True)
            finished = of_type(room.events, UtteranceFinished)[-1]
            assert finished.text == room.standing(utterance).insert
        elif last == "cancel":
            room.cancelled = utterance
            room.hear(utterance, Heard((), final=True), ends=True)
        else:
            room.dictation.take(Dropped(utterance) if last == "drop" else Final(utterance, None, True, 2.0))


@given(utterances=UTTERANCES, rewriting=st.booleans())
def test_the_window_has_the_sum_of_the_edits_and_nothing_goes_that_the_utterance_did_not_type(
    utterances: list[Utterance], rewriting: bool
) -> None:
    room = Room(rewrite=rewriting)
    play(room, utterances)
    sums = [room.standing(utterance).insert for utterance in range(1, len(utterances) + 1)]
    assert room.typist.text == MINE + "".join(sums)
    told = [event.edit for event in room.events if isinstance(event, Committed | UtteranceFinished)]
    assert told == room.given


@given(utterances=UTTERANCES)
def test_without_rewriting_nothing_is_ever_deleted(
    utterances: list[Utterance],
) -> None:
    room = Room(rewrite=False)
    play(room, utterances)
    assert all(edit.delete == 0 for edits in room.mine.values() for edit in edits)


def composed(words: tuple[TimedWord, ...]) -> str:
    return compose(words, 0, "").insert


@given(heard=decodes(7))
def test_with_rewriting_the_text_ends_equal_to_the_final(heard: list[tuple[Sound, ...]]) -> None:
    room = Room(rewrite=True)
    room.typist.text = ""
    for sounds in heard[:-1]:
        room.hear(1, Heard(sounds))
    final = room.hear(1, Heard(heard[-1], final=True), ends=True)
    assert room.typist.text == composed(final.words[: loop_start(final.words)])


@given(windows=st.lists(decodes(4), min_size=1, max_size=4))
def test_with_rewriting_the_text_of_a_long_utterance_is_that_of_its_finals_joined(
    windows: list[list[tuple[Sound, ...]]],
) -> None:
    room = Room(rewrite=True)
    room.typist.text = ""
    finals: tuple[TimedWord, ...] = ()
    for n, heard in enumerate(windows):
        for k, sounds in enumerate(heard, start=1):
            moved = 5.0 if n and k == 1 else 0.0  # so that nothing is heard twice
            is_last = k == len(heard)
            hypothesis = room.hear(1, Heard(sounds, moved, final=is_last), ends=is_last and n == len(windows) - 1)
        finals += hypothesis.words[: loop_start(hypothesis.words)]
    assert room.typist.text == composed(finals)


def heard_only(actions: list[Heard | TakenBack]) -> list[Heard]:
    return [action for action in actions if isinstance(action, Heard)]


@given(heard=in_flight().map(heard_only), last=decodes(1))
def test_without_rewriting_the_text_is_the_committed_words_and_what_the_final_has_after_them(
    heard: list[Heard], last: list[tuple[Sound, ...]]
) -> None:
    room, stable = Room(rewrite=False), Stable()
    room.typist.text = ""
    for action in heard:
        stable = advance(stable, room.hear(1, action)).stable
        assert room.typist.text == composed(stable.committed)
    final = room.hear(1, Heard(last[0], final=True), ends=True)
    after = advance(stable, final).stable.committed
    assert room.typist.text == composed(after)
    assert after[: len(stable.committed)] == stable.committed


@given(heard=in_flight().map(heard_only), rewriting=st.booleans())
def test_each_piece_of_the_text_belongs_to_the_word_it_came_from(heard: list[Heard], rewriting: bool) -> None:
    room, stable = Room(rewrite=rewriting), Stable()
    for action in heard:
        mendable = len(stable.committed) if rewriting else 0
        stable = advance(stable, room.hear(1, action), mendable).stable
        standing = room.standing(1)
        check_spans(standing)
        pieces = {span.words: standing.insert[span.start : span.end].strip() for span in standing.spans}
        assert list(pieces) == sorted(pieces)
        assert len(pieces) == len(standing.spans)
        for n, word in enumerate(stable.committed):
            assert pieces.pop((n,), "") == word.text.strip()
        assert not pieces


def merging(edit: Edit) -> Edit:
    """Makes one of two words, and nothing of another."""
    for sought, text in ((" a b", "!"), (" c", "")):
        at = edit.insert.find(sought)
        if at >= 0:
            edit = rewrite(edit, at, at + len(sought), text)
    return edit


@given(utterances=UTTERANCES)
def test_transforms_that_merge_words_and_drop_them_change_nothing_of_that(
    utterances: list[Utterance],
) -> None:
    room = Room(rewrite=True, formatter=Formatter([merging]))
    play(room, utterances)
    sums = [room.standing(utterance) for utterance in range(1, len(utterances) + 1)]
    assert room.typist.text == MINE + "".join(edit.insert for edit in sums)
    for edit in sums:
        words = [word for span in edit.spans for word in span.words]
        assert words == sorted(set(words))
