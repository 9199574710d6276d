"""A text in the person's own editor."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sayso.errors import JournalError

FALLBACKS: Final = ("editor", "nano", "vim", "vi")
IN_MEMORY: Final = "/dev/shm"
"""Where a file never reaches the disk, and which everybody has; what is dictated lies nowhere in plain text."""


def edited(text: str, name: str) -> str:
    """Let the person change a text in their editor; blocks until they have left it.

    It lies in a folder of its own that nobody else can read, in memory where there is such a place, and is gone
    afterwards with whatever the editor has put beside it.

    Args:
        text: as it is.
        name: what the file is called, for the editor's title.

    Raises:
        JournalError: there is no editor, or it failed.

    """
    command = editor(os.environ)
    with tempfile.TemporaryDirectory(prefix="sayso-", dir=_place(os.environ)) as folder:
        file = Path(folder) / f"{name}.txt"
        file.write_text(f"{text}\n", encoding="utf-8", errors="replace")
        file.chmod(0o600)
        try:
            status = subprocess.run([*command, str(file)], stdin=_terminal(), check=False).returncode
        except OSError as error:
            raise JournalError(f"{command[0]}: {error.strerror}; set EDITOR to one that is there") from None
        if status:
            raise JournalError(f"{command[0]} has ended with status {status}, so nothing is changed")
        return file.read_text(encoding="utf-8", errors="replace").strip("\n")


def editor(environment: Mapping[str, str]) -> list[str]:
    """The command of the person's editor.

    Raises:
        JournalError: there is none.

    """
    for variable in ("VISUAL", "EDITOR"):
        if environment.get(variable, "").strip():
            return shlex.split(environment[variable])
    found = next((path for name in FALLBACKS if (path := shutil.which(name)) is not None), None)
    if found is None:
        raise JournalError("there is no editor here: set EDITOR, or give the text: sayso correct ID TEXT")
    return [found]


def _terminal() -> int | None:
    return None if sys.stdin.isatty() else subprocess.DEVNULL


def _place(environment: Mapping[str, str]) -> str | None:
    """A folder in memory; None for wherever temporary files go."""
    for place in (environment.get("XDG_RUNTIME_DIR", ""), IN_MEMORY):
        if Path(place).is_absolute() and os.access(place, os.W_OK | os.X_OK):
            return place
    return None
