"""A folder that tells of processes as the kernel does."""

from __future__ import annotations

import shutil
from pathlib import Path

USER, OTHER_USER, NOBODY, ROOT = 1000, 1001, 65_534, 0
INIT = 1


class FakeProc:
    """The processes that a test says there are, and which of their files were read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "self").mkdir()
        self.runs(INIT, "systemd", user=ROOT)

    def runs(
        self,
        pid: int,
        name: str,
        user: int = USER,
        parent: int = INIT,
        state: str = "S (sleeping)",
        groups: str = "0::/init.scope",
    ) -> None:
        """A process is there, or has become another program."""
        folder = self.folder / str(pid)
        folder.mkdir(exist_ok=True)
        (folder / "comm").write_text(f"{name[:15]}\n")
        (folder / "status").write_text(f"Name:\t{name}\nState:\t{state}\nPPid:\t{parent}\nUid:\t{user}\t0\t0\t0\n")
        (folder / "cgroup").write_text(f"{groups}\n")

    def ends(self, pid: int) -> None:
        """It is gone."""
        shutil.rmtree(self.folder / str(pid))
