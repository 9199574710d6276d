"""Hold-to-talk in a replay: the key goes down before speech and up after it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.daemon.fakes import Diary, LoudnessDetector, ReadingEngine, recording, silence, text_of

from sayso.audio import FRAME_SAMPLES, samples, seconds
from sayso.config import Settings
from sayso.events import UtteranceFinished
from sayso.replay import Pace, replay
from sayso.replay.strokes import KEY_LEAD_SECONDS, Key, hold_around_speech, with_silence
from sayso.typist.recording import RecordingTypist


def test_the_key_is_pressed_a_moment_before_each_utterance_and_let_go_after_its_last_voiced_frame(
    default_settings: Settings,
) -> None:
    audio = recording([(3, 2.0), (2, 1.0)], lead_seconds=1.024)
    detector = LoudnessDetector()
    strokes = hold_around_speech(audio, detector, default_settings, release_after=samples(0.05))
    assert [stroke.key for stroke in strokes] == [Key.PRESS, Key.RELEASE] * 2
    times = [seconds(stroke.at_sample) for stroke in strokes]
    assert times[0] == pytest.approx(1.024 - KEY_LEAD_SECONDS, abs=0.033)
    assert times[1] == pytest.approx(1.024 + 1.1 + 0.05, abs=0.033)
    assert detector.resets > 0  # it is used again for the replay itself


def test_speech_that_begins_with_the_recording_has_its_key_pressed_at_the_start(
    default_settings: Settings,
) -> None:
    strokes = hold_around_speech(recording([(3, 1.0)], 0.0), LoudnessDetector(), default_settings, 0)
    assert strokes[0].at_sample == 0


def test_without_speech_no_key_is_touched(default_settings: Settings) -> None:
    assert hold_around_speech(silence(3.0), LoudnessDetector(), default_settings, 0) == []


@given(st.integers(0, 40_000))
def test_the_silence_after_a_recording_is_longer_than_a_hard_endpoint_and_fills_a_frame(
    default_settings: Settings, count: int
) -> None:
    audio = np.ones(count, dtype=np.int16)
    padded = with_silence(audio, default_settings)
    assert len(padded) % FRAME_SAMPLES == 0
    assert np.array_equal(padded[:count], audio)
    assert not padded[count:].any()
    assert seconds(len(padded) - count) > default_settings.vad.hard_endpoint_ms / 1000


@settings(max_examples=20)
@given(
    phrases=st.lists(st.tuples(st.integers(1, 6), st.floats(0.6, 3.0)), min_size=1, max_size=4),
    release_ms=st.sampled_from([0, 50, 300]),
)
def test_held_around_each_utterance_every_word_is_typed_and_the_final_comes_with_the_release(
    default_settings: Settings, phrases: list[tuple[int, float]], release_ms: int
) -> None:
    audio = recording(phrases)
    release_after = samples(release_ms / 1000)
    detector, typist, diary = LoudnessDetector(), RecordingTypist(), Diary()
    strokes = hold_around_speech(audio, detector, default_settings, release_after)
    replay(default_settings, ReadingEngine(), detector, typist, audio, strokes, Pace.FAST, diary)
    assert typist.text == text_of(sum(count for count, _ in phrases))
    for event, moment in diary.entries:
        if isinstance(event, UtteranceFinished):
            waited = moment.clock_seconds - event.speech_end_seconds
            hard = default_settings.vad.hard_endpoint_ms / 1000
            assert waited <= min(release_ms / 1000, hard) + 0.07  # two frames
