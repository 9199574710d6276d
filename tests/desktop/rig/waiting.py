"""Waiting for what announces itself by no event: a socket that is listened to, a server that answers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

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


def is_listened_to(path: Path) -> bool:
    """Whether somebody takes connections at a socket; its file is there a moment before."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
