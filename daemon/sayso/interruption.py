"""Ctrl-C: it ends the process at once and without a word, but for work that must be left tidy.

Python makes an exception of it, which in an import is a traceback at best: where a native module is initialised it
may be lost (ctranslate2 swallowed 4 of 420).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells do

_Handler = Callable[[int, FrameType | None], object] | int


@contextmanager
def _instead(before: _Handler, now: _Handler) -> Iterator[None]:
    """On SIGINT do something else than before; where a command is to ignore it, it goes on to."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) != before:
        yield
        return
    signal.signal(signal.SIGINT, now)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def at_once() -> Iterator[None]:
    """For a whole command: Ctrl-C ends the process."""
    with _instead(signal.default_int_handler, signal.SIG_DFL):
        yield


@contextmanager
def unwinding() -> Iterator[None]:
    """For what must be left tidy, once everything is imported: Ctrl-C is a KeyboardInterrupt."""
    with _instead(signal.SIG_DFL, signal.default_int_handler):
        yield
