"""Greedy decoding and alignment, for networks that give logits and attention and nothing more (ONNX, torch)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sayso.engines.dtw import monotonic_path, smoothed
from sayso.engines.network import Alignment, Generated
from sayso.engines.vocabulary import Rules, Vocabulary

FRAMES_PER_POSITION = 2


class Decoder(Protocol):
    """A decoder on one window, with a cache of what it has read so far."""

    def read(
        self, tokens: Sequence[int], wanted: Sequence[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Read on.

        Args:
            tokens: the next ones, at least one.
            wanted: indices into them: after which it is to be told what may come next.

        Returns:
            Logits of the next token, shape (wanted, vocabulary), and the attention of the alignment heads, shape
            (heads, tokens, positions), which sums to 1 over the positions.

        """
        ...


class GreedyNetwork(ABC):
    """What a network can do that has a decoder: see `sayso.engines.network.Network`.

    Args:
        vocabulary: of the model.

    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    @abstractmethod
    def decoder(self, encoded: Any) -> Decoder:
        """A decoder at the beginning of a window."""

    def languages(self, encoded: Any) -> Mapping[str, float]:
        """The probability of each language."""
        logits, _ = self.decoder(encoded).read((self.vocabulary.rules.start,), (0,))
        return self.vocabulary.languages(logits[0])

    def generate(self, encoded: Any, start: list[int], most: int, beam_size: int) -> Generated:
        """Decode greedily."""
        return generate(self.decoder(encoded), start, most, self.vocabulary.rules)

    def align(self, encoded: Any, start: list[int], tokens: Sequence[int], frames: int) -> Alignment:
        """Align by the attention of the model's alignment heads."""
        return align(self.decoder(encoded), start, tokens, frames, self.vocabulary.rules)


def generate(decoder: Decoder, start: Sequence[int], most: int, rules: Rules) -> Generated:
    """Always the likeliest token, until the end of the text or so many tokens.

    Args:
        decoder: at the beginning of a window.
        start: up to and with `<|notimestamps|>`.
        most: tokens of the text.
        rules: of the vocabulary.

    """
    begin = start.index(rules.start)
    logits, _ = decoder.read(start, (begin, len(start) - 1))
    no_speech = float(np.exp(log_softmax(logits[0])[rules.no_speech]))
    tokens: list[int] = []
    total = 0.0
    after = logits[1].copy()
    after[list(rules.not_first)] = -np.inf
    while True:
        after[list(rules.never)] = -np.inf
        token = int(after.argmax())
        total += float(log_softmax(after)[token])
        if token == rules.end or len(tokens) == most:
            break
        tokens.append(token)
        logits, _ = decoder.read((token,), (0,))
        after = logits[0].copy()
    return Generated(tokens, total / (len(tokens) + 1), no_speech)


def align(decoder: Decoder, start: Sequence[int], tokens: Sequence[int], frames: int, rules: Rules) -> Alignment:
    """Where in the audio a text was said: openai/whisper, `timing.py`, `find_alignment`.

    Args:
        decoder: at the beginning of a window.
        start: without `<|notimestamps|>`.
        tokens: of the text.
        frames: mel frames of the window in which there is audio.
        rules: of the vocabulary.

    """
    first = len(start)
    read = (*start, rules.no_timestamps, *tokens)
    logits, attention = decoder.read(read, range(first, first + len(tokens)))
    among_text = log_softmax(logits[:, : rules.end])
    probabilities = np.exp(among_text[np.arange(len(tokens)), list(tokens)])
    heard = attention[:, :, : max(1, frames // FRAMES_PER_POSITION)]
    heard = heard / heard.sum(axis=-1, keepdims=True)
    return Alignment(monotonic_path(-smoothed(heard)[first:]), probabilities.tolist())


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits → log probabilities over the last axis, same shape."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    out: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return out
