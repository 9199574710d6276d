"""One utterance on a Whisper network: features are computed once, windows are as short as the model allows.

A window is encoded once, whatever is made of it: the language, a hypothesis, its word times, or the proof of an
expected text. Proof is one pass of the decoder over all tokens at once, where a decode steps through them one
by one. Where every token has more than half of the probability no other could have been chosen in its place
(compare Leviathan et al., 2023, "Fast inference from transformers via speculative decoding"); what stands already
is left standing with somewhat less. Proof says nothing of what might follow the text, because an alignment
knows no end of it: whoever expects a text makes sure that it reaches to the end of the voice.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sayso.audio import SAMPLE_RATE_HZ, Pcm
from sayso.engines import Decoding, Scored, Window, Word
from sayso.engines.alignment import words_from
from sayso.engines.mel import HOP_SAMPLES, LogMel
from sayso.engines.network import Alignment, Network
from sayso.engines.vocabulary import Vocabulary
from sayso.errors import EngineError

MAX_FRAMES = 3000  # 30 s / 10 ms, the window Whisper was trained on
PARTIAL_BEAM = 2  # a step costs 5 to 10 % more than greedily, and fewer words are contradicted
FINAL_FLOOR_FRAMES = 1500  # where a model has a floor: a final is decoded once, and 15 s are as accurate as 30 s
MARGIN_FRAMES = 20  # 0.2 s of silence after the audio, so that the last word is not cut at the edge
AMBIGUOUS_POSITIONS = (80, 128)  # encoder outputs of these lengths are mistaken for mel by CTranslate2
TOKENS_PER_SECOND = 12  # fast English is about 6 tokens a second, Hindi and Tamil 14; a loop has no end
SPARE_TOKENS = 24
PARTIAL_TOKENS_PER_SECOND, PARTIAL_SPARE_TOKENS = 9, 8  # what it leaves out the next one has; loops cost less so
MAX_TOKENS = 440  # of the decoder's 448 positions, less the start sequence
PROMPT_TOKENS = 120  # of 224 that Whisper allows; a longer prompt costs time and leaks into silence
VOCABULARY_TOKENS = 100  # beside them: 30 terms have about three each
# Ten terms that nobody said, as a bare list, cost tiny.en two words of 441 (7.48 → 7.94 %), thirty eight; like
# this they cost none and six. Of 15 terms that were said 4 are right without it, 9 with it, either way.
GLOSSARY = " Glossary: {}."
LOOP_COMPRESSION = 2.4  # openai/whisper's compression_ratio_threshold
LANGUAGE_SURE = 0.6  # probability from which a detected language is kept for the utterance
LEAST_PROBABILITY = 1e-10  # of a token, whose logarithm is asked for
PROVED = 0.3  # of the probability; 0.5 would be strict, and has more words wrong (ARCHITECTURE.md, "The final")


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A window as the encoder left it, and what decoding it needs."""

    output: Any
    tokenizer: Any
    prompt: list[int]
    samples: int
    skipped_seconds: float  # of the window, before what was encoded

    @property
    def seconds(self) -> float:
        return self.samples / SAMPLE_RATE_HZ

    @property
    def frames(self) -> int:
        return max(2, self.samples // HOP_SAMPLES)

    @property
    def most_tokens(self) -> int:
        """For which there is room after the prompt."""
        return MAX_TOKENS - max(PROMPT_TOKENS, len(self.prompt) - 1)


class WhisperSession:
    """One utterance on a network.

    Args:
        network: the loaded weights.
        vocabulary: of the model.
        floor_frames: the shortest window in which these weights are reliable, as they are computed here; 0: any.
        beam_size: of finals.
        language: Whisper code, or None to let the model decide.

    """

    def __init__(
        self, network: Network, vocabulary: Vocabulary, floor_frames: int, beam_size: int, language: str | None
    ) -> None:
        self._network = network
        self._vocabulary = vocabulary
        self._floor_frames = floor_frames
        self._beam_size = beam_size
        self._language = language if vocabulary.is_multilingual else "en"
        self._mel = LogMel(vocabulary.mel_filters)
        self._origin = 0  # absolute index of the first sample that the features know
        self._no_speech: float | None = 0.0  # of the last decode: a proof does not tell
        self._encoded: tuple[tuple[int, int, int], Any] | None = None  # start, samples, frames; what came of them

    @property
    def frames_computed(self) -> int:
        """Mel frames computed for the present stretch of audio."""
        return self._mel.computed

    @property
    def _final_floor(self) -> int:
        return max(self._floor_frames, FINAL_FLOOR_FRAMES) if self._floor_frames else 0

    def partial(self, window: Window) -> Decoding:
        """Decode with a narrow beam, in a window no longer than it must be."""
        encoded = self._encode(window, self._floor_frames)
        budget = int(encoded.seconds * PARTIAL_TOKENS_PER_SECOND) + PARTIAL_SPARE_TOKENS
        return self._decode(encoded, min(PARTIAL_BEAM, self._beam_size), budget)

    def final(self, window: Window) -> Decoding:
        """Prove the text that is expected, or decode with the full beam; if it loops, again in the full window."""
        encoded = self._encode(window, self._final_floor)
        if window.expected and (proof := self._prove(encoded, window.expected)) is not None:
            return proof
        budget = int(encoded.seconds * TOKENS_PER_SECOND) + SPARE_TOKENS
        decoding = self._decode(encoded, self._beam_size, budget)
        if is_loop("".join(word.text for word in decoding.words)):
            decoding = self._decode(self._encode(window, MAX_FRAMES), self._beam_size, budget)
        return decoding

    def score(self, window: Window, texts: Sequence[str]) -> tuple[Scored, ...] | None:
        """How likely each text is, in a window as long as a final's: see `sayso.engines.Scores`."""
        encoded = self._encode(window, self._final_floor)
        scored = []
        for text in texts:
            tokens, aligned = self._read(encoded, text)
            if aligned is None:
                return None
            logs = (math.log(max(p, LEAST_PROBABILITY)) for p in aligned.probabilities)
            scored.append(Scored(tuple(tokens), tuple(logs)))
        return tuple(scored)

    # ── encoding ──────────────────────────────────────────────────────────────────────────────────

    def _encode(self, window: Window, floor_frames: int) -> _Encoded:
        longest = (MAX_FRAMES - MARGIN_FRAMES) * HOP_SAMPLES
        skipped = max(0, len(window.audio) - longest)
        audio, start = window.audio[skipped:], window.start_sample + skipped
        self._hear(audio, start)
        output = self._output(start, len(audio), window_frames(len(audio), floor_frames))
        tokenizer = self._vocabulary.tokenizer(self._resolve_language(output, window))
        prompt: list[int] = []
        if window.vocabulary:
            prompt += tokenizer.encode(GLOSSARY.format(", ".join(window.vocabulary)))[:VOCABULARY_TOKENS]
        if window.prompt:
            prompt += tokenizer.encode(" " + window.prompt.strip())[-PROMPT_TOKENS:]
        if prompt:
            prompt.insert(0, tokenizer.sot_prev)
        return _Encoded(output, tokenizer, prompt, len(audio), skipped / SAMPLE_RATE_HZ)

    def _output(self, start: int, heard_samples: int, frames: int) -> Any:
        """What the encoder makes of a window; of the same one again, as for a second look, nothing is computed."""
        which = start, heard_samples, frames
        if self._encoded is None or self._encoded[0] != which:
            self._encoded = which, self._network.encode(self._mel.window(start - self._origin, frames))
        return self._encoded[1]

    def _hear(self, audio: Pcm, start: int) -> None:
        """Compute the features of what is new; of all, where the window does not continue what was heard."""
        heard = self._origin + self._mel.heard
        known_from = self._origin + self._mel.known_from
        if not known_from <= start <= heard <= start + len(audio):
            self._mel = LogMel(self._vocabulary.mel_filters)
            self._origin = heard = start
        self._mel.forget(start - self._origin - MAX_FRAMES * HOP_SAMPLES)  # a final may begin earlier
        self._mel.hear(audio[heard - start :])

    def _resolve_language(self, encoded: Any, window: Window) -> str:
        if self._language is not None:
            return self._language
        probabilities = self._network.languages(encoded)
        if window.choose is not None:
            return window.choose(probabilities)
        language = max(probabilities, key=probabilities.__getitem__)
        if probabilities[language] >= LANGUAGE_SURE:
            self._language = language
        return language

    # ── decoding ──────────────────────────────────────────────────────────────────────────────────

    def _decode(self, encoded: _Encoded, beam_size: int, budget: int) -> Decoding:
        tokenizer = encoded.tokenizer
        start = [*encoded.prompt, *tokenizer.sot_sequence, tokenizer.no_timestamps]
        most = min(budget, encoded.most_tokens)
        generated = self._network.generate(encoded.output, start, most, beam_size)
        tokens = [token for token in generated.tokens if token < tokenizer.eot]
        self._no_speech = generated.no_speech_probability
        decoding = Decoding(
            words=(),
            language=tokenizer.language_code,
            audio_seconds=encoded.seconds,
            no_speech_probability=self._no_speech,
            mean_log_probability=generated.mean_log_probability,
        )
        if not tokens:
            return decoding
        # Without the prompt: it costs time, and the times of the words are the better for it.
        start = list(tokenizer.sot_sequence)
        aligned = generated.alignment or self._network.align(encoded.output, start, tokens, encoded.frames)
        if aligned is None:
            raise EngineError("the engine found no word times")
        return replace(decoding, words=_words(encoded, tokens, aligned))

    def _prove(self, encoded: _Encoded, expected: str) -> Decoding | None:
        """The expected text as a decoding, if the model would have said just this."""
        tokens, aligned = self._read(encoded, expected)
        if aligned is None or min(aligned.probabilities, default=0.0) <= PROVED:
            return None
        return Decoding(
            words=_words(encoded, tokens, aligned),
            language=encoded.tokenizer.language_code,
            audio_seconds=encoded.seconds,
            no_speech_probability=self._no_speech,
            mean_log_probability=sum(map(math.log, aligned.probabilities)) / len(tokens),
        )

    def _read(self, encoded: _Encoded, text: str) -> tuple[Sequence[int], Alignment | None]:
        """The tokens of a text, and where they are said; None where none are, too many, or nobody can tell."""
        tokens: Sequence[int] = encoded.tokenizer.encode(" " + text.strip())
        if not tokens or len(tokens) > encoded.most_tokens:
            return tokens, None
        start = [*encoded.prompt, *encoded.tokenizer.sot_sequence]
        return tokens, self._network.align(encoded.output, start, tokens, encoded.frames)


def _words(encoded: _Encoded, tokens: Sequence[int], aligned: Alignment) -> tuple[Word, ...]:
    words = words_from(encoded.tokenizer, tokens, aligned)
    # whisper.cpp aligns with the silence behind the audio as well.
    return tuple(word.until(encoded.seconds).later(encoded.skipped_seconds) for word in words)


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
