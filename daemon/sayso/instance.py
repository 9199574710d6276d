"""One service for each person, and one process that numbers what they dictate: the second says who has it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from sayso import paths
from sayso.errors import AlreadyRunning, StorageError


class InstanceLock:
    """Held for as long as the service runs; goes with the process, however it ends. A context manager.

    Args:
        file: where the lock is; it holds the number of the process that has it.
        told: says of that process who has it, and what can be done; None where its number is not known.
        variable: names the folder that the file is in.

    """

    def __init__(
        self,
        file: Path | None = None,
        told: Callable[[int | None], str] | None = None,
        variable: str = "XDG_RUNTIME_DIR",
    ) -> None:
        self._file = file or paths.runtime_dir() / "lock"
        self._told = told or describe
        self._variable = variable
        self._fd: int | None = None

    def take(self) -> Self:
        """Take it.

        Raises:
            AlreadyRunning: another process has it.
            StorageError: its folder cannot be written.

        """
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fd = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._refused(error) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(fd, 32).decode(errors="replace").strip()
            os.close(fd)
            raise AlreadyRunning(self._told(int(holder) if holder.isdigit() else None)) from error
        except OSError as error:  # a file system of the network without locks
            os.close(fd)
            raise self._refused(error) from error
        self._fd = fd
        try:
            os.ftruncate(fd, 0)
            os.write(fd, f"{os.getpid()}\n".encode())
        except OSError:  # full: the lock holds all the same, and only the number is missing
            os.ftruncate(fd, 0)
        return self

    def release(self) -> None:
        """Give it back."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        """See `take`."""
        return self.take()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _refused(self, error: OSError) -> StorageError:
        return StorageError(
            f"{self._file}: {error.strerror}; sayso keeps its lock there: make room, or point {self._variable} "
            "to a folder of your own"
        )


def journal_lock() -> InstanceLock:
    """Held by whoever numbers utterances.

    The service's own lock does not say that: it lies elsewhere for who was started without XDG_RUNTIME_DIR, as by
    cron or su. This one is where the numbers are.
    """
    return InstanceLock(paths.journal_lock_file(), _journal_taken, "XDG_STATE_HOME")


def numbering() -> int | None:
    """The process that has that lock on this machine, by what it noted there; None where none has."""
    try:
        process = int(paths.journal_lock_file().read_text("ascii"))
    except (OSError, ValueError):
        return None
    return process if "sayso" in command_of(process) else None


def _journal_taken(process: int | None) -> str:
    """Who has the journal: on a home on the network perhaps another machine, whose numbers mean others here."""
    command = "" if process is None else command_of(process)
    who = f"process {process}{command}" if "sayso" in command else "another sayso, perhaps on another machine,"
    return (
        f"{who} has the journal in {paths.shown(paths.state_dir())}, and two would give dictations the same "
        "numbers. End it, and start this one again"
    )


def describe(process: int | None) -> str:
    """Say who runs, and what can be done about it."""
    who = "another process" if process is None else f"process {process}{command_of(process)}"
    return (
        f"sayso is already running: {who}. See how it is with `sayso status`; end it with "
        "`systemctl --user stop sayso`" + (f" or `kill {process}`" if process is not None else "")
    )


def command_of(process: int) -> str:
    """The command line of a process in brackets, with a space before; empty where it cannot be read."""
    try:
        command = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""
    words = command.replace("\0", " ").split()
    return f" ({' '.join(words)[:100]})" if words else ""
