"""The standard streams, which whoever calls us may have closed, or stopped reading."""

from __future__ import annotations

import io
import os
import sys


def open_closed() -> None:
    """Put /dev/null where a standard stream was closed, or the next file opened would take its place."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(fd, "w" if fd else "r", closefd=False))


def give_up_stdout() -> None:
    """Print to nobody from now on: the reader of our output left, and Python would complain again at exit."""
    nobody = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nobody, sys.stdout.fileno())
    os.close(nobody)


def print_anything() -> None:
    """Characters that the terminal's encoding lacks are written as escapes, where Python would raise an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
