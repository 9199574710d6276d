"""A GGUF file that lies is refused before anybody takes memory for it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from sayso.errors import ModelError
from sayso.weights import gguf_file

HUGE = 1 << 40


def header(*fields: bytes, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, 0, len(fields)) + b"".join(fields)


def field(kind: int, value: bytes) -> bytes:
    return struct.pack("<Q", 3) + b"key" + struct.pack("<I", kind) + value


@pytest.mark.parametrize(
    "raw",
    [
        header(field(9, struct.pack("<IQ", 4, HUGE))),  # a list of 2^40 numbers
        header(field(9, struct.pack("<IQ", 8, HUGE))),  # of texts
        header(field(9, struct.pack("<IQ", 9, 1) + struct.pack("<IQ", 9, 1) * 1000)),  # of lists of lists …
        header(field(8, struct.pack("<Q", HUGE) + b"text")),
        header(field(99, b"")),
        header(version=1),
        b"GGUF" + struct.pack("<IQQ", 3, 0, HUGE),
        b"GGUF",
    ],
)
def test_what_does_not_fit_into_the_file_is_refused_at_once(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "lies.gguf"
    path.write_bytes(raw)
    with pytest.raises(ModelError, match=r"lies\.gguf"):
        gguf_file.read(path)
