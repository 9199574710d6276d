"""A Whisper network, whatever computes it: what an engine must be able to do to decode an utterance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where in the audio the tokens of a text were said.

    Attributes:
        path: pairs of token and encoder position (20 ms), shape (n, 2), monotonic in both; the token after the
            last stands for the end of the text.
        probabilities: of each token of the text.

    """

    path: NDArray[np.int64]
    probabilities: Sequence[float]


@dataclass(frozen=True, slots=True)
class Generated:
    """What a network wrote.

    Attributes:
        tokens: of the text, the end of it left out.
        mean_log_probability: per token, natural logarithm.
        no_speech_probability: 0 to 1; None where an engine cannot tell.
        alignment: where an engine finds it while it decodes; None where it is to be asked for.

    """

    tokens: Sequence[int]
    mean_log_probability: float
    no_speech_probability: float | None
    alignment: Alignment | None = None


class Network(Protocol):
    """Loaded weights on a device. Used by one thread at a time."""

    def encode(self, mel: NDArray[np.float32]) -> Any:
        """Features of shape (bins, frames), an even number of at most 3000 frames → what other methods take."""
        ...

    def languages(self, encoded: Any) -> Mapping[str, float]:
        """The probability of each language that the model knows, by its Whisper code."""
        ...

    def generate(self, encoded: Any, start: list[int], most: int, beam_size: int) -> Generated:
        """Write what is said, at most so many tokens, after a start that ends with the last special token.

        A network that knows only greedy search takes every beam size for 1.
        """
        ...

    def align(self, encoded: Any, start: list[int], tokens: Sequence[int], frames: int) -> Alignment | None:
        """Find where a text was said in the first so many frames, in one pass; None where an engine cannot.

        `start` ends before the last special token, `<|notimestamps|>`.
        """
        ...
