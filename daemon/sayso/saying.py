"""What the service tells the person, and whoever reads its log."""

from __future__ import annotations

import contextlib
import logging
import sys
from concurrent.futures import Future

from sayso.errors import SaysoError

log = logging.getLogger(__name__)


def say(line: str) -> None:
    """Tell the person something; standard output is for what they dictate."""
    with contextlib.suppress(OSError, ValueError):  # nobody reads it any more, which must not end a dictation
        sys.stderr.write(f"sayso: {line}\n")  # one write: two threads must not tear each other's lines
        sys.stderr.flush()


def log_failure(done: Future[None]) -> None:
    """Log what was asked and could not be done, where nobody else is told."""
    error = None if done.cancelled() else done.exception()
    if error is not None and not isinstance(error, SaysoError):  # that one is for whoever asked
        log.error("what was asked could not be done: %s", type(error).__name__)
