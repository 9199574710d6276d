"""An engine that is made of a Whisper network: sessions, long recordings, and the proof that it works."""

from __future__ import annotations

import time

import numpy as np

from sayso.audio import SAMPLE_RATE_HZ, Pcm, seconds
from sayso.engines import (
    CheckStatus,
    Segment,
    SelfCheck,
    Session,
    Transcription,
    Window,
)
from sayso.engines.long_form import stretches
from sayso.engines.network import Network
from sayso.engines.vocabulary import Vocabulary
from sayso.engines.whisper_session import WhisperSession
from sayso.errors import EngineError, ModelError
from sayso.models import Model


class WhisperEngine:
    """A model that is computed by some network.

    Args:
        name: of the engine's entry point.
        model: what is loaded.
        device: where it runs.
        compute_type: of its weights there.
        network: the weights.
        vocabulary: of the model.
        beam_size: of finals.

    """

    def __init__(
        self,
        name: str,
        model: Model,
        device: str,
        compute_type: str,
        network: Network,
        vocabulary: Vocabulary,
        beam_size: int,
    ) -> None:
        self.name = name
        self.model = model
        self.device = device
        self.compute_type = compute_type
        self.network = network
        self.vocabulary = vocabulary
        self.beam_size = beam_size

    def session(self, language: str | None) -> Session:
        """Begin an utterance."""
        self.require_language(language)
        floor = self.model.manifest.floor(self.name, self.compute_type)
        return WhisperSession(self.network, self.vocabulary, floor, self.beam_size, language)

    def transcribe(self, audio: Pcm, language: str | None) -> Transcription:
        """Transcribe offline: the recording is cut where it is quietest, each stretch decoded as a final is."""
        segments = []
        session, spoken = self.session(language), language
        for low, high in stretches(audio):
            decoding = session.final(Window(audio[low:high], low))
            spoken = spoken or decoding.language
            if decoding.words:
                at = seconds(low)
                words = tuple(word.later(at) for word in decoding.words)
                text = "".join(word.text for word in words).strip()
                segments.append(Segment(words[0].start_seconds, words[-1].end_seconds, text, words))
        text = " ".join(segment.text for segment in segments)
        return Transcription(text, spoken or self.model.manifest.languages[0], tuple(segments))

    def self_check(self) -> SelfCheck:
        """Decode one second of silence on the device, and align a word with it."""
        began = time.perf_counter()
        try:
            silence = Window(np.zeros(SAMPLE_RATE_HZ, dtype=np.int16), 0, expected="yes")
            session = self.session(self.model.manifest.languages[0])
            session.partial(silence)
            session.final(silence)
        except (EngineError, RuntimeError) as error:
            return SelfCheck(CheckStatus.FAILS, str(error))
        spent = time.perf_counter() - began
        return SelfCheck(CheckStatus.WORKS, f"{self.model.name} on {self.device}: 1 s decoded in {spent:.2f} s")

    def require_language(self, language: str | None) -> None:
        """Refuse a language that the model does not know.

        Raises:
            ModelError: it does not; says which setting to change.

        """
        known = self.model.manifest.languages
        if language is not None and language not in known:
            speaks = "English only" if known == ("en",) else f"{len(known)} languages"
            raise ModelError(
                f"model {self.model.name!r} ({speaks}) does not know language {language!r}; "
                "set language: en, or engine.model to a multilingual model such as base"
            )
