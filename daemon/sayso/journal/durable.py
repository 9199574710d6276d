"""Private files that are there whole or not at all, also after a power cut; and the folders that they are in."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

PRIVATE_FOLDER: Final = 0o700
EVERYBODY_ELSE: Final = 0o077
PIECE_BYTES: Final = 1 << 20  # that are overwritten at once
UNFINISHED: Final = ".part"
"""What the name ends in of a file that is still being written; one that a crash left behind may be removed."""


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may look into, and so those above it that are missing.

    One that is there already is taken back from everybody else, such as after a restored backup.

    Raises:
        OSError: it cannot be made.

    """
    for missing in reversed([one for one in folder.parents if not one.exists()]):
        missing.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)  # `parents=True` would give them what the umask leaves
    folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    keep_private(folder)


def keep_private(path: Path) -> bool:
    """Take a file or folder back from everybody but its owner if that can be done; whether it is theirs alone."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & EVERYBODY_ELSE:
            path.chmod(mode & ~EVERYBODY_ELSE)  # which some file systems pass over in silence
        return not path.stat().st_mode & EVERYBODY_ELSE
    except FileNotFoundError:
        return True
    except OSError:
        return False


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


def erase(path: Path, head: bytes = b"") -> None:
    """Overwrite a file on the disk and take it away, so that nobody who finds it again there has what was in it.

    A file system that does not write where the file was, and copies that were made of it before, are beyond that.

    Args:
        path: nothing is done where there is none; of a link only the link goes.
        head: only the beginning is overwritten, with this; without it all is, with zeros.

    Raises:
        OSError: it is still there.

    """
    with contextlib.suppress(OSError):  # that it goes counts for more, such as on a disk that breaks
        handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            found = os.fstat(handle)
            is_hollow = found.st_size > found.st_blocks * 512 + PIECE_BYTES  # nobody here makes such a file
            if stat.S_ISREG(found.st_mode):
                for at in range(0, 0 if head or is_hollow else found.st_size, PIECE_BYTES):
                    os.pwrite(handle, bytes(min(PIECE_BYTES, found.st_size - at)), at)
                os.pwrite(handle, head, 0)
                os.fdatasync(handle)
        finally:
            os.close(handle)
    path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has which files are in a folder; does nothing where the file system cannot tell."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # some file systems of networks and of FUSE
            os.fsync(handle)
    finally:
        os.close(handle)
