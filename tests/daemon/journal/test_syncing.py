"""What one file's disk refuses, and what fails after it, keeps no other file from being synced and closed."""

from __future__ import annotations

from pathlib import Path

from sayso.journal.spool import SpoolFile
from sayso.journal.syncing import Syncing


class Refusing(SpoolFile):
    """A file on a disk that refuses only when it is closed, as over a network."""

    def close(self) -> None:
        raise OSError(122, "Disk quota exceeded")


def test_neither_a_close_that_fails_nor_what_comes_then_ends_the_thread(tmp_path: Path) -> None:
    why: list[str] = []
    done: list[int] = []

    def stumble() -> None:
        done.append(1)
        raise ValueError("secret words")

    syncing = Syncing(why.append)
    syncing.start()
    syncing.last(Refusing(tmp_path, 1), stumble)
    syncing.last(SpoolFile(tmp_path, 2), lambda: done.append(2))
    syncing.stop()
    assert why == ["Disk quota exceeded"]
    assert done == [1, 2]
