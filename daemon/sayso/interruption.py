"""Ctrl-C: it ends the process at once and without a word, but for work that must be left tidy.

Python makes an exception of it, which in an import is a traceback at best: where a native module is initialised it
may be lost (ctranslate2 swallowed 4 of 420).
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import NoReturn

EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells do

_Handler = Callable[[int, FrameType | None], object] | int


@contextmanager
def _instead(before: _Handler, now: _Handler, number: int = signal.SIGINT) -> Iterator[None]:
    """On a signal do something else than before; where a command is to ignore it, it goes on to."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(number) != before:
        yield
        return
    signal.signal(number, now)
    try:
        yield
    finally:
        signal.signal(number, before)


@contextmanager
def at_once() -> Iterator[None]:
    """For a whole command: Ctrl-C ends the process."""
    with _instead(signal.default_int_handler, signal.SIG_DFL):
        yield


@contextmanager
def unwinding() -> Iterator[None]:
    """For what must be left tidy, once everything is imported.

    Ctrl-C is a KeyboardInterrupt then, SIGTERM and SIGHUP a SystemExit.
    """
    with ExitStack() as stack:
        stack.enter_context(_instead(signal.SIG_DFL, signal.default_int_handler))
        for number in (signal.SIGTERM, signal.SIGHUP):
            stack.enter_context(_instead(signal.SIG_DFL, _leave, number))
        yield


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)  # as shells count
