"""Replay on a virtual clock, with a recording whose words can be read off its samples."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.daemon.fakes import (
    FIRST_WORD,
    MURMUR_SECONDS,
    WORD_SECONDS,
    Decode,
    Diary,
    LoudnessDetector,
    ReadingEngine,
    of_type,
    phrase,
    recording,
    silence,
    text_of,
)

from sayso.audio import Pcm, seconds
from sayso.config import Settings
from sayso.events import (
    Committed,
    HypothesisChanged,
    PaceChanged,
    Problem,
    Rung,
    StateChanged,
    UtteranceDelivered,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceStarted,
)
from sayso.replay import Pace, replay, virtual
from sayso.replay.strokes import OPEN_THROUGHOUT, KeyStroke
from sayso.replay.witness import ReplayResult
from sayso.typist.recording import RecordingTypist

LONGEST_WINDOW_SECONDS = 28.0


class Session:
    """One replay and everything it left."""

    def __init__(
        self,
        settings: Settings,
        audio: Pcm,
        engine: ReadingEngine | None = None,
        pace: Pace = Pace.FAST,
        strokes: tuple[KeyStroke, ...] = OPEN_THROUGHOUT,
    ) -> None:
        self.engine = engine or ReadingEngine()
        self.typist = RecordingTypist()
        self.diary = Diary()
        self.result: ReplayResult = replay(
            settings, self.engine, LoudnessDetector(), self.typist, audio, strokes, pace, self.diary
        )

    def of(self, kind: type) -> list:  # type: ignore[type-arg]  # whatever the caller asks for
        return of_type(self.diary.events, kind)

    @property
    def told_text(self) -> str:
        """The sum of what the events say was typed."""
        text = ""
        for event in self.diary.events:
            if isinstance(event, Committed | UtteranceFinished):
                assert event.edit.delete == 0
                text += event.edit.insert
        return text

    def clocks(self, kind: type) -> list[float]:
        return [moment.clock_seconds for event, moment in self.diary.entries if isinstance(event, kind)]


class Stopwatch:
    """Time that only a decode takes: the replay's own look at the computer's clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        timers = SimpleNamespace(perf_counter=lambda: self.now, process_time=lambda: self.now)
        monkeypatch.setattr(virtual, "time", timers)

    def engine(self, slowness: float, at_least: float = 0.0) -> ReadingEngine:
        """An engine that takes so many seconds for each second of audio."""

        def spend(decode: Decode) -> None:
            self.now += max(at_least, slowness * seconds(len(decode.audio)))

        return ReadingEngine(before=spend)


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    return Stopwatch(monkeypatch)


def test_words_appear_while_one_speaks_and_the_rest_with_the_end(default_settings: Settings) -> None:
    session = Session(default_settings, recording([(6, 1.0)]))
    assert session.typist.text == session.told_text == text_of(6)
    commits = session.of(Committed)
    assert len(commits) >= 3
    (finished,) = session.of(UtteranceFinished)
    assert finished.text == text_of(6)
    assert finished.speech_end_seconds == pytest.approx(0.6 + 6 * WORD_SECONDS + 5 * MURMUR_SECONDS, abs=0.032)
    assert finished.contradicted_words == session.result.contradicted == 0


def test_with_free_computing_the_final_comes_with_the_hard_endpoint(default_settings: Settings) -> None:
    session = Session(default_settings, recording([(6, 1.0)]))
    ((finished, moment),) = [
        (event, moment) for event, moment in session.diary.entries if isinstance(event, UtteranceFinished)
    ]
    waited = moment.clock_seconds - finished.speech_end_seconds
    assert waited == pytest.approx(default_settings.vad.hard_endpoint_ms / 1000, abs=0.04)
    assert moment.audio_seconds == pytest.approx(moment.clock_seconds)


def test_a_recording_without_speech_types_nothing(default_settings: Settings) -> None:
    session = Session(default_settings, silence(3.0))
    assert (session.typist.edits, session.of(UtteranceStarted), session.engine.decodes) == ([], [], [])
    assert session.result.audio_seconds == 3.0


def test_an_empty_recording_is_over_at_once(default_settings: Settings) -> None:
    assert Session(default_settings, silence(0)).typist.text == ""


def test_a_recording_that_breaks_off_in_the_middle_of_speech_is_still_typed_whole(
    default_settings: Settings,
) -> None:
    assert Session(default_settings, recording([(5, 0.0)])).typist.text == text_of(5)


def test_the_state_goes_from_idle_through_speaking_back_to_idle(default_settings: Settings) -> None:
    states = [event.state.value for event in Session(default_settings, recording([(3, 1.0)])).of(StateChanged)]
    assert states == ["listening", "speaking", "listening", "idle"]


def test_what_stands_in_a_hypothesis_only_grows(default_settings: Settings) -> None:
    stable = [event.stable for event in Session(default_settings, recording([(9, 1.0)])).of(HypothesisChanged)]
    assert all(after.startswith(before) for before, after in itertools.pairwise(stable))


PHRASES = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from([0.05, 0.15, 0.25, 0.4, 0.55, 0.8, 2.0])), max_size=5
)


@settings(max_examples=25)
@given(phrases=PHRASES, hop_ms=st.integers(50, 1_000), lead=st.floats(0, 1))
@example(phrases=[(1, 0.4), (1, 0.4), (1, 2.0)], hop_ms=300, lead=0.0)
def test_whatever_the_phrases_and_pauses_every_word_is_typed_once_and_heard_by_a_final(
    default_settings: Settings, phrases: list[tuple[int, float]], hop_ms: int, lead: float
) -> None:
    streaming = replace(default_settings.streaming, hop_ms=hop_ms)
    session = Session(replace(default_settings, streaming=streaming), recording(phrases, lead))
    count = sum(count for count, _ in phrases)
    assert session.typist.text == session.told_text == text_of(count)
    by_finals = set(
        np.concatenate(
            [decode.audio for decode in session.engine.decodes if decode.final] or [silence(1)]
        ).tolist()
    )
    assert by_finals >= set(range(FIRST_WORD, FIRST_WORD + count))
    assert len(session.of(UtteranceFinished)) == len(session.of(UtteranceStarted))
    assert len(session.of(UtteranceDelivered)) == len(session.of(UtteranceStarted))


def test_an_engine_slower_than_speech_goes_down_the_ladder_and_a_fast_one_stays(
    default_settings: Settings, stopwatch: Stopwatch
) -> None:
    audio = recording([(12, 1.0), (12, 1.0)])
    for slowness, last in ((0.01, None), (0.3, Rung.SLOWER), (3.0, Rung.SEGMENTS)):
        session = Session(default_settings, audio, stopwatch.engine(slowness), Pace.CLOCK)
        assert session.typist.text == text_of(24)
        rungs = [event.rung for event in session.of(PaceChanged)]
        assert (rungs[-1] if rungs else None) is last


@pytest.mark.parametrize("slowness", [0.3, 2.0, 10.0])
def test_an_engine_slower_than_speech_loses_no_utterance_and_the_text_is_whole_in_the_end(
    default_settings: Settings, stopwatch: Stopwatch, slowness: float
) -> None:
    audio = recording([(8, 0.8), (3, 0.6), (12, 1.5), (1, 0.7), (5, 0.0)])
    session = Session(default_settings, audio, stopwatch.engine(slowness), Pace.CLOCK)
    assert session.typist.text == session.told_text == text_of(29)
    assert len(session.of(UtteranceFinished)) == 5


def test_partials_that_a_slow_engine_cannot_do_are_skipped_and_not_queued(
    default_settings: Settings, stopwatch: Stopwatch
) -> None:
    audio = recording([(30, 1.0)])
    session = Session(default_settings, audio, stopwatch.engine(0.0, at_least=3.0), Pace.CLOCK)
    assert session.typist.text == text_of(30)
    partials = [decode for decode in session.engine.decodes if not decode.final]
    assert len(partials) <= seconds(len(audio)) / 3.0 + 1
    *heard, _before_the_final = [seconds(partial.end_sample) for partial in partials]
    assert all(after - before >= 2.9 for before, after in itertools.pairwise(heard))


def test_the_clock_counts_computing_where_it_is_longer_than_the_audio(
    default_settings: Settings, stopwatch: Stopwatch
) -> None:
    audio = recording([(4, 1.0)])
    slow = Session(default_settings, audio, stopwatch.engine(0.0, at_least=5.0), Pace.CLOCK)
    fast = Session(default_settings, audio, stopwatch.engine(0.0, at_least=5.0), Pace.FAST)
    (slow_final,), (fast_final,) = slow.clocks(UtteranceFinished), fast.clocks(UtteranceFinished)
    assert fast_final < seconds(len(audio))
    assert slow_final >= 5.0 + fast_final - 1.0
    assert slow.result.cpu_seconds == pytest.approx(5.0 * slow.result.decodes)


def test_a_final_goes_before_any_partial_that_waits(default_settings: Settings, stopwatch: Stopwatch) -> None:
    audio = recording([(8, 0.8), (8, 1.0)])
    session = Session(default_settings, audio, stopwatch.engine(0.0, at_least=2.0), Pace.CLOCK)
    assert [event.utterance for event in session.of(UtteranceFinished)] == [1, 2]
    kinds = [decode.final for decode in session.engine.decodes]
    assert kinds.count(True) == 2
    assert kinds.index(True) < len(kinds) - 2, "the second utterance's partials waited meanwhile"


@pytest.mark.parametrize("slowness", [0.0, 0.2, 3.0])
def test_long_speech_without_a_pause_is_cut_so_that_no_window_is_too_long_and_no_word_is_lost_or_doubled(
    default_settings: Settings, stopwatch: Stopwatch, slowness: float
) -> None:
    audio = recording([(220, 1.0)])
    session = Session(default_settings, audio, stopwatch.engine(slowness), Pace.CLOCK)
    assert max(seconds(len(decode.audio)) for decode in session.engine.decodes) <= LONGEST_WINDOW_SECONDS
    assert session.typist.text.split() == text_of(220).split()
    assert session.typist.text == session.told_text
    assert len(session.of(UtteranceStarted)) == 1


def test_after_a_cut_the_engine_is_told_what_was_said_before(
    default_settings: Settings, stopwatch: Stopwatch
) -> None:
    session = Session(default_settings, recording([(80, 1.0)]), stopwatch.engine(0.0), Pace.CLOCK)
    assert session.engine.decodes[0].prompt == ""
    last = session.engine.decodes[-1]
    assert last.prompt
    assert last.prompt in session.typist.text


def test_an_engine_that_fails_is_a_problem_and_a_failed_utterance_and_the_next_one_is_typed(
    default_settings: Settings,
) -> None:
    broken = [True]

    def fail(decode: Decode) -> None:
        if broken[0] and 1_005 in decode.audio:
            raise RuntimeError("no memory")

    session = Session(default_settings, recording([(3, 1.0), (4, 1.0), (2, 1.0)]), ReadingEngine(before=fail))
    assert [event.utterance for event in session.of(UtteranceFailed)] == [2]
    assert [event.utterance for event in session.of(UtteranceFinished)] == [1, 3]
    assert len(session.of(Problem)) == 1
    assert session.typist.text.startswith(text_of(3))
    assert session.typist.text.endswith(text_of(2, first=7))


def test_words_said_too_briefly_to_be_speech_are_not_typed(default_settings: Settings) -> None:
    vad = replace(default_settings.vad, min_speech_ms=1_000)
    session = Session(replace(default_settings, vad=vad), recording([(1, 1.0), (5, 1.0)]))
    assert session.typist.text == text_of(5, first=1)


def test_phrase_and_words_are_what_the_fake_engine_reads() -> None:
    assert ReadingEngine().transcribe(phrase(0, 3), "en").text == text_of(3)
