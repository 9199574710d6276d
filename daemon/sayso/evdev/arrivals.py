"""Hearing of files that come into a folder, by inotify: a keyboard that is plugged in, or that may be read now."""

from __future__ import annotations

import contextlib
import ctypes
import os

CREATED, ATTRIBUTES, DELETED = (
    0x100,
    0x4,
    0x200,
)  # linux/inotify.h; udev sets who may read a device after it is there
LONGEST = 4096  # bytes; one event has 16 and a name


class Arrivals:
    """Says that something in a folder may be another; belongs to one thread.

    Args:
        folder: to watch.

    Raises:
        OSError: there is no such folder, or the kernel has no more watches to give.

    """

    def __init__(self, folder: str) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = _or_raise(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        try:
            _or_raise(libc.inotify_add_watch(self._fd, os.fsencode(folder), CREATED | ATTRIBUTES | DELETED))
        except OSError:
            os.close(self._fd)
            raise

    def fileno(self) -> int:
        """To wait on: readable when something happened."""
        return self._fd

    def forget(self) -> bool:
        """Take note of all that happened; says whether anything did. Does not block."""
        anything = False
        with contextlib.suppress(BlockingIOError):
            while os.read(self._fd, LONGEST):
                anything = True
        return anything

    def close(self) -> None:
        """Watch no more."""
        os.close(self._fd)


def _or_raise(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
