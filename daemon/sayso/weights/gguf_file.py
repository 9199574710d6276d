"""Whisper in a GGUF file: whisper.cpp itself reads none, but people have them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.errors import ModelError
from sayso.weights import transformers_names
from sayso.weights.reading import Reader
from sayso.weights.tensors import Dimensions, Tensors

MAGIC, VERSIONS = b"GGUF", (2, 3)
STRING, ARRAY = 8, 9
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of a value, by its kind (ggml, `docs/gguf.md`)."""


def read(path: Path) -> Tensors:
    """Read the tensors of a Whisper model, by OpenAI's or transformers' names; quantised ones become float32.

    Raises:
        ModelError: it is cut short, or holds another model.

    """
    _require_metadata(Reader(path))
    from gguf import GGUFReader  # noqa: PLC0415  # only who imports such a file needs it
    from gguf.quants import dequantize  # noqa: PLC0415  # as above

    try:
        reader = GGUFReader(path)
        architecture = reader.get_field("general.architecture")
        kind = str(architecture.contents()) if architecture is not None else "unknown"
        found = {tensor.name: tensor for tensor in reader.tensors}
    except (OSError, ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
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


def _require_metadata(reader: Reader) -> None:
    """Walk over what stands before the tensors: gguf's own reader believes every length, and takes memory for it.

    Raises:
        ModelError: something does not fit into the file.

    """
    reader.skip(len(MAGIC), "its mark")
    if reader.unpack("<I") not in VERSIONS:
        raise ModelError(f"{reader.path} has a version of GGUF that is not known here")
    reader.skip(8, "the number of tensors")
    for _ in range(reader.unpack("<Q")):  # each is at least as long as a length: the end of the file ends it
        reader.skip(reader.unpack("<Q"), "a name")
        _skip_value(reader, reader.unpack("<I"), is_in_array=False)


def _skip_value(reader: Reader, kind: int, *, is_in_array: bool) -> None:
    if kind == STRING:
        reader.skip(reader.unpack("<Q"), "a text")
    elif kind in SIZES:
        reader.skip(SIZES[kind], "a number")
    elif kind == ARRAY and not is_in_array:
        kind, count = reader.unpack("<I"), reader.unpack("<Q")
        if kind in SIZES:
            reader.skip(SIZES[kind] * count, "a list")
            return
        for _ in range(count):
            _skip_value(reader, kind, is_in_array=True)
    else:
        raise ModelError(f"{reader.path} is damaged: a value of kind {kind}")


def _names(found: Iterable[str]) -> dict[str, str]:
    """Their names → OpenAI's; empty where they are of another model."""
    if "decoder.token_embedding.weight" in found:
        return {name: name for name in found}
    ours = transformers_names.names_back(name.removeprefix("model.") for name in found)
    return {name: ours[bare] for name in found if (bare := name.removeprefix("model.")) in ours}
