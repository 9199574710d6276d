"""Telling systemd how the service is: the protocol of sd_notify(3), datagrams to the socket in NOTIFY_SOCKET."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import MutableMapping

SEND_SECONDS = 0.2  # systemd's queue is full only where systemd itself hangs: then nobody listens anyway


class Notifier:
    """The one to tell; without a socket to tell it to, it does nothing.

    Every method may be called by any thread, blocks for at most `SEND_SECONDS` and never raises: a service that
    systemd cannot hear is still a service.

    Args:
        environment: the variables that systemd sets; they are taken out, so that no child speaks for the service.

    Attributes:
        watchdog_seconds: systemd ends the service when `alive` was not called for that long; None for never.

    """

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        address = environment.pop("NOTIFY_SOCKET", "")
        self.watchdog_seconds = _watchdog_seconds(
            environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
        )
        self._address = ""
        if address.startswith(("/", "@")):  # the others are for virtual machines
            # A name that begins with a NUL byte is Linux's abstract namespace: no file, no path.
            self._address = "\0" + address[1:] if address.startswith("@") else address

    def ready(self) -> None:
        """Started, or done with reloading: what waits for the service may go on."""
        self._tell("READY=1")

    def reloading(self) -> None:
        """The settings are being applied anew; `ready` ends it."""
        # systemd orders this against its own request by the monotonic clock.
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Leaving."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """The work goes on; resets the watchdog."""
        self._tell("WATCHDOG=1")

    def _tell(self, *assignments: str) -> None:
        if not self._address:
            return
        # A socket for each message, as libsystemd does: nothing to close, and nothing that can be inherited.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
            one.settimeout(SEND_SECONDS)
            one.sendto("\n".join(assignments).encode(), self._address)


def _watchdog_seconds(microseconds: str, process: str) -> float | None:
    """What the watchdog of this very process was set to; a parent's is not ours to feed."""
    if process not in ("", str(os.getpid())):
        return None
    return int(microseconds) / 1e6 if microseconds.isdecimal() and int(microseconds) > 0 else None
