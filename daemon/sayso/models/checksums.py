"""Checksums of the files in a folder: compared at first, and again whenever a file has changed since."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

VERIFIED = ".verified.json"  # size and mtime of each file when its checksum was last compared


def sha256_of(path: Path) -> str:
    """The checksum of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(folder: Path, expected: Mapping[str, str], *, thorough: bool = False) -> Iterator[Path]:
    """The files of a folder that are not what they were.

    Args:
        folder: where they are.
        expected: name → checksum; each must be there.
        thorough: compare also where size and time of change are those of the last comparison.

    """
    seen = _read(folder)
    for name, checksum in expected.items():
        if not thorough and seen.get(name) == _stamp(folder / name):
            continue
        if sha256_of(folder / name) != checksum:
            yield folder / name
        seen[name] = _stamp(folder / name)
    _write(folder, seen)


def remember(folder: Path, names: Mapping[str, str]) -> None:
    """Note that the files have just been compared, or written."""
    _write(folder, {name: _stamp(folder / name) for name in names})


def _stamp(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns]


def _read(folder: Path) -> dict[str, list[int]]:
    try:
        found = json.loads((folder / VERIFIED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(folder: Path, seen: Mapping[str, list[int]]) -> None:
    if not os.access(folder, os.W_OK) or _read(folder) == seen:
        return
    try:
        (folder / VERIFIED).write_text(json.dumps(seen), encoding="utf-8")
    except OSError:
        return  # only a cache of comparisons: without it, the next start compares again
