"""What is spoken is what arrives in the ring."""

from __future__ import annotations

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray
from tests.desktop.capture.recorder import Recorder
from tests.desktop.rig.sound import SoundRig
from tests.desktop.rig.speech import Speaker, read_wav

SENTENCE = "The quick brown fox."


def correlation(played: NDArray[np.float64], captured: NDArray[np.float64]) -> float:
    """Best normalised correlation of `played` anywhere in `captured`, both at the same rate."""
    size = 1 << (len(played) + len(captured)).bit_length()
    product = np.fft.irfft(np.fft.rfft(captured, size) * np.conj(np.fft.rfft(played, size)), size)
    at = int(np.argmax(product[: len(captured)]))
    heard = captured[at : at + len(played)]
    said = played[: len(heard)]
    return float(np.dot(heard, said) / (np.linalg.norm(heard) * np.linalg.norm(said) + 1e-9))


@pytest.mark.parametrize("rate_hz", [0, 48_000], ids=["16 kHz", "48 kHz"])
def test_captured_audio_is_what_was_played(sound: SoundRig, speech: Speaker, rate_hz: int) -> None:
    wav = speech(SENTENCE)
    samples, wav_rate_hz = read_wav(wav)
    with Recorder(sound, rate_hz=rate_hz) as recorder:
        opened = recorder.wait_for("CaptureOpened")
        sound.play(wav)
        recorder.wait_for_audio(0.3)
        captured = recorder.audio()
    assert opened["rate_hz"] == (rate_hz or 16_000)
    played = soxr.resample(samples.astype(np.float64), wav_rate_hz, 16_000, quality="VHQ")
    assert correlation(played, captured.astype(np.float64)) > 0.95
