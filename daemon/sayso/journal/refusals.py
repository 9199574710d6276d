"""What the disk refuses: told once, with the place and what can be done, and that it is over when all of it is."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sayso.events import Event, Problem, ProblemCleared, ProblemName

BLOCKED: Final = (
    "{folder} cannot be written, because {blocker} is no folder: dictation goes on, but would not survive a "
    "crash. Move that away, or set XDG_STATE_HOME to another folder"
)
SPOOL: Final = (
    "{folder} cannot be written ({why}): dictation goes on, but would not survive a crash. Free some space, or "
    "set XDG_STATE_HOME to another disk"
)
JOURNAL: Final = (
    "the journal cannot be written ({why}): dictation goes on; what is said stays in the spool until it can. Free "
    "some space, and see that it is yours"
)
TAKEN: Final = (
    "{path} is there already: another sayso has dictated under the same number, and perhaps still does: end it, "
    "and start this one again"
)


class Refusals:
    """One problem for the spool and the journal. Any thread may call it.

    Args:
        emit: told of it.
        spool: the folder.
        journal: the folder.

    """

    def __init__(self, emit: Callable[[Event], None], spool: Path, journal: Path) -> None:
        self._emit = emit
        self._spool = spool
        self._journal = journal
        self._refused: set[Path] = set()
        self._lock = threading.Lock()  # held while it is told, so that the end does not come before the beginning

    def spool(self, why: str) -> None:
        """The spool cannot be written."""
        self._refuse(self._spool, SPOOL, why)

    def spool_file(self, path: Path, error: OSError) -> None:
        """A file of it cannot."""
        if isinstance(error, FileExistsError) and path.exists():
            self._tell(self._spool, TAKEN.format(path=path))
        else:
            self.spool(error.strerror or type(error).__name__)

    def journal(self, why: str | None) -> None:
        """The database or its key cannot be written; None: they can again."""
        if why is None:
            self._mend(self._journal)
        else:
            self._refuse(self._journal, JOURNAL, why)

    def spool_is_written(self) -> None:
        """The spool can be written, perhaps again."""
        self._mend(self._spool)

    def _refuse(self, folder: Path, message: str, why: str) -> None:
        blocker = _blocker(folder)
        if blocker is not None:
            message = BLOCKED
        self._tell(folder, message.format(folder=folder, blocker=blocker, why=why))

    def _tell(self, folder: Path, message: str) -> None:
        with self._lock:
            if not self._refused:
                self._emit(Problem(ProblemName.STORAGE_FAILED, message))
            self._refused.add(folder)

    def _mend(self, folder: Path) -> None:
        with self._lock:
            if folder in self._refused:
                self._refused.remove(folder)
                if not self._refused:
                    self._emit(ProblemCleared(ProblemName.STORAGE_FAILED))


def _blocker(folder: Path) -> Path | None:
    """What lies where a folder should be, if anything does."""
    with contextlib.suppress(OSError):  # it may not be looked at
        for one in (folder, *folder.parents):
            if (one.exists() or one.is_symlink()) and not one.is_dir():
                return one
    return None
