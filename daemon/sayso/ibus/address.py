"""Where ibus-daemon's bus is: a bus of its own, apart from the session's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from sayso.errors import BusError

MACHINE_IDS = (Path("/var/lib/dbus/machine-id"), Path("/etc/machine-id"))
NO_DAEMON = (
    "ibus-daemon does not run for this display; start it with: ibus-daemon --daemonize --xim --replace, "
    "or choose another typing backend"
)


def ibus_address(environment: Mapping[str, str] = os.environ, display: str | None = None) -> str:
    """Find the bus as libibus does (`src/ibusshare.c`): by its variable, else by the file that the daemon leaves.

    Args:
        environment: of this process.
        display: the X display, where it is another than DISPLAY says.

    Raises:
        BusError: there is no daemon; the message says how to start one.

    """
    named = environment.get("IBUS_ADDRESS")
    if named:
        return named
    for file in _files(environment, display):
        try:
            address = parse(file.read_text(errors="replace"))
        except OSError:
            continue
        if address is not None and _runs(address[1]):
            return address[0]
    raise BusError(NO_DAEMON)


def parse(text: str) -> tuple[str, int] | None:
    """The address and the daemon's process in the text of such a file; None where it names none."""
    facts = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    address, process = facts.get("IBUS_ADDRESS", "").strip(), facts.get("IBUS_DAEMON_PID", "").strip()
    return (address, int(process)) if address and process.isdecimal() else None


def names(machine: str, environment: Mapping[str, str], display: str | None = None) -> list[str]:
    """What the file may be called: by the Wayland display, then by the X display."""
    found = []
    wayland = environment.get("WAYLAND_DISPLAY")
    if wayland:
        found.append(f"{machine}-unix-{wayland}")
    x11 = display or environment.get("DISPLAY")
    if x11:
        host, _, number = x11.partition(":")
        found.append(f"{machine}-{host or 'unix'}-{number.partition('.')[0] or '0'}")
    return found


def _files(environment: Mapping[str, str], display: str | None) -> Iterator[Path]:
    named = environment.get("IBUS_ADDRESS_FILE")
    if named:
        yield Path(named)
        return
    home = environment.get("HOME")
    config = environment.get("XDG_CONFIG_HOME") or (Path(home) if home else Path.home()) / ".config"
    folder = Path(config, "ibus", "bus")
    for name in names(_machine(), environment, display):
        yield folder / name


def _machine() -> str:
    for file in MACHINE_IDS:
        try:
            return file.read_text().strip()
        except OSError:
            continue
    return "machine-id"  # as libibus calls it then


def _runs(process: int) -> bool:
    """Whether the daemon that left the file still is there: the file outlives one that was killed."""
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
