"""Whisper in a GGUF file: whisper.cpp itself reads none, but people have them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.errors import ModelError
from sayso.weights import transformers_names
from sayso.weights.tensors import Dimensions, Tensors


def read(path: Path) -> Tensors:
    """Read the tensors of a Whisper model, by OpenAI's or transformers' names; quantised ones become float32.

    Raises:
        ModelError: it is cut short, or holds another model.

    """
    from gguf import GGUFReader  # noqa: PLC0415  # only who imports such a file needs it
    from gguf.quants import dequantize  # noqa: PLC0415  # as above

    try:
        reader = GGUFReader(path)
        architecture = reader.get_field("general.architecture")
        kind = str(architecture.contents()) if architecture is not None else "unknown"
        found = {tensor.name: tensor for tensor in reader.tensors}
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise ModelError(f"{path} is damaged: {error}") from error
    names = _names(found)
    if not names:
        raise ModelError(
            f"{path} holds a model of type {kind!r}, not Whisper: language models cannot be used for dictation"
        )
    tensors: dict[str, NDArray[np.floating]] = {}
    for theirs, ours in names.items():
        tensor = found[theirs]
        shape = tuple(int(size) for size in reversed(tensor.shape))
        array = dequantize(tensor.data, tensor.tensor_type).reshape(shape)
        tensors[ours] = (
            array[:, 0] if ours in ("encoder.conv1.bias", "encoder.conv2.bias") and array.ndim == 2 else array
        )
    Dimensions.of(tensors)
    return tensors


def _names(found: Iterable[str]) -> dict[str, str]:
    """Their names → OpenAI's; empty where they are of another model."""
    if "decoder.token_embedding.weight" in found:
        return {name: name for name in found}
    ours = transformers_names.names_back(name.removeprefix("model.") for name in found)
    return {name: ours[bare] for name in found if (bare := name.removeprefix("model.")) in ours}
