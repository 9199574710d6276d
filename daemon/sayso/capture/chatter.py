"""Keeps what ALSA, JACK and PortAudio print about every device they try off the person's terminal.

They write to file descriptor 2 from C, past `sys.stderr`. What anything else writes there meanwhile is
passed on.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_CHATTER = re.compile(
    rb"^(ALSA lib |Expression '|Cannot connect to server|jack server|JackShm|connect\(2\) call to|"
    rb"attempt to connect to server failed|Cannot lock down|$)"
)
STDERR = 2


def keep_stderr() -> None:
    """Give `sys.stderr` a descriptor of its own.

    sounddevice points descriptor 2 at /dev/null for some 90 ms whenever it reads the device list anew, and what
    another thread says meanwhile would be lost.
    """
    with contextlib.suppress(OSError):  # a service may have no standard error at all
        sys.stderr = os.fdopen(os.dup(STDERR), "w", buffering=1, errors="backslashreplace")


@contextmanager
def hushed() -> Iterator[None]:
    """Drop the audio libraries' lines from standard error for the length of the block."""
    try:
        kept = os.dup(STDERR)
    except OSError:  # a service may have no standard error at all
        yield
        return
    caught = os.memfd_create("sayso-stderr")
    os.dup2(caught, STDERR)
    try:
        yield
    finally:
        os.dup2(kept, STDERR)
        size = os.lseek(caught, 0, os.SEEK_END)
        lines = os.pread(caught, size, 0).splitlines(keepends=True)
        os.close(caught)
        os.close(kept)
        for line in lines:
            if not _CHATTER.match(line):
                os.write(STDERR, line)
