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
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.audio import SAMPLE_RATE_HZ, Pcm
from sayso.engines import (
    CheckStatus,
    Decoding,
    EngineOptions,
    Segment,
    SelfCheck,
    Session,
    Transcription,
    Word,
)
from sayso.errors import EngineError, ModelError
from sayso.languages import UNSPACED_LANGUAGES
from sayso.models import Model
from sayso.surroundings import prepare

HOP_SAMPLES = 160  # Whisper's mel hop: 10 ms
MAX_FRAMES = 3000  # 30 s / 10 ms, the window Whisper was trained on
FINAL_FLOOR_FRAMES = 1500  # a final is decoded once: 15 s cost little and are as accurate as 30 s
MARGIN_FRAMES = 20  # 0.2 s of silence after the audio, so that the last word is not cut at the edge
AMBIGUOUS_POSITIONS = (80, 128)  # encoder outputs of these lengths are mistaken for mel by CTranslate2
TOKENS_PER_SECOND = 12  # fast English is about 6 tokens a second; twice that is a runaway
SPARE_TOKENS = 24
MAX_TOKENS = 440  # of the decoder's 448 positions, less the start sequence
PROMPT_TOKENS = 120  # of 224 that Whisper allows; a longer prompt costs time and leaks into silence
LOOP_COMPRESSION = 2.4  # openai/whisper's compression_ratio_threshold
LANGUAGE_SURE = 0.6  # probability from which a detected language is kept for the utterance
AUTO_THREADS = 4  # beyond it, small Whisper models gain nothing on a CPU


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


def window_frames(samples: int, floor_frames: int) -> int:
    """Mel frames to encode for so many samples: the audio plus a margin, at least the model's floor.

    Even, because the encoder halves it; never a length whose output CTranslate2 takes for mel.
    """
    frames = max(-(-samples // HOP_SAMPLES) + MARGIN_FRAMES, floor_frames)
    frames += frames % 2
    while frames // 2 in AMBIGUOUS_POSITIONS:
        frames += 2
    return min(frames, MAX_FRAMES)


def is_loop(text: str) -> bool:
    """Whether text repeats itself as a decoder that does not stop does (compression ratio over 2.4)."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) > LOOP_COMPRESSION


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
        self._tokenizers: dict[str, Any] = {}

    def session(self, language: str | None, prompt: str = "") -> Session:
        """Begin an utterance."""
        self._require_language(language)
        return CTranslate2Session(self, language, prompt)

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
            self.session(self.model.manifest.languages[0]).partial(np.zeros(SAMPLE_RATE_HZ, dtype=np.int16))
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

    def _require_language(self, language: str | None) -> None:
        known = self.model.manifest.languages
        if language is not None and language not in known:
            speaks = "English only" if known == ("en",) else f"{len(known)} languages"
            raise ModelError(
                f"model {self.model.name!r} ({speaks}) does not know language {language!r}; "
                "set language: en, or engine.model to a multilingual model such as base"
            )


class CTranslate2Session:
    """One utterance on a `CTranslate2Engine`."""

    def __init__(self, engine: CTranslate2Engine, language: str | None, prompt: str) -> None:
        self._engine = engine
        self._whisper = engine.whisper
        self._language = language if engine.whisper.model.is_multilingual else "en"
        self._prompt = prompt

    def partial(self, audio: Pcm) -> Decoding:
        """Decode greedily, in a window no longer than it must be."""
        return self._decode(audio, beam_size=1)

    def final(self, audio: Pcm) -> Decoding:
        """Decode with the full beam; where the short window made it loop, again in the full one."""
        floor = max(self._engine.model.manifest.window_floor_frames, FINAL_FLOOR_FRAMES)
        result = self._decode(audio, beam_size=self._engine.beam_size, floor_frames=floor)
        if is_loop("".join(word.text for word in result.words)):
            result = self._decode(audio, beam_size=self._engine.beam_size, floor_frames=MAX_FRAMES)
        return result

    def _decode(self, audio: Pcm, *, beam_size: int, floor_frames: int | None = None) -> Decoding:
        floor = self._engine.model.manifest.window_floor_frames if floor_frames is None else floor_frames
        audio = audio[-(MAX_FRAMES - MARGIN_FRAMES) * HOP_SAMPLES :]
        mel = self._mel(audio, window_frames(len(audio), floor))
        encoded = self._whisper.encode(mel)
        language = self._resolve_language(encoded)
        tokenizer = self._engine.tokenizer(language)
        audio_seconds = len(audio) / SAMPLE_RATE_HZ
        budget = min(int(audio_seconds * TOKENS_PER_SECOND) + SPARE_TOKENS, MAX_TOKENS - PROMPT_TOKENS)
        start = self._start_sequence(tokenizer)
        result = self._whisper.model.generate(
            encoded,
            [start],
            beam_size=beam_size,
            max_length=len(start) + budget,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=[-1],
        )[0]
        tokens = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
        return Decoding(
            words=self._words(tokenizer, tokens, encoded, len(audio)),
            language=language,
            audio_seconds=audio_seconds,
            no_speech_probability=float(result.no_speech_prob),
            mean_log_probability=float(result.scores[0]),  # length_penalty 1: already per token
        )

    def _mel(self, audio: Pcm, frames: int) -> NDArray[np.float32]:
        """Log-mel of the audio, padded with its own silence: shape (mel bins, frames), float32."""
        mel = self._whisper.feature_extractor(to_float(audio))[:, :frames]
        out = np.full((mel.shape[0], frames), mel.min() if mel.size else 0.0, dtype=np.float32)
        out[:, : mel.shape[1]] = mel
        return out

    def _resolve_language(self, encoded: Any) -> str:
        if self._language is not None:
            return self._language
        token, probability = self._whisper.model.detect_language(encoded)[0][0]
        language: str = token[2:-2]  # "<|en|>" → "en"
        if probability >= LANGUAGE_SURE:
            self._language = language
        return language

    def _start_sequence(self, tokenizer: Any) -> list[int]:
        start: list[int] = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        if self._prompt:
            said = tokenizer.encode(" " + self._prompt.strip())[-PROMPT_TOKENS:]
            return [tokenizer.sot_prev, *said, *start]
        return start

    def _words(self, tokenizer: Any, tokens: list[int], encoded: Any, samples: int) -> tuple[Word, ...]:
        if not tokens:
            return ()
        frames = max(2, samples // HOP_SAMPLES)
        aligned = self._whisper.find_alignment(tokenizer, [tokens], encoded, frames)[0]
        words = _attach_punctuation(
            [Word(w["word"], float(w["start"]), float(w["end"]), float(w["probability"])) for w in aligned]
        )
        if words and tokenizer.language_code not in UNSPACED_LANGUAGES and not words[0].text.startswith(" "):
            # Whisper now and then starts without the space that separates this from what was typed before.
            return (replace(words[0], text=" " + words[0].text), *words[1:])
        return words


def to_float(audio: Pcm) -> NDArray[np.float32]:
    """int16 → float32 in [-1, 1), same shape."""
    return audio.astype(np.float32) / 32768.0


_OPENING = "\"'“¿([{-"
_CLOSING = "\"'.。,，!！?？:：”)]}、…"  # openai/whisper's append_punctuations, and the ellipsis


def _attach_punctuation(words: list[Word]) -> tuple[Word, ...]:
    """Join marks that stand as words of their own to the word they belong to.

    The space decides for marks that both open and close: `"` with one before it opens.
    """
    out: list[Word] = []
    opening = ""
    for word in words:
        bare = word.text.strip()
        if not bare:
            continue
        if out and not opening and all(c in _CLOSING for c in bare) and not word.text.startswith(" "):
            last = out[-1]
            out[-1] = Word(last.text + word.text, last.start_seconds, word.end_seconds, last.confidence)
        elif all(c in _OPENING for c in bare) and word.text.startswith(" "):
            opening += word.text
        else:
            text = opening + (word.text.lstrip() if opening else word.text)
            out.append(Word(text, word.start_seconds, word.end_seconds, word.confidence))
            opening = ""
    if opening and out:  # an opening mark with nothing after it
        out[-1] = replace(out[-1], text=out[-1].text + opening)
    return tuple(out)


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
