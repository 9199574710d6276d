"""What was written to the spool, brought down to the disk: on a thread of its own, so that writing never waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sayso.journal.spool import SpoolFile

log = logging.getLogger(__name__)

Then = Callable[[], None]


class Syncing:
    """Syncs files, and closes them when nothing more is written to them. Any thread may ask.

    A file that is asked for again while the disk is busy is synced once for all that came meanwhile. What a power
    cut takes is therefore what was written since the last sync began: the time that one takes, and one piece.

    Args:
        refused: told why the disk refuses, on this thread.

    """

    def __init__(self, refused: Callable[[str], None]) -> None:
        self._refused = refused
        self._changed = threading.Condition()
        self._wanted: dict[SpoolFile, Then | None] = {}  # what is to be done after its last sync; None: it goes on
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="sayso-journal-sync", daemon=True)

    def soon(self, file: SpoolFile) -> None:
        """Sync what is written of a file now."""
        with self._changed:
            self._wanted.setdefault(file, None)
            self._changed.notify()

    def last(self, file: SpoolFile, then: Then) -> None:
        """Sync a file and close it; then do something, on this thread."""
        with self._changed:
            self._wanted[file] = then
            self._changed.notify()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Do what was asked until now, then end; blocks."""
        with self._changed:
            self._is_over = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        """Thread `sayso-journal-sync`: may block on the disk; nothing waits for it."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._is_over)
                if not self._wanted:
                    return
                wanted, self._wanted = self._wanted, {}
            for file, then in wanted.items():
                try:
                    file.sync()
                except OSError as error:
                    self._refused(error.strerror or type(error).__name__)
                if then is not None:
                    self._end(file, then)

    def _end(self, file: SpoolFile, then: Then) -> None:
        """Close a file and do what comes then; neither ends the thread."""
        try:
            file.close()
        except OSError as error:  # some file systems refuse only now what was written before
            self._refused(error.strerror or type(error).__name__)
        try:
            then()
        except Exception as error:  # the next file needs the thread; the error may quote what was said
            log.error("what comes after an utterance's file failed: %s", type(error).__name__)
