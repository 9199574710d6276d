"""Values ↔ bytes of Wayland's wire format: words of 32 bits in the machine's own order."""

from __future__ import annotations

import struct
from typing import Any

WORD = struct.Struct("=I")
SIGNED = struct.Struct("=i")
FIXED_STEPS = 256  # of a fixed: 24 bits before the point, 8 behind it


def marshalled(kind: str, value: Any) -> bytes:
    """One argument as bytes; `kind` is its letter in a signature, without `?` (see `interfaces`).

    A new object (`n`) is given by its number, any other (`o`) as it is, or None.
    """
    match kind:
        case "i":
            return SIGNED.pack(value)
        case "u" | "n":
            return WORD.pack(value)
        case "f":
            return SIGNED.pack(round(value * FIXED_STEPS))
        case "o":
            return WORD.pack(0 if value is None else value.number)
        case "s":
            return WORD.pack(0) if value is None else _padded(value.encode() + b"\0")
        case "a":
            return _padded(value)
        case _:
            raise ValueError(f"no argument of Wayland is of the kind {kind!r}")


def unmarshalled(kind: str, body: bytes, place: int) -> tuple[Any, int]:
    """One argument out of a message's body, and where the next one begins; objects as their numbers."""
    behind = place + WORD.size
    match kind:
        case "i":
            return SIGNED.unpack_from(body, place)[0], behind
        case "f":
            return SIGNED.unpack_from(body, place)[0] / FIXED_STEPS, behind
        case "u" | "o" | "n":
            return WORD.unpack_from(body, place)[0], behind
        case "s" | "a":
            size = WORD.unpack_from(body, place)[0]
            data = body[behind : behind + size]
            behind += size + -size % WORD.size
            if kind == "a":
                return data, behind
            # Titles of windows are whatever their programs say, valid or not.
            return (data[:-1].decode(errors="replace") if size else None), behind
        case _:
            raise ValueError(f"no argument of Wayland is of the kind {kind!r}")


def _padded(data: bytes) -> bytes:
    return WORD.pack(len(data)) + data + b"\0" * (-len(data) % WORD.size)
