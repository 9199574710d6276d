"""The default engine: Whisper on CTranslate2, through faster-whisper's tokenizer, mel features and alignment.

faster-whisper's own `transcribe` pads every window to 30 s, which on a CPU is most of the work, so live
decoding calls the encoder directly with a window no longer than it must be (ARCHITECTURE.md, "Window floor").
One encoder run serves the decode, the word times and, where the language is not given, its detection.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.audio import SAMPLE_RATE_HZ, Pcm
from sayso.engines import (
    CheckStatus,
    EngineOptions,
    Segment,
    SelfCheck,
    Session,
    Transcription,
    Window,
    Word,
)
from sayso.engines.ctranslate2_session import CTranslate2Session
from sayso.engines.mel import to_float
from sayso.errors import EngineError, ModelError
from sayso.models import Model
from sayso.surroundings import prepare

AUTO_THREADS = 4  # beyond it, small Whisper models gain nothing on a CPU
LIGHT_MODEL_BYTES = 200_000_000  # tiny and base: a step of the decoder is too short to be shared between threads


@contextmanager
def _without_torch() -> Iterator[None]:
    """Keep `import ctranslate2` from importing torch where that is installed for the trainer.

    ctranslate2.specs tries `import torch` for its model converters. The daemon converts nothing, and torch
    costs it over 150 MB and a second of start-up.
    """
    if "torch" in sys.modules:
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]  # None is Python's documented "do not import"
    try:
        yield
    finally:
        del sys.modules["torch"]


def _import_faster_whisper() -> Any:
    prepare()
    with _without_torch():
        try:
            import faster_whisper  # noqa: PLC0415  # heavy: only the process that decodes pays for it
        except ImportError as error:
            raise EngineError(
                f"the engine 'ctranslate2' cannot be loaded ({error}); reinstall sayso, or run: "
                "pip install --force-reinstall faster-whisper ctranslate2"
            ) from error
    logging.getLogger("faster_whisper").setLevel(logging.WARNING)  # it tells how long each file is
    return faster_whisper


class CTranslate2Engine:
    """Whisper on CTranslate2. Factory and engine in one: see `sayso.engines.EngineFactory`."""

    name = "ctranslate2"

    def __init__(self, model: Model, options: EngineOptions) -> None:
        faster_whisper = _import_faster_whisper()
        self.model = model
        self.device = _pick_device(options.device)
        self.compute_type = options.compute_type or ("int8" if self.device == "cpu" else "float16")
        self.beam_size = options.beam_size
        threads = options.threads or min(AUTO_THREADS, len(os.sched_getaffinity(0)))
        try:
            self.whisper: Any = faster_whisper.WhisperModel(
                str(model.folder), device=self.device, compute_type=self.compute_type, cpu_threads=threads
            )
        except ValueError as error:  # CTranslate2's word for a device or compute type that does not work
            raise EngineError(
                f"model {model.name!r} does not run on {self.device} as {self.compute_type}: {error}; "
                "set engine.device and engine.compute_type to auto"
            ) from error
        except RuntimeError as error:
            raise ModelError(
                f"model {model.name!r} in {model.folder} does not load: {error}; "
                f"check it with: sayso models verify {model.name}"
            ) from error
        self._encoder: Any = self.whisper.model
        self._decoder: Any = self._encoder
        if threads > 1 and self.device == "cpu" and _is_light(model):
            self._decoder = self._on_one_thread()
        self._tokenizers: dict[str, Any] = {}

    def _on_one_thread(self) -> Any:
        """The same weights once more, for decoding with one thread.

        A step of a small decoder takes 5 ms, of which threads that wait for each other take more than they
        save: with two, a beam of five over 12 s took 427 ms for tiny and 478 ms of computing, with one 230 ms
        of both. The encoder is the other way round: 39 ms with two, 62 ms with one. CTranslate2 fixes the
        number of threads for each loaded model.
        """
        from ctranslate2.models import Whisper  # noqa: PLC0415  # loaded with the engine

        return Whisper(str(self.model.folder), device="cpu", compute_type=self.compute_type, intra_threads=1)

    def session(self, language: str | None) -> Session:
        """Begin an utterance."""
        self._require_language(language)
        return CTranslate2Session(self, language)

    def transcribe(self, audio: Pcm, language: str | None) -> Transcription:
        """Transcribe offline with faster-whisper's own long-form algorithm (30 s windows, beam search)."""
        self._require_language(language)
        if len(audio) == 0:
            return Transcription("", language or "en", ())
        found, info = self.whisper.transcribe(
            to_float(audio), language=language, beam_size=self.beam_size, word_timestamps=True
        )
        segments = tuple(
            Segment(
                s.start,
                s.end,
                s.text.strip(),
                tuple(Word(w.word, w.start, w.end, w.probability) for w in s.words or ()),
            )
            for s in found
        )
        return Transcription(" ".join(s.text for s in segments), info.language, segments)

    def self_check(self) -> SelfCheck:
        """Decode one second of silence on the device."""
        began = time.perf_counter()
        try:
            silence = Window(np.zeros(SAMPLE_RATE_HZ, dtype=np.int16), 0)
            self.session(self.model.manifest.languages[0]).partial(silence)
        except (EngineError, RuntimeError) as error:
            return SelfCheck(CheckStatus.FAILS, str(error))
        spent = time.perf_counter() - began
        return SelfCheck(CheckStatus.WORKS, f"{self.model.name} on {self.device}: 1 s decoded in {spent:.2f} s")

    def tokenizer(self, language: str) -> Any:
        """faster-whisper's tokenizer for a language, made once."""
        if language not in self._tokenizers:
            from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415  # loaded with the engine

            self._tokenizers[language] = Tokenizer(
                self.whisper.hf_tokenizer,
                self.whisper.model.is_multilingual,
                task="transcribe" if self.whisper.model.is_multilingual else None,
                language=language,
            )
        return self._tokenizers[language]

    # ── what a session is made of ─────────────────────────────────────────────────────────────────

    @property
    def is_multilingual(self) -> bool:
        """Whether the model knows more than English."""
        return bool(self._encoder.is_multilingual)

    @property
    def mel_filters(self) -> NDArray[np.float32]:
        """The model's mel filter bank, shape (bins, 201)."""
        filters: NDArray[np.float32] = self.whisper.feature_extractor.mel_filters.astype(np.float32)
        return filters

    def encode(self, mel: NDArray[np.float32]) -> Any:
        """Features of shape (bins, frames) → CTranslate2's encoder output."""
        return self.whisper.encode(mel)

    def detect_language(self, encoded: Any) -> tuple[str, float]:
        """The most likely language of an encoder output, and its probability."""
        token, probability = self._decoder.detect_language(encoded)[0][0]
        return token[2:-2], probability  # "<|en|>" → "en"

    def generate(self, encoded: Any, start: list[int], max_length: int, beam_size: int) -> Any:
        """CTranslate2's result for an encoder output, greedily where the beam is 1."""
        return self._decoder.generate(
            encoded,
            [start],
            beam_size=beam_size,
            max_length=max_length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=[-1],
        )[0]

    def align(self, encoded: Any, start: list[int], tokens: Sequence[int], frames: int) -> Any:
        """CTranslate2's alignment of a text with the first so many mel frames of an encoder output."""
        return self._decoder.align(encoded, start, [list(tokens)], frames)[0]

    def _require_language(self, language: str | None) -> None:
        known = self.model.manifest.languages
        if language is not None and language not in known:
            speaks = "English only" if known == ("en",) else f"{len(known)} languages"
            raise ModelError(
                f"model {self.model.name!r} ({speaks}) does not know language {language!r}; "
                "set language: en, or engine.model to a multilingual model such as base"
            )


def _is_light(model: Model) -> bool:
    return (model.folder / "model.bin").stat().st_size < LIGHT_MODEL_BYTES


def _pick_device(asked: str) -> str:
    with _without_torch():
        import ctranslate2  # noqa: PLC0415  # heavy: only the process that decodes pays for it

    devices = ctranslate2.get_cuda_device_count()
    if asked == "auto":
        return "cuda" if devices else "cpu"
    if asked == "cuda" and not devices:
        raise EngineError(
            "engine.device is cuda, but CTranslate2 sees no such device; check the driver with nvidia-smi "
            "(or rocminfo), or set engine.device: auto"
        )
    if asked not in ("cpu", "cuda"):
        raise EngineError(f"engine.device {asked!r} is not a device of CTranslate2; allowed: auto, cpu, cuda")
    return asked
