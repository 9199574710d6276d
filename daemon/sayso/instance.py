"""One service for each person: the second says who runs."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from sayso import paths
from sayso.errors import AlreadyRunning, StorageError


class InstanceLock:
    """Held for as long as the service runs; goes with the process, however it ends. A context manager.

    Args:
        file: where the lock is; it holds the number of the process that has it.

    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or paths.runtime_dir() / "lock"
        self._fd: int | None = None

    def __enter__(self) -> Self:
        """Take it.

        Raises:
            AlreadyRunning: another process has it.
            StorageError: its folder cannot be written.

        """
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fd = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(
                f"{self._file}: {error.strerror}; sayso keeps its lock there: make room, or point XDG_RUNTIME_DIR "
                "to a folder of your own"
            ) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(fd, 32).decode(errors="replace").strip()
            os.close(fd)
            raise AlreadyRunning(describe(int(holder) if holder.isdigit() else None)) from error
        self._fd = fd
        try:
            os.ftruncate(fd, 0)
            os.write(fd, f"{os.getpid()}\n".encode())
        except OSError:  # full: the lock holds all the same, and only the number is missing
            os.ftruncate(fd, 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


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
