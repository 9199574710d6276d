"""What is kept of a decode, given what the voice detector heard meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, samples
from sayso.cuts import Valley
from sayso.engines import Decoding, Word
from sayso.gates import (
    CLEAR_NEEDS,
    CLEAR_VOICE,
    DOUBTFUL_NEEDS,
    ENOUGH_VOICE_SAMPLES,
    FEW_WORDS,
    FOLLOWING_NEEDS,
    FOLLOWING_SECONDS,
    HASTY_SECONDS,
    HASTY_WORDS,
    SILENT_NEEDS,
    SILENT_SLACK_SECONDS,
    SURE_VOICE,
    Belief,
    Hearing,
    judged,
)
from sayso.segmenter import Voice

START = 10 * SAMPLE_RATE_HZ
MUCH = Voice(ENOUGH_VOICE_SAMPLES, 0.5)
UNSURE = Voice(FRAME_SAMPLES * 10, CLEAR_VOICE - 0.01)
A_LITTLE = 0.01


def said(
    *words: tuple[float, float, float], no_speech: float = 0.0, mean: float = -0.2, language: str = "en"
) -> Decoding:
    """A decode of words (start, end, confidence)."""
    made = tuple(Word(f" w{n}", start, end, sure) for n, (start, end, sure) in enumerate(words))
    return Decoding(made, language, 5.0, no_speech, mean)


def frames(*voiced: tuple[float, float], until: float = 5.0) -> tuple[Valley, ...]:
    """The frames of a window of so many seconds, of which these stretches are voiced."""
    middles = range(START + FRAME_SAMPLES // 2, START + samples(until), FRAME_SAMPLES)
    spans = [(START + samples(a), START + samples(b)) for a, b in voiced]
    return tuple(Valley(at, 0.9 if any(a <= at < b for a, b in spans) else 0.0) for at in middles)


def kept(decoding: Decoding, hearing: Hearing, spoken_until: int | None = None) -> list[int]:
    """The numbers of the words that are believed."""
    belief = judged(decoding, START, hearing, spoken_until)
    return [decoding.words.index(word) for word in belief.words]


ONE_WORD = said((0.5, 0.9, DOUBTFUL_NEEDS - A_LITTLE))


def test_words_said_with_a_voice_are_believed() -> None:
    decoding = said((0.5, 0.8, 0.1), (0.9, 1.2, 0.9))
    assert judged(decoding, START, Hearing(frames((0.5, 1.2)), MUCH, START)) == Belief(decoding.words, False)


def test_nobody_spoke_where_the_model_says_so_and_is_unsure_of_what_it_says() -> None:
    for no_speech, mean, silent in ((0.9, -1.5, True), (0.9, -0.5, False), (0.3, -1.5, False)):
        decoding = said((0.5, 0.9, 0.9), no_speech=no_speech, mean=mean)
        assert kept(decoding, Hearing(voice=MUCH)) == ([] if silent else [0])


@pytest.mark.parametrize(
    ("surest", "needed"), [(CLEAR_VOICE - A_LITTLE, DOUBTFUL_NEEDS), (CLEAR_VOICE, CLEAR_NEEDS), (SURE_VOICE, 0.0)]
)
def test_the_less_sure_the_voice_the_surer_the_first_word_has_to_be(surest: float, needed: float) -> None:
    hearing = Hearing(voice=Voice(FRAME_SAMPLES * 10, surest))
    assert kept(said((0.5, 0.9, needed), (1.0, 1.2, 0.1)), hearing) == [0, 1]
    if needed:
        assert kept(said((0.5, 0.9, needed - A_LITTLE), (1.0, 1.2, 1.0)), hearing) == []


def test_a_second_of_voice_is_somebody_whatever_is_said() -> None:
    assert kept(ONE_WORD, Hearing(voice=UNSURE)) == []
    assert kept(ONE_WORD, Hearing(voice=MUCH)) == [0]


def test_more_than_a_few_different_words_are_somebodys_however_little_voice_there_was() -> None:
    words = [(0.5 + n * 0.2, 0.7 + n * 0.2, 0.01) for n in range(FEW_WORDS + 1)]
    assert len(kept(said(*words), Hearing(voice=UNSURE))) == len(words)
    assert kept(said(*words[:-1]), Hearing(voice=UNSURE)) == []
    again = said(*words)
    same = replace(again, words=tuple(replace(word, text=" ha") for word in again.words))
    assert kept(same, Hearing(voice=UNSURE)) == []


def test_shortly_after_other_words_a_less_sure_one_is_believed() -> None:
    decoding = said((0.5, 0.9, FOLLOWING_NEEDS))
    hearing = Hearing(voice=UNSURE, onset_sample=START)
    assert kept(decoding, hearing) == []
    assert kept(decoding, hearing, spoken_until=START - samples(FOLLOWING_SECONDS - A_LITTLE)) == [0]
    assert kept(decoding, hearing, spoken_until=START - samples(FOLLOWING_SECONDS)) == []


def test_words_that_nobody_could_say_so_fast_are_not_believed_nor_what_follows_them() -> None:
    pace = HASTY_SECONDS * 0.9
    slow = [(0.0, 0.4, 0.9), (0.5, 0.9, 0.9)]
    hasty = [(1.0 + n * pace, 1.0 + (n + 1) * pace, 0.9) for n in range(HASTY_WORDS)]
    after = [(3.0, 3.4, 0.9)]
    hearing = Hearing(voice=MUCH)
    assert kept(said(*slow, *hasty, *after), hearing) == [0, 1]
    assert len(kept(said(*slow, *hasty[:-1], *after), hearing)) == len(slow) + HASTY_WORDS
    assert len(kept(said(*hasty, language="ja"), hearing)) == HASTY_WORDS  # there a word is a letter


def test_a_burst_in_the_midst_of_words_said_in_their_own_time_is_attentions_fault_and_stays() -> None:
    hasty = [(1.0 + n * 0.08, 1.08 + n * 0.08, 0.9) for n in range(HASTY_WORDS)]
    after = [(2.0 + n * 0.2, 2.15 + n * 0.2, 0.9) for n in range(HASTY_WORDS)]
    hearing = Hearing(voice=MUCH)
    assert len(kept(said((0.0, 0.4, 0.9), *hasty, *after), hearing)) == 1 + 2 * HASTY_WORDS
    assert kept(said((0.0, 0.4, 0.9), *hasty, *after[1:]), hearing) == [0]
    assert kept(said((0.0, 0.4, 0.9), *hasty, *after, *hasty), hearing) == [*range(1 + 2 * HASTY_WORDS)]


def test_words_that_take_no_time_are_not_believed_though_others_follow_in_their_own() -> None:
    repeated = [(0.8, 0.8, 0.9)] * HASTY_WORDS
    said_then = [(1.0 + n * 0.3, 1.25 + n * 0.3, 0.9) for n in range(2 * HASTY_WORDS)]
    assert kept(said((0.0, 0.4, 0.9), *repeated, *said_then), Hearing(voice=MUCH)) == [0]


def test_words_said_in_their_own_time_before_hasty_ones_stay() -> None:
    decoding = said((0.0, 0.3, 0.9), (0.3, 0.45, 0.9), *[(0.45, 0.45, 0.9)] * HASTY_WORDS)
    assert kept(decoding, Hearing(voice=MUCH)) == [0, 1]


def test_a_word_where_nobody_spoke_is_dropped_and_those_that_follow_from_it() -> None:
    far = 2.0 + SILENT_SLACK_SECONDS + 0.1
    decoding = said((1.0, 1.9, 0.3), (far, far + 0.2, SILENT_NEEDS - A_LITTLE), (far + 0.3, far + 0.5, 1.0))
    assert kept(decoding, Hearing(frames((1.0, 2.0)), MUCH)) == [0]


def test_a_sure_word_is_kept_though_it_seems_to_stand_in_silence() -> None:
    decoding = said((1.0, 1.9, 0.3), (3.0, 3.2, SILENT_NEEDS))
    assert kept(decoding, Hearing(frames((1.0, 2.0)), MUCH)) == [0, 1]


def test_a_word_within_the_slack_of_a_voice_is_heard() -> None:
    near = 2.0 + SILENT_SLACK_SECONDS - 0.05
    assert kept(said((near, near + 0.3, 0.1)), Hearing(frames((1.0, 2.0)), MUCH)) == [0]


def test_of_words_before_the_first_known_frame_nothing_is_known_and_they_stay() -> None:
    late = frames((4.0, 4.5))[samples(2.0) // FRAME_SAMPLES :]
    assert kept(said((0.2, 0.6, 0.1), (4.0, 4.4, 0.1)), Hearing(late, MUCH)) == [0, 1]


def test_what_is_not_believed_and_what_the_decoder_was_unsure_of_resets_the_prompt() -> None:
    fine = said((0.5, 0.9, 0.9))
    hearing = Hearing(voice=MUCH)
    assert not judged(fine, START, hearing).resets_prompt
    assert judged(said((0.5, 0.9, 0.9), mean=-1.1), START, hearing).resets_prompt
    assert judged(ONE_WORD, START, Hearing(voice=UNSURE)).resets_prompt


WORDS = st.lists(st.tuples(st.floats(0, 4.9), st.floats(0, 1.0), st.floats(0, 1)), max_size=12)


@given(WORDS, st.floats(0, 1), st.floats(-3, 0), st.integers(0, 40), st.floats(0, 1))
def test_nothing_is_ever_added_or_moved(
    words: list[tuple[float, float, float]], no_speech: float, mean: float, voiced: int, surest: float
) -> None:
    ordered = sorted((at, at + long, sure) for at, long, sure in words)
    decoding = said(*ordered, no_speech=no_speech, mean=mean)
    hearing = Hearing(frames((1.0, 2.0)), Voice(voiced * FRAME_SAMPLES, surest), START)
    left = iter(decoding.words)
    assert all(word in left for word in judged(decoding, START, hearing).words)
