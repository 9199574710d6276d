"""An engine as anyone might write one: it hears whatever was said as the same three words."""

from __future__ import annotations

from sayso.audio import Pcm, seconds
from sayso.engines import (
    CheckStatus,
    Decoding,
    EngineOptions,
    Segment,
    SelfCheck,
    Transcription,
    Window,
    Word,
)
from sayso.models import Model

WORDS = (" Polly", " wants", " biscuits.")


class Parrot:
    """See `sayso.engines.Engine`; also its own session, for it remembers nothing."""

    name = "parrot"
    device = "cage"

    def __init__(self, model: Model, options: EngineOptions) -> None:
        self.model = model
        self.options = options

    def session(self, language: str | None) -> Parrot:
        return self

    def partial(self, window: Window) -> Decoding:
        length = seconds(len(window.audio))
        each = length / len(WORDS)
        words = tuple(Word(text, n * each, (n + 1) * each, 0.9) for n, text in enumerate(WORDS))
        return Decoding(words, "en", length, None, -0.1)

    final = partial

    def transcribe(self, audio: Pcm, language: str | None) -> Transcription:
        words = self.partial(Window(audio, 0)).words
        text = "".join(WORDS).strip()
        return Transcription(text, "en", (Segment(0.0, words[-1].end_seconds, text, words),))

    def self_check(self) -> SelfCheck:
        return SelfCheck(CheckStatus.WORKS, "squawk")
