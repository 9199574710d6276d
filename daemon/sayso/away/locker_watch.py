"""Follows the lockers that tell nobody: looks for their process, and waits for its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Final

from sayso.away import Presence
from sayso.away.look import Lockers

PROCESS, ASKED = "locker process", "lock asked for"
LOOK_SECONDS: Final = 1.0  # while somebody is listened to: two looks a second would find it 0.25 s earlier
ASKED_SECONDS: Final = 2.0  # from logind's `Lock` to the process; xss-lock and swayidle start it at once
ASKED_LOOK_SECONDS: Final = 0.1


class LockerWatch:
    """One task; all its methods are called on the thread on which it runs.

    Args:
        presence: told by the sources PROCESS and ASKED.
        lockers: looks for them.

    """

    def __init__(self, presence: Presence, lockers: Lockers) -> None:
        self._presence = presence
        self._lockers = lockers
        self._is_listening = False
        self._asked_until = 0.0  # by the loop's clock
        self._ends: dict[int, int] = {}  # of the lockers there are, the file that tells their end; -1 without
        self._changed = asyncio.Event()

    def attend(self, is_listening: bool) -> None:
        """Somebody is listened to from now on, or nobody."""
        self._is_listening = is_listening
        self._changed.set()

    def saw(self) -> None:
        """Somebody else saw one, and treats the person as away until it is told that they are back."""
        self._presence.says(PROCESS, is_away=True)
        self._changed.set()

    def expect(self) -> None:
        """The session is to be locked: the person counts as away until it is known by whom."""
        self._asked_until = asyncio.get_running_loop().time() + ASKED_SECONDS
        self._presence.says(ASKED, is_away=True)
        self._changed.set()

    async def run(self) -> None:
        """Look as often as it is worth it, until cancelled."""
        try:
            while True:
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._look()):
                        await self._changed.wait()
        finally:
            for pid in tuple(self._ends):
                self._forget(pid)

    def _look(self) -> float | None:
        """Look, and tell; in how many seconds to look again, None for not until something happens."""
        is_asked = asyncio.get_running_loop().time() < self._asked_until
        if self._is_listening or is_asked or PROCESS in self._presence.sources:
            self._hold(self._lockers.look())
        if self._ends:
            self._asked_until, is_asked = 0.0, False  # it is known by whom
        self._presence.says(PROCESS, is_away=bool(self._ends))
        self._presence.says(ASKED, is_away=is_asked)
        if self._ends:
            return LOOK_SECONDS if -1 in self._ends.values() else None
        if is_asked:
            return ASKED_LOOK_SECONDS
        return LOOK_SECONDS if self._is_listening else None

    def _hold(self, found: frozenset[int]) -> None:
        """Know the end of each that was found."""
        for pid in self._ends.keys() - found:
            self._forget(pid)
        for pid in found - self._ends.keys():
            try:
                end = os.pidfd_open(pid)
            except ProcessLookupError:  # it ended meanwhile
                continue
            except OSError:  # none to be had (too many files, a kernel before 5.3): it is looked for again
                end = -1
            self._ends[pid] = end
            if not self._lockers.locks(pid):  # another has its number by now, and it is that one's end
                self._forget(pid)
            elif end >= 0:
                asyncio.get_running_loop().add_reader(end, self._ended, pid)

    def _ended(self, pid: int) -> None:
        self._forget(pid)
        self._changed.set()  # one that it started may be there still, or the next

    def _forget(self, pid: int) -> None:
        end = self._ends.pop(pid)
        if end >= 0:
            asyncio.get_running_loop().remove_reader(end)
            os.close(end)
