"""Which way of typing worked in an application where the first choice did not; kept from run to run.

Only applications in which something else had to be found are named in the file, 0600 like all of sayso's state.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

MOST = 200  # applications; the one that was not needed for longest is forgotten


class Remembered:
    """What worked where. One thread.

    Args:
        file: where it is kept; None keeps it for this run only. A file that cannot be read or written is no loss.

    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._ways = _read(file) if file is not None else {}

    def of(self, application: str) -> str | None:
        """What worked there last; None where the first choice does, or nothing is known."""
        return self._ways.get(application)

    def worked(self, application: str, way: str, *, is_first_choice: bool) -> None:
        """Remember it, where it is not what would be tried first anyway."""
        if not application or self._ways.get(application) == (None if is_first_choice else way):
            return
        self._ways.pop(application, None)
        if not is_first_choice:
            self._ways[application] = way
            if len(self._ways) > MOST:
                del self._ways[next(iter(self._ways))]
        if self._file is not None:
            with contextlib.suppress(OSError):
                _write(self._file, lambda handle: json.dump(self._ways, handle, ensure_ascii=False, indent=1))


def _read(file: Path) -> dict[str, str]:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {str(name): way for name, way in list(known.items())[-MOST:] if isinstance(way, str)}


def _write(file: Path, dump: Callable[..., None]) -> None:
    """Whole or not at all: whoever reads it never sees a half."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            dump(opened)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
