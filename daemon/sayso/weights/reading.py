"""Reading a binary file that may be cut short, damaged or something else altogether."""

from __future__ import annotations

import math
import mmap
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.errors import ModelError


class Reader:
    """A file that is mapped into memory, and a place in it.

    Every read is checked against the file's length before anything is allocated.

    Args:
        path: the file.

    Raises:
        ModelError: it is empty or cannot be read.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # an empty file cannot be mapped
            raise ModelError(f"{path} cannot be read: {error}") from error
        self.at = 0

    def __len__(self) -> int:
        return len(self._map)

    def bytes(self, count: int) -> bytes:
        """The next so many bytes."""
        self._require(count, "it")
        self.at += count
        return self._map[self.at - count : self.at]

    def unpack(self, layout: str) -> int:
        """The next number; `layout` as in `struct`."""
        (value,) = struct.unpack(layout, self.bytes(struct.calcsize(layout)))
        return int(value)

    def array(self, kind: np.dtype, shape: tuple[int, ...], size: int, name: str) -> NDArray[Any]:
        """The next array, which stays in the file.

        Args:
            kind: of its elements.
            shape: what it should be.
            size: bytes that the file claims it takes.
            name: for the error.

        """
        if math.prod(shape) * kind.itemsize != size:
            raise ModelError(f"{self.path} is damaged: {name} {shape} cannot be {size} bytes")
        self._require(size, name)
        out = np.frombuffer(self._map, kind, math.prod(shape), self.at).reshape(shape)
        self.at += size
        return out

    def skip(self, count: int, name: str) -> None:
        """Go on behind so many bytes, which must be there."""
        self._require(count, name)
        self.at += count

    def require_end(self) -> None:
        """Refuse what comes after the end."""
        if self.at != len(self):
            raise ModelError(f"{self.path} is damaged: {len(self) - self.at} bytes too long")

    def _require(self, count: int, name: str) -> None:
        if count < 0 or self.at + count > len(self):
            raise ModelError(
                f"{self.path} is cut short: {name} ends {self.at + count - len(self)} bytes behind its end"
            )
