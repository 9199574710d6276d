"""The keyboards of this machine that matter, as they come and go."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
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
        on_gone: told of each keyboard that is watched no more, before it is closed.

    Attributes:
        denied: devices that this process may not read, by path.

    """

    def __init__(
        self,
        wanted: frozenset[int],
        folder: str = FOLDER,
        ioctl: Ioctl = ioctl,
        on_gone: Callable[[Keyboard], None] = lambda _: None,
    ) -> None:
        self._wanted = wanted
        self._folder = folder
        self._ioctl = ioctl
        self._on_gone = on_gone
        self._open: dict[str, Keyboard] = {}
        self._known: dict[str, _Stamp] = {}  # by path: what was looked at, and is of no use
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
        """Open what has come, and return it; takes some µs where nothing has, and a ms for each new device.

        What was unplugged before anybody looked, and has another in its place by now, is lost by it.
        """
        if self._arrivals is None:
            self._watch()
        elif not self._arrivals.forget():
            return []
        return self._scan()

    def _scan(self) -> list[Keyboard]:
        found: list[Keyboard] = []
        denied: set[str] = set()
        files = _event_files(self._folder)
        self._known = {
            path: stamp for path, stamp in self._known.items() if path in files and _stamp(files[path]) == stamp
        }
        for path, file in files.items():
            before = self._open.get(path)
            if before is not None and not os.path.samestat(os.fstat(before.fileno()), file):
                self.lose(before)
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
                self._known[path] = _stamp(file)
                continue
            self._open[path] = keyboard
            found.append(keyboard)
        self.denied = frozenset(denied)
        return found

    def lose(self, keyboard: Keyboard) -> None:
        """It was unplugged. What is lost already is left alone."""
        if self._open.get(keyboard.path) is keyboard:
            del self._open[keyboard.path]
            self._on_gone(keyboard)
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


_Stamp = tuple[int, int]
"""Inode and last change of a file that is closed: only as long as it is open its inode is nobody else's."""


def _stamp(file: os.stat_result) -> _Stamp:
    return file.st_ino, file.st_ctime_ns


def _event_files(folder: str) -> dict[str, os.stat_result]:
    """The event devices of a folder, by path."""
    files: dict[str, os.stat_result] = {}
    for path in sorted(Path(folder).glob("event*")):
        try:
            files[str(path)] = path.stat()
        except OSError:  # gone between the two
            continue
    return files
