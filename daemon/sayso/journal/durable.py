"""Private files that are there whole or not at all, also after a power cut."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

PRIVATE_FOLDER: Final = 0o700
UNFINISHED: Final = ".part"
"""What the name ends in of a file that is still being written; one that a crash left behind may be removed."""


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may look into, with those above it."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Put a file of mode 0600 in its place, or leave what was there; it is on the disk when this returns.

    Raises:
        OSError: the disk refuses.

    """
    place(written(path, data), path)


def written(path: Path, data: bytes) -> Path:
    """Write what is to be at that path beside it, and wait for the disk; only `place` puts it there.

    Raises:
        OSError: the disk refuses; nothing is left then.

    """
    beside = path.with_name(f"{path.name}.{os.urandom(4).hex()}{UNFINISHED}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return beside


def place(beside: Path, path: Path) -> None:
    """Give a file that `written` wrote its name, and wait until the disk has that, too.

    Raises:
        OSError: the disk refuses.

    """
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has which files are in a folder; does nothing where the file system cannot tell."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # some file systems of networks and of FUSE
            os.fsync(handle)
    finally:
        os.close(handle)
