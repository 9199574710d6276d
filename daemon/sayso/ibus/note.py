"""Which engine the person has, on disk while ours is there to be turned on: what comes after a crash puts it back.

ibus-daemon leaves no engine on at all when a program that offered one goes, whichever was on (1.5.19 to 1.5.34,
`bus_ibus_impl_check_global_engine`: it knows only engines that were offered in this way).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from sayso.paths import runtime_dir

NAME = "ibus-engine"


class Note:
    """The note. Its folder is the person's own.

    Args:
        folder: where it is; asked each time.

    """

    def __init__(self, folder: Callable[[], Path] = runtime_dir) -> None:
        self._folder = folder

    def write(self, engine: str) -> None:
        """Keep the person's engine; where the disk is full only a crash can lose it."""
        with contextlib.suppress(OSError):
            self._folder().mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._folder() / NAME).write_text(engine, encoding="utf-8")

    def read(self) -> str | None:
        """The engine of the person that a sayso which is gone may not have put back; None where it has."""
        try:
            return (self._folder() / NAME).read_text(encoding="utf-8").strip() or None
        except (OSError, ValueError):
            return None

    def remove(self) -> None:
        """The person's engine is on, and we are gone."""
        with contextlib.suppress(OSError):
            (self._folder() / NAME).unlink(missing_ok=True)
