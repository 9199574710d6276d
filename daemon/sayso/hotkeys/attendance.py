"""Being there whenever a display is: a thread that comes back after every display that went away."""

from __future__ import annotations

import logging
import os
import select
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from sayso.errors import DisplayError
from sayso.hotkeys.facts import FindDisplay
from sayso.x11.connection import LOST

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 5.0
CLOSE_SECONDS = (
    2.0  # giving keys back takes milliseconds; a display that hangs must not keep the service from ending
)
ABANDON_SECONDS = 0.3  # for the search for a display, which may be stuck in somebody else's answer


class WaitableEvent:
    """An event that can be waited for together with a connection, by its file descriptor; it stays set."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def fileno(self) -> int:
        """To wait on: readable when it is set."""
        return self._fd

    def set(self) -> None:
        """Wake whoever waits, now and later."""
        os.eventfd_write(self._fd, 1)

    def wait(self, seconds: float) -> bool:
        """Block until it is set, or for so long; says whether it is set."""
        return bool(select.select([self._fd], [], [], seconds)[0])

    def wait_or(self, other_fd: int, seconds: float | None) -> bool:
        """Block until it is set, something can be read from the other, or for so long (None: for ever)."""
        return self._fd in select.select([self._fd, other_fd], [], [], seconds)[0]

    def free(self) -> None:
        """Give the descriptor back; nobody may use it after that."""
        os.close(self._fd)


D = TypeVar("D")


class Attendance(Generic[D]):
    """The thread `sayso-hotkeys`.

    Args:
        reach: opens the display of a name, and has no keys yet; may block. Raises DisplayError or LOST.
        attend: watches the keys of what `reach` returned until told to close, and closes it; takes no keys where
            it has been told already. Raises DisplayError or LOST when the display is gone.
        find_display: asked before each try; may block.

    """

    def __init__(
        self,
        reach: Callable[[str], D],
        attend: Callable[[D, WaitableEvent], None],
        find_display: FindDisplay,
    ) -> None:
        self._reach = reach
        self._attend = attend
        self._find_display = find_display
        self._is_attending = False
        self._closing = WaitableEvent()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="sayso-hotkeys", daemon=True)

    def start(self) -> None:
        """Begin; returns at once, with a display or without."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; blocks for milliseconds. More than once does nothing.

        At most CLOSE_SECONDS while there are keys to give back. Else ABANDON_SECONDS: then the thread may still be
        stuck in looking for a display, and ends as soon as it is not.
        """
        if self._is_closed:
            return
        self._is_closed = True
        self._closing.set()
        self._thread.join(CLOSE_SECONDS if self._is_attending else ABANDON_SECONDS)
        if not self._thread.is_alive():
            self._closing.free()

    def _run(self) -> None:
        """On `sayso-hotkeys`; may block on the display."""
        pause = FIRST_PAUSE_SECONDS
        said = ""
        while not self._closing.wait(0):
            try:
                name = self._find_display()
                if name is not None:
                    self._be_there(name)
                    return
            except DisplayError as error:
                if str(error) != said:
                    log.debug("no hotkeys yet: %s", error)
                said = str(error)
            except LOST:
                log.info("the display went away, and the hotkeys with it; they come back with it")
                pause, said = FIRST_PAUSE_SECONDS, ""
            self._closing.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _be_there(self, name: str) -> None:
        display = self._reach(name)
        self._is_attending = True  # before `attend` looks whether to close: either it sees that, or `close` this
        try:
            self._attend(display, self._closing)
        finally:
            self._is_attending = False
