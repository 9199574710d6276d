"""Tones: short, soft, never taken for speech, and never in anybody's way."""

from __future__ import annotations

import queue
import threading

import numpy as np
import pytest
import soxr
from tests.daemon.gates.acoustics import in_a_room
from tests.daemon.gates.sounds import recorded

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ
from sayso.config import Settings
from sayso.indicator.sounds import FULL_VOLUME, RATE_HZ, Sound, Sounds, Tone, tone
from sayso.vad import make_detector


@pytest.mark.parametrize("sound", Sound)
def test_a_tone_is_over_in_120_ms_and_begins_and_ends_softly(sound: Sound) -> None:
    samples = tone(sound, 1)
    assert len(samples) / RATE_HZ <= 0.12
    assert np.abs(samples).max() <= FULL_VOLUME
    assert np.abs(samples[:24]).max() < 0.01
    assert np.abs(samples[-24:]).max() < 0.01


def test_a_tone_is_as_loud_as_it_is_told_to_be() -> None:
    assert np.abs(tone(Sound.START, 0.5)).max() == pytest.approx(np.abs(tone(Sound.START, 1)).max() / 2)
    assert not tone(Sound.START, 0).any()


def test_start_rises_and_stop_falls() -> None:
    def highest_hz(part: Tone) -> float:
        return float(np.argmax(np.abs(np.fft.rfft(part, RATE_HZ))))

    def halves(sound: Sound) -> tuple[float, float]:
        samples = tone(sound, 1)
        middle = len(samples) // 2
        return highest_hz(samples[:middle]), highest_hz(samples[middle:])

    begin, end = halves(Sound.START)
    assert end > begin * 1.3
    assert halves(Sound.STOP) == (end, begin)


@pytest.mark.parametrize("peak_dbfs", [-6, -20, -40])
@pytest.mark.parametrize("sound", Sound)
def test_a_tone_that_the_microphone_hears_is_not_speech(
    sound: Sound, peak_dbfs: float, default_settings: Settings
) -> None:
    rng = np.random.default_rng(1)
    heard = soxr.resample(tone(sound, 1).astype(np.float64), RATE_HZ, SAMPLE_RATE_HZ)
    room = in_a_room(np.concatenate([np.zeros(SAMPLE_RATE_HZ), heard, np.zeros(SAMPLE_RATE_HZ)]), rng)
    audio = recorded(room / np.abs(room).max(), peak_dbfs, rng)
    detector = make_detector()
    frames = [audio[at : at + FRAME_SAMPLES] for at in range(0, len(audio) - FRAME_SAMPLES, FRAME_SAMPLES)]
    voiced = [frame for frame in frames if detector.probability(frame) >= default_settings.vad.threshold]
    assert voiced == []


def test_without_a_loudspeaker_it_is_silent_and_goes_on() -> None:
    played: queue.Queue[str] = queue.Queue()

    def play(_: Tone) -> None:
        played.put("tried")
        raise OSError("no device")

    sounds = Sounds(0.5, play)
    sounds.start()
    for _ in range(3):
        sounds.play(Sound.START)
        assert played.get(timeout=10) == "tried"
    sounds.stop()


def test_a_loudspeaker_that_hangs_holds_nobody_up() -> None:
    hangs, reached = threading.Event(), threading.Event()

    def play(_: Tone) -> None:
        reached.set()
        hangs.wait()

    sounds = Sounds(0.5, play)
    sounds.start()
    for _ in range(10):
        sounds.play(Sound.START)
    assert reached.wait(10)
    sounds.stop()
    hangs.set()
