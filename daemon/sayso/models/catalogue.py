"""Whisper models that are known by name: how large they are, and what was published of their speed.

Where the numbers come from:
    parameters      openai/whisper, README; of the distilled ones, the cards of distil-whisper on the hub
    disk            computed: two bytes for each weight of such an architecture; what CTranslate2 writes of base is
                    0.02 % more, and the vocabulary beside it takes 1 to 5 MB
    memory, speed   as published for whisper.cpp on an AMD RX 7700 XT; of the distilled ones nothing was
    repositories    those that faster-whisper loads by these names

What this machine needs is measured (`sayso bench`) and shown beside them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sayso.weights.tensors import LEAST_VOCABULARY, Dimensions

MB: Final = 10**6
GB: Final = 10**9
PUBLISHED_ON: Final = "whisper.cpp on an AMD RX 7700 XT"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model by its usual name.

    Attributes:
        name: as OpenAI and the hub call it.
        parameters: millions of them, as published.
        size: of its architecture.
        languages: how many it has learned; the distilled ones keep the words of all and have learned English.
        memory_bytes: by precision (`float16`, `int8`, `q5_0`, `q4_0`), as published; empty where nothing was.
        published_factor: real-time factor, from and to (`PUBLISHED_ON`); None where none was published.
        repository: on the Hugging Face hub, in CTranslate2's format.
        licence: of the weights.

    """

    name: str
    parameters: int
    size: Dimensions
    languages: int
    memory_bytes: Mapping[str, int]
    published_factor: tuple[float, float] | None
    repository: str
    licence: str = "MIT"

    @property
    def disk_bytes(self) -> int:
        """Of the weights in float16."""
        return 2 * sum(math.prod(tensor.shape) for tensor in self.size.expected().values())


@dataclass(frozen=True, slots=True)
class _Published:
    """Of a size of OpenAI's, with English alone or without."""

    parameters: int
    width: int
    layers: tuple[int, int]
    memory_bytes: tuple[int, int, int, int]
    factor: tuple[float, float]
    mel_bins: int = 80
    vocabulary: int = LEAST_VOCABULARY + 1


_PRECISIONS: Final = ("float16", "int8", "q5_0", "q4_0")
_V3: Final = LEAST_VOCABULARY + 2  # with Cantonese
_LANGUAGES: Final = {LEAST_VOCABULARY: 1, LEAST_VOCABULARY + 1: 99, _V3: 100}
_PUBLISHED: Final = {
    "tiny": _Published(39, 384, (4, 4), (150 * MB, 80 * MB, 50 * MB, 40 * MB), (0.05, 0.1)),
    "base": _Published(74, 512, (6, 6), (290 * MB, 150 * MB, 100 * MB, 80 * MB), (0.1, 0.15)),
    "small": _Published(244, 768, (12, 12), (950 * MB, 480 * MB, 350 * MB, 280 * MB), (0.2, 0.3)),
    "medium": _Published(769, 1024, (24, 24), (3 * GB, 1500 * MB, 1100 * MB, 900 * MB), (0.4, 0.6)),
    "large-v3-turbo": _Published(
        809, 1280, (32, 4), (3100 * MB, 1600 * MB, 1200 * MB, 1000 * MB), (0.5, 0.7), 128, _V3
    ),
    "large-v3": _Published(1550, 1280, (32, 32), (6 * GB, 3 * GB, 2200 * MB, 1800 * MB), (0.7, 1.0), 128, _V3),
}


def _stock(name: str, repository: str = "") -> KnownModel:
    of = _PUBLISHED[name.removesuffix(".en")]
    vocabulary = LEAST_VOCABULARY if name.endswith(".en") else of.vocabulary
    return KnownModel(
        name=name,
        parameters=of.parameters,
        size=Dimensions(of.mel_bins, of.width, *of.layers, vocabulary),
        languages=_LANGUAGES[vocabulary],
        memory_bytes=dict(zip(_PRECISIONS, of.memory_bytes, strict=True)),
        published_factor=of.factor,
        repository=repository or f"Systran/faster-whisper-{name}",
    )


def _distilled(name: str, parameters: int, size: Dimensions) -> KnownModel:
    repository = f"Systran/faster-distil-whisper-{name.removeprefix('distil-')}"
    return KnownModel(name, parameters, size, 1, {}, None, repository)


KNOWN_MODELS: Final = {
    model.name: model
    for model in (
        _stock("tiny.en"),
        _stock("tiny"),
        _stock("base.en"),
        _stock("base"),
        _distilled("distil-small.en", 166, Dimensions(80, 768, 12, 4, LEAST_VOCABULARY)),
        _stock("small.en"),
        _stock("small"),
        _distilled("distil-medium.en", 394, Dimensions(80, 1024, 24, 2, LEAST_VOCABULARY)),
        _distilled("distil-large-v3", 756, Dimensions(128, 1280, 32, 2, _V3)),
        _stock("medium.en"),
        _stock("medium"),
        _stock("large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo"),
        _stock("large-v3"),
    )
}
"""From small to large."""
