"""Whisper as CTranslate2 keeps it: one `model.bin`, read and written.

The layout is that of `ctranslate2/specs/model_spec.py` (`_serialize`): a name and a revision, then variables
(name, rank, dimensions, type, length, data), then names that stand for other variables. Queries, keys and values
are fused into one matrix, row on row; everything else is spelled differently and nothing more.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from sayso.errors import ModelError
from sayso.weights.reading import Reader
from sayso.weights.tensors import Dimensions, Tensors

BINARY_VERSION = 6
SPECIFICATION, REVISION = "WhisperSpec", 3
MOST_VARIABLES = 10_000
GELU: Final = 3  # ctranslate2.specs.common_spec.Activation.GELU

TYPES: Final[dict[int, np.dtype]] = {
    0: np.dtype("<f4"),
    1: np.dtype("i1"),
    2: np.dtype("<i2"),
    3: np.dtype("<i4"),
    4: np.dtype("<f2"),
}
SAME: Final = (
    ("encoder/conv1/weight", "encoder.conv1.weight"),
    ("encoder/conv1/bias", "encoder.conv1.bias"),
    ("encoder/conv2/weight", "encoder.conv2.weight"),
    ("encoder/conv2/bias", "encoder.conv2.bias"),
    ("encoder/position_encodings/encodings", "encoder.positional_embedding"),
    ("encoder/layer_norm/gamma", "encoder.ln_post.weight"),
    ("encoder/layer_norm/beta", "encoder.ln_post.bias"),
    ("decoder/embeddings/weight", "decoder.token_embedding.weight"),
    ("decoder/position_encodings/encodings", "decoder.positional_embedding"),
    ("decoder/layer_norm/gamma", "decoder.ln.weight"),
    ("decoder/layer_norm/beta", "decoder.ln.bias"),
)
SAME_IN_A_BLOCK: Final = (
    ("self_attention/layer_norm/gamma", "attn_ln.weight"),
    ("self_attention/layer_norm/beta", "attn_ln.bias"),
    ("self_attention/linear_1/weight", "attn.out.weight"),
    ("self_attention/linear_1/bias", "attn.out.bias"),
    ("ffn/layer_norm/gamma", "mlp_ln.weight"),
    ("ffn/layer_norm/beta", "mlp_ln.bias"),
    ("ffn/linear_0/weight", "mlp.0.weight"),
    ("ffn/linear_0/bias", "mlp.0.bias"),
    ("ffn/linear_1/weight", "mlp.2.weight"),
    ("ffn/linear_1/bias", "mlp.2.bias"),
)
SAME_IN_A_DECODER_BLOCK: Final = (
    ("attention/layer_norm/gamma", "cross_attn_ln.weight"),
    ("attention/layer_norm/beta", "cross_attn_ln.bias"),
    ("attention/linear_0/weight", "cross_attn.query.weight"),
    ("attention/linear_0/bias", "cross_attn.query.bias"),
    ("attention/linear_2/weight", "cross_attn.out.weight"),
    ("attention/linear_2/bias", "cross_attn.out.bias"),
)
FUSED: Final = ("self_attention/linear_0", ("attn.query", "attn.key", "attn.value"))
FUSED_IN_A_DECODER: Final = ("attention/linear_1", ("cross_attn.key", "cross_attn.value"))

Variables = dict[str, NDArray[Any]]


def read(path: Path) -> Tensors:
    """Read the weights of a Whisper model.

    Args:
        path: a `model.bin` of float16 or float32 weights.

    Returns:
        The tensors, which lie in the file and are read when they are used.

    Raises:
        ModelError: it is cut short, no Whisper model, or quantised, which cannot be undone exactly.

    """
    variables = read_variables(path)
    if any(array.dtype.kind == "i" and array.ndim for array in variables.values()):
        raise ModelError(f"{path} is quantised: other forms can only be made of float16 or float32 weights")
    try:
        tensors = dict(_tensors(variables))
    except KeyError as error:
        raise ModelError(f"{path} does not hold the weights of a Whisper model: {error} is missing") from error
    Dimensions.of(tensors)
    return tensors


def read_variables(path: Path) -> Variables:
    """Read all variables by the names that CTranslate2 gives them.

    Raises:
        ModelError: it is cut short or not a Whisper model of CTranslate2.

    """
    reader = Reader(path)
    version = reader.unpack("<I")
    if version != BINARY_VERSION:
        raise ModelError(f"{path} is not a model of CTranslate2 that can be read here (format {version})")
    name, revision, count = _string(reader), reader.unpack("<I"), reader.unpack("<I")
    if name != SPECIFICATION or revision != REVISION or count > MOST_VARIABLES:
        raise ModelError(f"{path} holds {name!r} of revision {revision}, not a Whisper model")
    variables: Variables = {}
    for _ in range(count):
        name = _string(reader)
        shape = tuple(reader.unpack("<I") for _ in range(reader.unpack("<B")))
        kind, size = reader.unpack("<B"), reader.unpack("<I")
        if kind not in TYPES:
            raise ModelError(f"{path}: {name} has a type that is not known here ({kind})")
        variables[name] = reader.array(TYPES[kind], shape, size, name)
    for _ in range(reader.unpack("<I")):
        _string(reader), _string(reader)  # the projection is the embedding: there is nothing to read
    reader.require_end()
    return variables


def write(path: Path, tensors: Tensors) -> None:
    """Write a Whisper model as float16, which is how models are kept in the store.

    Args:
        path: of the new `model.bin`.
        tensors: all of them, of any floating type.

    Raises:
        ModelError: they are not those of a Whisper model.

    """
    dimensions = Dimensions.of(tensors)
    variables = dict(sorted(_variables(tensors, dimensions)))
    with path.open("wb") as file:
        file.write(struct.pack("<I", BINARY_VERSION))
        _write_string(file, SPECIFICATION)
        file.write(struct.pack("<II", REVISION, len(variables)))
        codes = {kind: code for code, kind in TYPES.items()}
        for name, array in variables.items():
            _write_string(file, name)
            file.write(struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape))
            file.write(struct.pack("<BI", codes[array.dtype], array.nbytes))
            file.write(np.ascontiguousarray(array).tobytes())
        file.write(struct.pack("<I", 1))
        _write_string(file, "decoder/projection/weight")
        _write_string(file, "decoder/embeddings/weight")


# ── names ─────────────────────────────────────────────────────────────────────────────────────────


def _blocks(layers: dict[str, int]) -> Iterator[tuple[str, str, str]]:
    for side, count in layers.items():
        for layer in range(count):
            yield side, f"{side}/layer_{layer}", f"{side}.blocks.{layer}"


def _same(side: str) -> tuple[tuple[str, str], ...]:
    return SAME_IN_A_BLOCK + (SAME_IN_A_DECODER_BLOCK if side == "decoder" else ())


def _fused(side: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (FUSED, FUSED_IN_A_DECODER) if side == "decoder" else (FUSED,)


def _tensors(variables: Variables) -> Iterator[tuple[str, NDArray[np.floating]]]:
    layers = {
        side: len(
            {name.split("/")[1] for name in variables if name.startswith(f"{side}/layer_") and "/ffn/" in name}
        )
        for side in ("encoder", "decoder")
    }
    for theirs, ours in SAME:
        yield ours, variables[theirs]
    for side, there, here in _blocks(layers):
        for theirs, ours in _same(side):
            yield f"{here}.{ours}", variables[f"{there}/{theirs}"]
        for theirs, parts in _fused(side):
            for kind in ("weight", "bias"):
                rows = np.split(variables[f"{there}/{theirs}/{kind}"], len(parts))
                for part, array in zip(parts, rows, strict=True):
                    if not (part.endswith("key") and kind == "bias"):  # always zero
                        yield f"{here}.{part}.{kind}", array


def _variables(tensors: Tensors, dimensions: Dimensions) -> Iterator[tuple[str, NDArray[np.generic]]]:
    layers = {"encoder": dimensions.encoder_layers, "decoder": dimensions.decoder_layers}
    for theirs, ours in SAME:
        yield theirs, _half(tensors[ours])
    for side, there, here in _blocks(layers):
        for theirs, ours in _same(side):
            yield f"{there}/{theirs}", _half(tensors[f"{here}.{ours}"])
        for theirs, parts in _fused(side):
            for kind in ("weight", "bias"):
                zero = np.zeros(dimensions.width, dtype=np.float16)
                rows = [_half(tensors.get(f"{here}.{part}.{kind}", zero)) for part in parts]
                yield f"{there}/{theirs}/{kind}", np.concatenate(rows)
    yield "encoder/num_heads", np.array(dimensions.heads, dtype=np.int16)
    yield "decoder/num_heads", np.array(dimensions.heads, dtype=np.int16)
    yield "decoder/activation", np.array(GELU, dtype=np.int8)
    yield "decoder/pre_norm", np.array(1, dtype=np.int8)
    for name in ("alibi", "scale_embeddings", "start_from_zero_embedding"):
        yield f"decoder/{name}", np.array(0, dtype=np.int8)
    yield "decoder/alignment_layer", np.array(-1, dtype=np.int16)
    yield "decoder/alignment_heads", np.array(1, dtype=np.int16)


def _half(array: NDArray[np.floating]) -> NDArray[np.float16]:
    return array.astype(np.float16)


def _string(reader: Reader) -> str:
    return reader.bytes(reader.unpack("<H")).rstrip(b"\0").decode("utf-8", errors="replace")


def _write_string(file: BinaryIO, text: str) -> None:
    raw = text.encode() + b"\0"
    file.write(struct.pack("<H", len(raw)) + raw)
