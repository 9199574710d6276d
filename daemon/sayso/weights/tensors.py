"""The tensors of a Whisper model: which there must be, of what shape, under OpenAI's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from sayso.errors import ModelError

AUDIO_POSITIONS = 1500  # 30 s / 20 ms
TEXT_POSITIONS = 448
HEAD_WIDTH = 64
MOST_LAYERS = 64  # large has 32
LEAST_VOCABULARY, MOST_VOCABULARY = 51_864, 53_248  # English only; large-v3 has 51866, and some are extended

Tensors = Mapping[str, NDArray[np.floating]]


class Role(Enum):
    """What a tensor is for, which decides how precisely a format keeps it."""

    MATRIX = auto()  # multiplied with: may be quantised
    CONVOLUTION = auto()
    FINE = auto()  # biases, norms and positions: a few numbers that everything passes through


@dataclass(frozen=True, slots=True)
class Expected:
    """One tensor as it must be."""

    shape: tuple[int, ...]
    role: Role


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The size of a Whisper model; audio and text have 1500 and 448 positions in all of them.

    Attributes:
        mel_bins: 80, or 128 from large-v3 on.
        width: of both the encoder's and the decoder's states; a multiple of 64.
        encoder_layers: blocks of the encoder.
        decoder_layers: blocks of the decoder; fewer than the encoder's in distilled models.
        vocabulary: entries, special tokens included.

    """

    mel_bins: int
    width: int
    encoder_layers: int
    decoder_layers: int
    vocabulary: int

    @property
    def heads(self) -> int:
        """Attention heads of each block, of 64 each."""
        return self.width // HEAD_WIDTH

    def expected(self) -> dict[str, Expected]:
        """All tensors of such a model, in the order in which formats store them."""
        return dict(self._expected())

    def _expected(self) -> Iterator[tuple[str, Expected]]:
        width = self.width
        yield "encoder.positional_embedding", Expected((AUDIO_POSITIONS, width), Role.FINE)
        for number, into in ((1, self.mel_bins), (2, width)):
            yield f"encoder.conv{number}.weight", Expected((width, into, 3), Role.CONVOLUTION)
            yield f"encoder.conv{number}.bias", Expected((width,), Role.FINE)
        for layer in range(self.encoder_layers):
            yield from _block(f"encoder.blocks.{layer}", width, attends_to_audio=False)
        yield from _norm("encoder.ln_post", width)
        yield "decoder.positional_embedding", Expected((TEXT_POSITIONS, width), Role.FINE)
        yield "decoder.token_embedding.weight", Expected((self.vocabulary, width), Role.MATRIX)
        for layer in range(self.decoder_layers):
            yield from _block(f"decoder.blocks.{layer}", width, attends_to_audio=True)
        yield from _norm("decoder.ln", width)

    @staticmethod
    def of(tensors: Tensors) -> Dimensions:
        """Read the size off tensors, and prove that they are those of a Whisper model, all of them.

        Raises:
            ModelError: names the first thing that is missing, too many or of the wrong shape.

        """
        try:
            conv = tensors["encoder.conv1.weight"].shape
            found = Dimensions(
                mel_bins=conv[1],
                width=conv[0],
                encoder_layers=_layers(tensors, "encoder"),
                decoder_layers=_layers(tensors, "decoder"),
                vocabulary=tensors["decoder.token_embedding.weight"].shape[0],
            )
        except (KeyError, IndexError) as error:
            raise ModelError(f"these are not the weights of a Whisper model: {error} is missing") from error
        found.require_sane()
        expected = found.expected()
        for name, what in expected.items():
            if name not in tensors:
                raise ModelError(f"the weights are incomplete: {name} is missing")
            if tensors[name].shape != what.shape:
                raise ModelError(
                    f"the weights do not fit together: {name} is {tensors[name].shape}, not {what.shape}"
                )
        if extra := sorted(set(tensors) - set(expected)):
            raise ModelError(f"the weights are not those of a Whisper model: it has no {extra[0]}")
        return found

    def require_sane(self) -> None:
        """Refuse sizes that no Whisper model has, before anything is allocated by them.

        Raises:
            ModelError: says which.

        """
        checks = {
            f"{self.mel_bins} mel bins": self.mel_bins in (80, 128),
            f"a width of {self.width}": self.width > 0 and self.width % HEAD_WIDTH == 0,
            f"{self.encoder_layers} encoder layers": 1 <= self.encoder_layers <= MOST_LAYERS,
            f"{self.decoder_layers} decoder layers": 1 <= self.decoder_layers <= MOST_LAYERS,
            f"a vocabulary of {self.vocabulary}": LEAST_VOCABULARY <= self.vocabulary <= MOST_VOCABULARY,
        }
        for what, is_sane in checks.items():
            if not is_sane:
                raise ModelError(f"no Whisper model has {what}")


def _layers(tensors: Tensors, side: str) -> int:
    numbers = {name.split(".")[2] for name in tensors if name.startswith(f"{side}.blocks.")}
    return len(numbers)


def _block(prefix: str, width: int, *, attends_to_audio: bool) -> Iterator[tuple[str, Expected]]:
    yield from _attention(f"{prefix}.attn", width)
    if attends_to_audio:
        yield from _attention(f"{prefix}.cross_attn", width)
    for layer, shape in ((0, (4 * width, width)), (2, (width, 4 * width))):
        yield f"{prefix}.mlp.{layer}.weight", Expected(shape, Role.MATRIX)
        yield f"{prefix}.mlp.{layer}.bias", Expected(shape[:1], Role.FINE)
    yield from _norm(f"{prefix}.mlp_ln", width)


def _attention(prefix: str, width: int) -> Iterator[tuple[str, Expected]]:
    for part in ("query", "key", "value", "out"):
        yield f"{prefix}.{part}.weight", Expected((width, width), Role.MATRIX)
        if part != "key":  # it would cancel out in the softmax
            yield f"{prefix}.{part}.bias", Expected((width,), Role.FINE)
    yield from _norm(f"{prefix}_ln", width)


def _norm(prefix: str, width: int) -> Iterator[tuple[str, Expected]]:
    yield f"{prefix}.weight", Expected((width,), Role.FINE)
    yield f"{prefix}.bias", Expected((width,), Role.FINE)
