"""What the service tells the person, and whoever reads its log."""

from __future__ import annotations

import contextlib
import logging
import sys
from concurrent.futures import Future

from sayso.errors import SaysoError
from sayso.events import CaptureInterrupted, CaptureOpened, Event, Problem

log = logging.getLogger(__name__)


def say(line: str) -> None:
    """Tell the person something; standard output is for what they dictate."""
    with contextlib.suppress(OSError, ValueError):  # nobody reads it any more, which must not end a dictation
        sys.stderr.write(f"sayso: {line}\n")  # one write: two threads must not tear each other's lines
        sys.stderr.flush()


class Reports:
    """An observer of the flow that says what is wrong, and what is listened with.

    Attributes:
        microphone: that is open, and at which rate; empty where none is.

    """

    def __init__(self) -> None:
        self.microphone = ""

    def watch(self, event: Event) -> None:
        """Take what happened. Any thread; returns at once."""
        match event:
            case Problem(_, message):
                say(message)
            case CaptureOpened(device, rate_hz):
                self.microphone = f"{device} at {rate_hz} Hz"
                say(f"microphone: {self.microphone}")
            case CaptureInterrupted():
                self.microphone = ""  # whatever is opened next, the same one too, tells it
            case _:
                pass


def log_failure(done: Future[None]) -> None:
    """Log what was asked and could not be done, where nobody else is told."""
    error = None if done.cancelled() else done.exception()
    if error is not None and not isinstance(error, SaysoError):  # that one is for whoever asked
        log.error("what was asked could not be done: %s", type(error).__name__)
