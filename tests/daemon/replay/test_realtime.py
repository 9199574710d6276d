"""Replay in real time: the service's own threads, a recording in the microphone's place."""

from __future__ import annotations

import threading

import pytest
from tests.daemon.fakes import Diary, LoudnessDetector, ReadingEngine, of_type, recording, silence, text_of

from sayso.audio import seconds
from sayso.clock import WallClock
from sayso.config import Settings
from sayso.events import CaptureOpened, UtteranceFinished
from sayso.replay import Pace, replay
from sayso.replay.realtime import Playback
from sayso.replay.strokes import OPEN_THROUGHOUT, Key, KeyStroke
from sayso.ring import Ring
from sayso.typist.recording import RecordingTypist


def test_a_recording_in_real_time_takes_its_time_and_is_typed_whole(default_settings: Settings) -> None:
    audio, typist, diary = recording([(3, 0.6)], lead_seconds=0.1), RecordingTypist(), Diary()
    clock = WallClock()
    result = replay(
        default_settings,
        ReadingEngine(),
        LoudnessDetector(),
        typist,
        audio,
        OPEN_THROUGHOUT,
        Pace.REALTIME,
        diary,
    )
    assert clock.now() >= seconds(len(audio))
    assert typist.text == text_of(3)
    ((finished, moment),) = [(e, m) for e, m in diary.entries if isinstance(e, UtteranceFinished)]
    assert finished.text == text_of(3)
    assert moment.clock_seconds >= finished.speech_end_seconds
    assert len(of_type(diary.events, CaptureOpened)) == 1
    assert result.decodes >= 1
    assert result.audio_seconds == pytest.approx(seconds(len(audio)))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sayso-")]


def test_strokes_are_played_in_the_order_of_their_samples() -> None:
    pressed: list[Key] = []
    strokes = [KeyStroke(512, Key.RELEASE), KeyStroke(0, Key.PRESS), KeyStroke(10**9, Key.PRESS)]
    playback, ring = Playback(silence(0.064), strokes, pressed.append, WallClock()), Ring()
    playback.start(ring, lambda event: None)
    assert playback.ended.wait(10)
    playback.stop()
    assert pressed == [Key.PRESS, Key.RELEASE]
    assert (ring.written, playback.heard_samples, playback.latency_samples) == (1_024, 1_024, 0)


def test_a_playback_can_be_stopped_in_the_middle() -> None:
    playback, ring = Playback(silence(600.0), [], lambda key: None, WallClock()), Ring()
    playback.start(ring, lambda event: None)
    playback.stop()
    assert playback.ended.is_set()
    assert ring.written < 600 * 16_000
