"""The default engine: Whisper on CTranslate2, through faster-whisper's tokenizer, mel features and alignment.

faster-whisper's own `transcribe` pads every window to 30 s, which on a CPU is most of the work, so live
decoding calls the encoder directly with a window no longer than it must be (ARCHITECTURE.md, "Window floor").
One encoder run serves the decode, the word times and, where the language is not given, its detection.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.audio import Pcm
from sayso.devices.runtime import preload_cublas, prepare_rocm
from sayso.engines import EngineOptions, Segment, Transcription, Word
from sayso.engines.mel import to_float
from sayso.engines.network import Alignment, Generated
from sayso.engines.vocabulary import Vocabulary
from sayso.engines.whisper_engine import WhisperEngine
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
    prepare_rocm()
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


class CTranslate2Engine(WhisperEngine):
    """Whisper on CTranslate2. Factory and engine in one: see `sayso.engines.EngineFactory`."""

    def __init__(self, model: Model, options: EngineOptions) -> None:
        faster_whisper = _import_faster_whisper()
        device, index = _pick_device(options.device)
        compute_type = options.compute_type or ("int8" if device == "cpu" else "float16")
        threads = options.threads or min(AUTO_THREADS, len(os.sched_getaffinity(0)))
        try:
            self._whisper: Any = faster_whisper.WhisperModel(
                str(model.folder),
                device=device,
                device_index=index,
                compute_type=compute_type,
                cpu_threads=threads,
            )
        except ValueError as error:  # CTranslate2's word for a device or compute type that does not work
            raise EngineError(
                f"model {model.name!r} does not run on {device} as {compute_type}: {error}; "
                "set engine.device and engine.compute_type to auto"
            ) from error
        except Exception as error:  # CTranslate2 raises RuntimeError, tokenizers bare Exception
            raise ModelError(
                f"model {model.name!r} in {model.folder} does not load: {error}; "
                f"check it with: sayso models verify {model.name}"
            ) from error
        decoder = self._whisper.model
        if threads > 1 and device == "cpu" and _is_light(model):
            decoder = _on_one_thread(model, compute_type)
        network = CTranslate2Network(self._whisper, decoder)
        vocabulary = Vocabulary(model, self._whisper.hf_tokenizer)
        super().__init__("ctranslate2", model, device, compute_type, network, vocabulary, options.beam_size)

    def transcribe(self, audio: Pcm, language: str | None) -> Transcription:
        """Transcribe offline with faster-whisper's own long-form algorithm (30 s windows, beam search)."""
        self.require_language(language)
        if len(audio) == 0:
            return Transcription("", language or "en", ())
        found, info = self._whisper.transcribe(
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


class CTranslate2Network:
    """Whisper's network on CTranslate2.

    Args:
        whisper: faster-whisper's model, which encodes.
        decoder: the same weights, for decoding.

    """

    def __init__(self, whisper: Any, decoder: Any) -> None:
        self._whisper = whisper
        self._decoder = decoder

    def encode(self, mel: NDArray[np.float32]) -> Any:
        """Features of shape (bins, frames) → CTranslate2's encoder output."""
        return self._whisper.encode(mel)

    def languages(self, encoded: Any) -> dict[str, float]:
        """The probability of each language of an encoder output."""
        found = self._decoder.detect_language(encoded)[0]
        return {token[2:-2]: probability for token, probability in found}  # "<|en|>" → "en"

    def generate(self, encoded: Any, start: list[int], most: int, beam_size: int) -> Generated:
        """Decode, greedily where the beam is 1."""
        result = self._decoder.generate(
            encoded,
            [start],
            beam_size=beam_size,
            max_length=max_length(len(start), most),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=[-1],
        )[0]
        # With the default length_penalty of 1 a score is per token already.
        return Generated(result.sequences_ids[0], float(result.scores[0]), float(result.no_speech_prob))

    def align(self, encoded: Any, start: list[int], tokens: Sequence[int], frames: int) -> Alignment:
        """Align a text with the first so many mel frames of an encoder output."""
        result = self._decoder.align(encoded, start, [list(tokens)], frames)[0]
        path = np.asarray(result.alignments, dtype=np.int64).reshape(-1, 2)
        return Alignment(path, result.text_token_probs)


def max_length(start_tokens: int, new_tokens: int) -> int:
    """What CTranslate2 must be told, so that it goes on for so many tokens after the start.

    It counts the start in, and generates half of what it was told at most (`src/models/whisper.cc`).
    """
    return max(2 * new_tokens, start_tokens + new_tokens)


def _on_one_thread(model: Model, compute_type: str) -> Any:
    """The same weights once more, for decoding with one thread.

    A step of a small decoder takes 5 ms, of which threads that wait for each other take more than they
    save: with two, a beam of five over 12 s took 427 ms for tiny and 478 ms of computing, with one 230 ms
    of both. The encoder is the other way round: 39 ms with two, 62 ms with one. CTranslate2 fixes the
    number of threads for each loaded model.
    """
    from ctranslate2.models import Whisper  # noqa: PLC0415  # loaded with the engine

    return Whisper(str(model.folder), device="cpu", compute_type=compute_type, intra_threads=1)


def _is_light(model: Model) -> bool:
    return (model.folder / "model.bin").stat().st_size < LIGHT_MODEL_BYTES


def _pick_device(asked: str) -> tuple[str, int]:
    """The device as CTranslate2 names it, and which of several."""
    with _without_torch():
        import ctranslate2  # noqa: PLC0415  # heavy: only the process that decodes pays for it

    devices = ctranslate2.get_cuda_device_count()
    if devices and asked != "cpu":
        preload_cublas()
    if asked == "auto":
        return ("cuda", 0) if devices else ("cpu", 0)
    kind, _, number = asked.partition(":")
    index = int(number) if number.isdecimal() else 0
    if kind not in ("cpu", "cuda") or (number and not number.isdecimal()) or (kind == "cpu" and number):
        raise EngineError(
            f"engine.device {asked!r} is not a device of CTranslate2; allowed: auto, cpu, cuda, cuda:1, …"
        )
    if kind == "cuda" and index >= devices:
        found = f"sees only {devices}, numbered from 0" if devices else "sees no such device"
        raise EngineError(
            f"engine.device is {asked}, but CTranslate2 {found}; check the driver with nvidia-smi "
            "(or rocminfo), or set engine.device: auto"
        )
    return kind, index
