"""Lockers that tell nobody, known by their process; which of the machine's processes are one is decided here.

i3lock, swaylock and their kind have no name on a bus and send no signal: they grab the screen, and are gone when
the password was right. What can be seen of that is the process, which runs for as long as the screen is locked.
A compositor stays locked (ext-session-lock) where its locker crashed; that cannot be seen, and there no window has
the focus that text could go to.

A locker that runs all the time, locked or not, as the desktops' own do, cannot be among them: those are believed
where they tell it (`savers`, `logind`), and not known where they do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

NAME_CHARACTERS: Final = 15  # of a process's name the kernel keeps no more (TASK_COMM_LEN, 16 with its end)

LOCKERS: Final = (
    "gtklock",
    "hyprlock",
    "i3lock",  # i3lock-color and betterlockscreen run it under this name
    "physlock",
    "slock",
    "swaylock",  # swaylock-effects, too
    "swaylock-plugin",
    "waylock",
    "xlock",
    "xsecurelock",
    "xtrlock",
)
NAMES: Final = frozenset(
    name[:NAME_CHARACTERS]
    for locker in LOCKERS
    for name in (locker, f".{locker}-wrapped")  # NixOS runs the program that it wraps under such a name
)

YOUNG_SECONDS: Final = 10.0
"""A process that is so new is looked at each time: a script that ends in `exec i3lock` has another name before."""

ALL_SECONDS: Final = 5.0
"""So long after all were looked at they are again: an old one may become a locker, too, and numbers come again."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The processes at the last look.

    Attributes:
        since: when each was there for the first time, in seconds.
        all_at: when the names of all of them were read last.

    """

    since: Mapping[int, float] = field(default_factory=dict)
    all_at: float = float("-inf")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a process with a locker's name.

    Attributes:
        state: as in `/proc/PID/status`; `Z` and `X` have ended, and nobody has taken note of it.
        users: the real user of it and of the one that started it. A locker that may read the passwords of others
            (slock) becomes nobody's when it has read the one it needs.
        groups: its control groups.

    """

    state: str
    users: frozenset[int]
    groups: str


def is_locker(name: str) -> bool:
    """Whether the kernel's name of a process is a locker's."""
    return name in NAMES


def locks_for(candidate: Candidate, user: int) -> bool:
    """Whether a process with a locker's name locks this user's screen: of another's one may share the machine."""
    is_of_user = user in candidate.users or f"/user-{user}.slice/" in candidate.groups
    return is_of_user and candidate.state not in ("Z", "X")


def due(seen: Seen, present: frozenset[int], now: float) -> tuple[Seen, frozenset[int]]:
    """Which of the present processes must be looked at, and what has been seen then."""
    since = {pid: seen.since.get(pid, now) for pid in present}
    if now - seen.all_at >= ALL_SECONDS:
        return Seen(since, now), present
    young = frozenset(pid for pid, first in since.items() if now - first < YOUNG_SECONDS)
    return Seen(since, seen.all_at), young
