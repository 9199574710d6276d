"""The token by which the desktop knows that the person has agreed before, so that it asks once."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sayso import paths


class TokenFile:
    """Keeps the token, for its owner's eyes only; a disk that does not take it means being asked again.

    Args:
        path: of the file; None is `$XDG_STATE_HOME/sayso/portal-token`.

    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or paths.state_dir() / "portal-token"

    def read(self) -> str:
        """The token; empty where there is none."""
        try:
            return self._path.read_text().strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def write(self, token: str) -> None:
        """Keep a token, or none, instead of the one before: each is good for one use."""
        with contextlib.suppress(OSError):
            if not token:
                self._path.unlink(missing_ok=True)
                return
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            new = self._path.with_name(f".{self._path.name}.new")
            new.unlink(missing_ok=True)
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 (a mode)
                file.write(token)
            new.replace(self._path)
