"""The keyboards of this machine that matter, as they come and go."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from sayso.evdev.access import FOLDER, OUR_KEYBOARD
from sayso.evdev.arrivals import Arrivals
from sayso.evdev.keyboard import Keyboard
from sayso.evdev.wire import Ioctl, ioctl

log = logging.getLogger(__name__)

RESCAN_SECONDS = 5.0  # where the folder cannot be watched


class Keyboards:
    """Open keyboards; belongs to one thread. What sayso types itself comes from none of them.

    Args:
        wanted: keys; a device that has none of them is left alone.
        folder: where the devices are.
        ioctl: the edge to the kernel.

    Attributes:
        denied: devices that this process may not read, by path.

    """

    def __init__(self, wanted: frozenset[int], folder: str = FOLDER, ioctl: Ioctl = ioctl) -> None:
        self._wanted = wanted
        self._folder = folder
        self._ioctl = ioctl
        self._open: dict[str, Keyboard] = {}
        self._known: dict[str, int] = {}  # path → inode: what was looked at, and is of no use
        self.denied: frozenset[str] = frozenset()
        self._arrivals: Arrivals | None = None
        self._watch()
        self._scan()

    def __iter__(self) -> Iterator[Keyboard]:
        return iter(tuple(self._open.values()))

    def __len__(self) -> int:
        return len(self._open)

    @property
    def arrivals(self) -> Arrivals | None:
        """To wait on: when it is readable, or after RESCAN_SECONDS where it is None, `look` again."""
        return self._arrivals

    def look(self) -> list[Keyboard]:
        """Open what has come, and return it; takes some µs where nothing has, and a ms for each new device."""
        if self._arrivals is None:
            self._watch()
        elif not self._arrivals.forget():
            return []
        return self._scan()

    def _scan(self) -> list[Keyboard]:
        found: list[Keyboard] = []
        denied: set[str] = set()
        inodes = _inodes(self._folder)
        self._known = {path: inode for path, inode in self._known.items() if inodes.get(path) == inode}
        for path, inode in inodes.items():
            if path in self._open or path in self._known:
                continue
            try:
                keyboard = Keyboard(path, self._ioctl)
            except PermissionError:
                denied.add(path)
                continue
            except OSError as error:  # it is gone again, or no input device
                log.debug("input device: %s", error)
                continue
            if keyboard.name == OUR_KEYBOARD or not keyboard.codes & self._wanted:
                keyboard.close()
                self._known[path] = inode
                continue
            self._open[path] = keyboard
            found.append(keyboard)
        self.denied = frozenset(denied)
        return found

    def lose(self, keyboard: Keyboard) -> None:
        """It was unplugged."""
        if self._open.pop(keyboard.path, None) is not None:
            keyboard.close()

    def close(self) -> None:
        """Give all back."""
        for keyboard in self:
            self.lose(keyboard)
        if self._arrivals is not None:
            self._arrivals.close()

    def _watch(self) -> None:
        try:
            self._arrivals = Arrivals(self._folder)
        except OSError as error:
            log.debug("%s cannot be watched: %s", self._folder, error)


def _inodes(folder: str) -> dict[str, int]:
    """The event devices of a folder: path → inode; a name that is used again has another."""
    inodes: dict[str, int] = {}
    for path in sorted(Path(folder).glob("event*")):
        try:
            inodes[str(path)] = path.stat().st_ino
        except OSError:  # gone between the two
            continue
    return inodes
