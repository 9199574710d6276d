"""The look for lockers in /proc."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sayso.away.lockers import Candidate, Seen, due, is_locker, locks_for
from sayso.processes import PROC


class Lockers:
    """Finds the processes that have locked this user's screen. Any thread.

    A look lists /proc, and reads the names of the processes that are new: 0.14 ms where there are 156, 0.45 where
    there are 458. Of all of them, every few seconds: 1.4 and 4.0 ms.

    Args:
        proc: where the kernel tells of processes.
        user: whose screen.
        now: seconds, monotonic.

    """

    def __init__(
        self, proc: Path = PROC, user: int | None = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._proc = str(proc)
        self._user = os.getuid() if user is None else user
        self._now = now
        self._lock = threading.Lock()
        self._seen = Seen()
        self._found: frozenset[int] = frozenset()

    def look(self) -> frozenset[int]:
        """The lockers that run now, by the numbers of their processes."""
        with self._lock:
            present = self._present()
            self._seen, pids = due(self._seen, present, self._now())
            self._found = frozenset(pid for pid in pids | (self._found & present) if self.locks(pid))
            return self._found

    def _present(self) -> frozenset[int]:
        try:
            names = os.listdir(self._proc)  # noqa: PTH208  # a Path for each would be three times as slow
        except OSError:
            return frozenset()
        return frozenset(int(name) for name in names if name.isdecimal())

    def locks(self, pid: int) -> bool:
        """Whether this process is one."""
        if not is_locker(self._read(pid, "comm").rstrip("\n")):
            return False
        status = self._status(pid)
        state, parent = status.get("State", ""), status.get("PPid", "")
        users = {_user(status), _user(self._status(int(parent))) if parent.isdecimal() else None}
        known = frozenset(user for user in users if user is not None)
        return locks_for(Candidate(state[:1], known, self._read(pid, "cgroup")), self._user)

    def _status(self, pid: int) -> dict[str, str]:
        pairs = (line.partition(":") for line in self._read(pid, "status").splitlines())
        return {name: value.strip() for name, _, value in pairs}

    def _read(self, pid: int, name: str) -> str:
        """A file of a process; empty where the process has gone."""
        try:
            file = os.open(f"{self._proc}/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                return os.read(file, 1 << 14).decode(errors="replace")
            finally:
                os.close(file)
        except OSError:
            return ""


def _user(status: dict[str, str]) -> int | None:
    real = status.get("Uid", "").split()[:1]
    return int(real[0]) if real and real[0].isdecimal() else None
