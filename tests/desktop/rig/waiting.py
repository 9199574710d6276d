"""Waiting for what announces itself by no event: a socket that appears, a server that answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

LOOK_SECONDS = 0.01


def until(condition: Callable[[], bool], what: str, timeout_seconds: float = 10.0) -> None:
    """Look at a condition until it holds; fails the test, naming it, when it does not in time."""
    deadline = time.monotonic() + timeout_seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {timeout_seconds:g} s for {what}")
        pause.wait(LOOK_SECONDS)
