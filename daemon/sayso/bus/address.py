"""Where the session bus is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sayso.errors import BusError

THE_BUS = "org.freedesktop.DBus"
"""What the bus itself is called: its name, and its interface."""


def session_bus_address(environment: Mapping[str, str] = os.environ) -> str:
    """Find the session bus as D-Bus itself does: by its variable, else in the user's runtime folder.

    Raises:
        BusError: neither is there.

    """
    address = environment.get("DBUS_SESSION_BUS_ADDRESS")
    if address:
        return address
    folder = environment.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    socket = Path(folder, "bus")
    if socket.is_socket():
        return f"unix:path={socket}"
    raise BusError(
        f"there is no session bus: DBUS_SESSION_BUS_ADDRESS is not set, and {socket} is not there; "
        "run sayso in your desktop session, or with: dbus-run-session -- sayso …"
    )
