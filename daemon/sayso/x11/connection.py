"""A connection to the X server. Where python-xlib is opened, and where its failures become `DisplayError`."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket

from Xlib import xauth
from Xlib.display import Display
from Xlib.error import ConnectionClosedError, XauthError
from Xlib.error import DisplayError as XlibDisplayError

from sayso.errors import DisplayError

log = logging.getLogger(__name__)
LOST = (ConnectionClosedError, BrokenPipeError, ConnectionResetError)
"""What python-xlib raises from any call when the display has gone away."""


def connect(name: str | None = None) -> Display:
    """Open a connection of one's own: a `Display` must not be shared between threads.

    Args:
        name: such as ":0"; None for what DISPLAY says.

    Raises:
        DisplayError: there is none; the message names the next step.

    """
    name = name or os.environ.get("DISPLAY")
    if not name:
        raise DisplayError("no X display: DISPLAY is not set; start sayso from the desktop session")
    local = re.fullmatch(r":(\d+)(\.\d+)?", name)
    if local and not _answers(int(local[1])):
        raise DisplayError(f"the X display {name} cannot be opened; is that desktop session running?")
    # It prints to standard output, which is for what people dictate. Only this module's `print` is replaced:
    # redirecting sys.stdout would also take what other threads write there meanwhile.
    xauth.print = _tell  # type: ignore[attr-defined]
    try:
        return Display(name)
    except (XlibDisplayError, XauthError, OSError, OverflowError, *LOST) as error:  # ":65000" is no port
        message = f"the X display {name} cannot be opened ({error}); is that desktop session running?"
        raise DisplayError(message) from error


def client_of(display: Display, window_id: int) -> int:
    """A number for the connection that made a window."""
    return int(window_id & 0xFFFF_FFFF & ~display.display.info.resource_id_mask)


def unheard(*_: object) -> int:
    """Take the error of a request about a window that is gone; what needs to know asks again."""
    return 1


def _tell(message: str) -> None:
    log.info("%s", message)


def _answers(number: int) -> bool:
    """Whether a server listens: python-xlib would leave sockets open, and go on to ask the network."""
    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(address)
            return True
    return False
