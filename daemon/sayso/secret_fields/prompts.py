"""Whether a program in a terminal asks for a password, by what the terminal is set to.

Who asks for a password (sudo, su, ssh, passwd, `read -s`, getpass) takes the echo away and leaves the lines: ECHO
off and ICANON on. Shells and editors take both away (termios(3)). Which of a program's terminals is shown is not
known, as one process serves all windows and tabs of most terminals: any of them that asks counts.
"""

from __future__ import annotations

import contextlib
import os
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sayso.processes import children, process

PTS: Final = Path("/dev/pts")
PTS_MAJOR: Final = 136
MOST_PROCESSES: Final = 256

# To close a terminal that its own program has not opened yet tells its owner that the program has ended.
YOUNG_SECONDS: Final = 1.0

MASKING: Final = frozenset(["gpg", "sudo", "systemd-ask-pas", "systemd-tty-ask"])
"""Programs that take the lines away too while they ask, to show a star for each letter (sudo's `pwfeedback`)."""

ASKING: Final = frozenset(["pinentry", "pinentry-curses", "pinentry-tty"])
"""Programs that do nothing else."""

MULTIPLEXERS: Final = ("abduco", "dtach", "screen", "tmux", "zellij")
"""Programs whose terminals belong to a server of theirs, which was not started by the window's program."""


@dataclass(frozen=True, slots=True)
class Modes:
    """What a terminal is set to.

    Attributes:
        echo: it shows what is typed.
        lines: it gives its program whole lines.
        output: it mends line ends on their way out, as it does not for who draws on it as a relay.

    """

    echo: bool
    lines: bool
    output: bool = True


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal that a program serves.

    Attributes:
        number: of its device, N of /dev/pts/N.
        foreground: name of the program in its foreground, at most 15 characters.

    """

    number: int
    foreground: str


def is_password_prompt(modes: Modes, foreground: str = "") -> bool:
    """Decide whether the program in the foreground of a terminal asks for a password."""
    if foreground in ASKING or (not modes.echo and modes.lines):
        return True
    return foreground in MASKING and not modes.echo and modes.output


def asks_for_password(pid: int, is_terminal: bool) -> bool:
    """Find out whether a program in one of a process's terminals asks for a password.

    Returns at once: 0.2 to 1 ms.

    Args:
        pid: whose window it is; 0 where it is unknown.
        is_terminal: it is known as a terminal. Others may serve some, as editors do.

    """
    if not is_terminal and not _does_any_ask():
        return False
    served = list(_served_by(pid)) if pid > 0 else []
    for terminal in served:
        found = _modes(PTS / str(terminal.number))
        if found is not None and is_password_prompt(found, terminal.foreground):
            return True
    # Terminals that cannot be found by their processes, and there is no telling which of those that ask they are.
    is_hidden = not served and is_terminal
    return (is_hidden or any(one.foreground.startswith(MULTIPLEXERS) for one in served)) and _does_any_ask()


def _served_by(pid: int) -> Iterator[Terminal]:
    """The terminals of the processes that one has started, and of those that run in their foreground."""
    own = process(pid)
    seen: set[int] = {own.terminal, 0} if own is not None else {0}
    looking, left = [pid], MOST_PROCESSES
    while looking and left > 0:
        left -= 1
        for child in children(looking.pop()):
            found = process(child)
            if found is None:
                continue
            number = pts_number(found.terminal)
            if found.terminal == 0:
                looking.append(child)
            elif found.terminal not in seen and number is not None:
                seen.add(found.terminal)
                foreground = process(found.foreground)
                yield Terminal(number, "" if foreground is None else foreground.name)
                if foreground is not None:
                    looking.append(foreground.pid)


def pts_number(device: int) -> int | None:
    """N of /dev/pts/N for a device number as in `/proc/PID/stat`; None for another kind of terminal."""
    return os.minor(device) if os.major(device) == PTS_MAJOR else None


def _does_any_ask() -> bool:
    """Whether a program asks for a password in any terminal of this person."""
    person, now = os.getuid(), time.time()
    with contextlib.suppress(OSError):
        for entry in PTS.iterdir():
            with contextlib.suppress(OSError):
                about = entry.stat()
                if about.st_uid != person or now - about.st_ctime < YOUNG_SECONDS or not entry.name.isdecimal():
                    continue
                modes = _modes(entry)
                if modes is not None and is_password_prompt(modes):
                    return True
    return False


def _modes(path: Path) -> Modes | None:
    """What a terminal is set to; None where it cannot be opened, as another person's."""
    try:
        terminal = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        _, output, _, local, *_ = termios.tcgetattr(terminal)
        return Modes(bool(local & termios.ECHO), bool(local & termios.ICANON), bool(output & termios.OPOST))
    except termios.error:
        return None
    finally:
        os.close(terminal)
