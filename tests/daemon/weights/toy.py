"""A Whisper model as small as one can be, of random weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from sayso.weights.tensors import Dimensions

SMALLEST = Dimensions(mel_bins=80, width=64, encoder_layers=1, decoder_layers=2, vocabulary=51_864)
VOCABULARY = (b" ", b"a", b" the", "é".encode(), b"")
FILTERS: NDArray[np.float32] = np.linspace(0, 1, 80 * 201, dtype=np.float32).reshape(80, 201)

TOKENIZER = (
    Tokenizer(WordLevel({"a": 0, "<|endoftext|>": 50_256, "<|startoftranscript|>": 50_257}, unk_token="a"))
    .to_str()
    .encode()
)
"""What `tokenizer.json` of such a model may hold."""


def toy_tensors(seed: int = 1) -> dict[str, NDArray[np.float16]]:
    """All tensors of the smallest model, in float16."""
    random = np.random.default_rng(seed)
    return {
        name: (random.standard_normal(expected.shape) * 0.1).astype(np.float16)
        for name, expected in SMALLEST.expected().items()
    }
