"""Whisper as whisper.cpp keeps it (GGML, "lmgg"): written, checked, and read back.

whisper.cpp trusts such a file: one that is cut short or of wrong sizes is loaded and later takes the process with
it (v1.8.5, `src/whisper.cpp`, `whisper_model_load`). So nothing is given to it that has not been through `check`.
The layout, little endian and without padding: magic, eleven numbers, the mel filters, the vocabulary as bytes,
and tensors until the end, each with its rank, name, type and dimensions (innermost first).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sayso.errors import ModelError
from sayso.weights.reading import Reader
from sayso.weights.tensors import (
    AUDIO_POSITIONS,
    TEXT_POSITIONS,
    Dimensions,
    Expected,
    Role,
    Tensors,
)

MAGIC: Final = 0x67676D6C
FFT_BINS: Final = 201
BLOCK: Final = 32  # weights that share a scale
QUANTISATION_VERSION: Final = 2000  # 2, times GGML_QNT_VERSION_FACTOR
LONGEST_NAME, LONGEST_ENTRY = 128, 1024
HEADER: Final = "<11i"


class Form(StrEnum):
    """How precisely matrices are kept."""

    F32 = "f32"
    F16 = "f16"
    Q8_0 = "q8_0"
    Q5_0 = "q5_0"
    Q5_1 = "q5_1"
    Q4_0 = "q4_0"
    Q4_1 = "q4_1"


@dataclass(frozen=True, slots=True)
class _Codes:
    """What stands in the file for a form.

    Attributes:
        file: in the header, less the version of quantisation.
        tensor: before each tensor; another numbering.
        block_bytes: of 32 weights.

    """

    file: int
    tensor: int
    block_bytes: int


CODES: Final = {
    Form.F32: _Codes(0, 0, 128),
    Form.F16: _Codes(1, 1, 64),
    Form.Q4_0: _Codes(2, 2, 18),
    Form.Q4_1: _Codes(3, 3, 20),
    Form.Q8_0: _Codes(7, 8, 34),
    Form.Q5_0: _Codes(8, 6, 22),
    Form.Q5_1: _Codes(9, 7, 24),
}
UNQUANTISED: Final = (Form.F32, Form.F16)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a checked file holds.

    Attributes:
        dimensions: the model's size.
        form: of its matrices.
        filters: mel filter bank, shape (mel bins, 201).
        vocabulary: the ordinary tokens as bytes, by number.
        places: where each tensor's data begin in the file.

    """

    dimensions: Dimensions
    form: Form
    filters: NDArray[np.float32]
    vocabulary: tuple[bytes, ...]
    places: dict[str, int]


# ── writing ───────────────────────────────────────────────────────────────────────────────────────


def write(
    path: Path, tensors: Tensors, form: Form, filters: NDArray[np.float32], vocabulary: Sequence[bytes]
) -> None:
    """Write a model.

    Args:
        path: the new file.
        tensors: all of the model's, float16 or float32.
        form: of the matrices; biases, norms and positions stay float32, as whisper.cpp demands.
        filters: mel filter bank, shape (mel bins, 201).
        vocabulary: the ordinary tokens as bytes, by number (see `vocabulary_of`).

    Raises:
        ModelError: the tensors are not those of a Whisper model.

    """
    size = Dimensions.of(tensors)
    version = 0 if form in UNQUANTISED else QUANTISATION_VERSION
    with path.open("wb") as file:
        file.write(struct.pack("<I", MAGIC))
        file.write(struct.pack(HEADER, *_numbers(size), version + CODES[form].file))
        file.write(struct.pack("<2i", *filters.shape))
        file.write(np.ascontiguousarray(filters, dtype="<f4").tobytes())
        file.write(struct.pack("<i", len(vocabulary)))
        for entry in vocabulary:
            file.write(struct.pack("<I", len(entry)) + entry)
        for name, expected in size.expected().items():
            kept = _form_of(expected, form)
            shape = _stored_shape(name, expected)
            raw = name.encode()
            file.write(struct.pack("<3i", len(shape), len(raw), CODES[kept].tensor))
            file.write(struct.pack(f"<{len(shape)}i", *reversed(shape)))
            file.write(raw)
            file.write(_encoded(tensors[name], kept))


def vocabulary_of(tokenizer: Path) -> tuple[bytes, ...]:
    """The ordinary tokens of a `tokenizer.json`, as bytes, by number.

    Raises:
        ModelError: it is not the tokenizer of a Whisper model.

    """
    try:
        numbers: dict[str, int] = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
        by_number = sorted(numbers, key=numbers.__getitem__)
        letters = {letter: byte for byte, letter in _letters_of_bytes()}
        return tuple(b"".join(letters[letter] for letter in text) for text in by_number)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{tokenizer} is not the tokenizer of a Whisper model: {error}") from error


def _letters_of_bytes() -> Iterator[tuple[bytes, str]]:
    """How GPT-2 spells bytes: printable ones as they are, others as letters from U+0100 on."""
    printable = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    others = 0
    for byte in range(256):
        if byte in printable:
            yield bytes([byte]), chr(byte)
        else:
            yield bytes([byte]), chr(256 + others)
            others += 1


def _numbers(size: Dimensions) -> tuple[int, ...]:
    width, heads = size.width, size.heads
    audio = (AUDIO_POSITIONS, width, heads, size.encoder_layers)
    text = (TEXT_POSITIONS, width, heads, size.decoder_layers)
    return (size.vocabulary, *audio, *text, size.mel_bins)


def _form_of(expected: Expected, form: Form) -> Form:
    match expected.role:
        case Role.FINE:
            return Form.F32
        case Role.CONVOLUTION:
            return Form.F32 if form is Form.F32 else Form.F16
        case Role.MATRIX:
            return form


def _stored_shape(name: str, expected: Expected) -> tuple[int, ...]:
    """The biases of convolutions are columns there."""
    return (*expected.shape, 1) if name in ("encoder.conv1.bias", "encoder.conv2.bias") else expected.shape


def _encoded(array: NDArray[np.floating], form: Form) -> bytes:
    if form is Form.F32:
        return array.astype("<f4").tobytes()
    if form is Form.F16:
        return array.astype("<f2").tobytes()
    from gguf import GGMLQuantizationType, quants  # noqa: PLC0415  # only those who quantise need it

    blocks: NDArray[np.uint8] = quants.quantize(array.astype(np.float32), GGMLQuantizationType[form.name])
    return blocks.tobytes()


# ── reading ───────────────────────────────────────────────────────────────────────────────────────


def check(path: Path) -> Contents:
    """Prove that a file is a whole Whisper model that whisper.cpp can load.

    Raises:
        ModelError: it is not; says what is wrong.

    """
    reader = Reader(path)
    magic = reader.bytes(4)
    if magic != struct.pack("<I", MAGIC):
        raise ModelError(f"{path} is not a GGML file of whisper.cpp{_instead(magic)}")
    size, form = _header(reader)
    filters = _filters(reader, size.mel_bins)
    vocabulary = tuple(_vocabulary(reader, size.vocabulary))
    places = dict(_places(reader, size, form))
    reader.require_end()
    return Contents(size, form, filters, vocabulary, places)


def read(path: Path) -> tuple[Contents, Tensors]:
    """Check a file and read its tensors; matrices that are quantised come out as float32.

    Raises:
        ModelError: it is no whole Whisper model.

    """
    contents = check(path)
    reader = Reader(path)
    expected = contents.dimensions.expected()
    tensors = {}
    for name, at in contents.places.items():
        reader.at = at
        tensors[name] = _decoded(reader, name, expected[name], _form_of(expected[name], contents.form))
    return contents, tensors


def _instead(magic: bytes) -> str:
    return {
        b"GGUF": "; it is GGUF, which sayso models import converts if it holds Whisper",
        b"lmgg"[::-1]: "; it is of another byte order",
        b"PK\x03\x04": "; it is a checkpoint of PyTorch or a zip",
        b"<!DO": "; it is a web page, so the download went wrong",
        b"<htm": "; it is a web page, so the download went wrong",
        b"vers": "; it is a pointer of Git LFS: the weights themselves were not downloaded",
    }.get(magic, "")


def _header(reader: Reader) -> tuple[Dimensions, Form]:
    numbers = struct.unpack(HEADER, reader.bytes(struct.calcsize(HEADER)))
    vocabulary, *_, mel_bins, file_code = numbers
    size = Dimensions(mel_bins, numbers[2], numbers[4], numbers[8], vocabulary)
    size.require_sane()
    if numbers[:10] != _numbers(size):
        raise ModelError(f"{reader.path} is no Whisper model: its header says {numbers}")
    version, code = divmod(file_code, 1000)
    for form, codes in CODES.items():
        if codes.file == code and version * 1000 == (0 if form in UNQUANTISED else QUANTISATION_VERSION):
            return size, form
    raise ModelError(f"{reader.path} is quantised in a way that is not known here ({file_code})")


def _filters(reader: Reader, mel_bins: int) -> NDArray[np.float32]:
    shape = (reader.unpack("<i"), reader.unpack("<i"))
    if shape != (mel_bins, FFT_BINS):
        raise ModelError(f"{reader.path} is damaged: its mel filters are {shape}")
    filters = reader.array(np.dtype("<f4"), shape, mel_bins * FFT_BINS * 4, "the mel filters").astype(np.float32)
    if not np.isfinite(filters).all():
        raise ModelError(f"{reader.path} is damaged: its mel filters are not numbers")
    return filters


def _vocabulary(reader: Reader, most: int) -> Iterator[bytes]:
    count = reader.unpack("<i")
    if not 0 < count <= most:
        raise ModelError(f"{reader.path} is damaged: {count} words in a vocabulary of {most}")
    for _ in range(count):
        length = reader.unpack("<I")
        if length > LONGEST_ENTRY:
            raise ModelError(f"{reader.path} is damaged: a token of {length} bytes")
        yield reader.bytes(length)


def _places(reader: Reader, size: Dimensions, form: Form) -> Iterator[tuple[str, int]]:
    missing = size.expected()
    while missing:
        if reader.at == len(reader):
            raise ModelError(f"{reader.path} is cut short: {len(missing)} of its tensors are missing")
        rank, length, code = (reader.unpack("<i") for _ in range(3))
        if not 1 <= rank <= 3 or not 1 <= length <= LONGEST_NAME:
            raise ModelError(f"{reader.path} is damaged at byte {reader.at}: no tensor begins there")
        shape = tuple(reversed([reader.unpack("<i") for _ in range(rank)]))
        name = reader.bytes(length).decode("utf-8", errors="replace")
        if name not in missing:
            raise ModelError(f"{reader.path} is damaged: a Whisper model of its size has no {name!r}, or only one")
        expected = missing.pop(name)
        kept = _form_of(expected, form)
        if shape != _stored_shape(name, expected) or code != CODES[kept].tensor:
            raise ModelError(
                f"{reader.path} is damaged: {name} is {shape} of type {code}, not {expected.shape} {kept}"
            )
        yield name, reader.at
        reader.skip(_bytes(expected.shape, kept), name)


def _bytes(shape: tuple[int, ...], form: Form) -> int:
    weights = int(np.prod(shape))
    return weights * CODES[form].block_bytes // BLOCK


def _decoded(reader: Reader, name: str, expected: Expected, form: Form) -> NDArray[np.floating]:
    size = _bytes(expected.shape, form)
    if form is Form.F32:
        return reader.array(np.dtype("<f4"), expected.shape, size, name)
    if form is Form.F16:
        return reader.array(np.dtype("<f2"), expected.shape, size, name)
    from gguf import GGMLQuantizationType, quants  # noqa: PLC0415  # only those who read quantised weights need it

    rows, columns = expected.shape
    blocks = reader.array(np.dtype("u1"), (rows, columns * CODES[form].block_bytes // BLOCK), size, name)
    weights: NDArray[np.float32] = quants.dequantize(blocks, GGMLQuantizationType[form.name])
    return weights
