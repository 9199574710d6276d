"""Where the compositor of this person's session listens."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from sayso.desktop import ask_manager, is_started_by_systemd


def find_wayland(
    environment: Mapping[str, str] = os.environ, ask: Callable[[], Mapping[str, str]] | None = None
) -> str | None:
    """The path of the compositor's socket; None where there is no Wayland session.

    As for an X display (`sayso.desktop.find_display`), a service that systemd started asks the user manager, since
    it may be older than the session or outlive it. Blocks for a second at most; never raises.

    Args:
        environment: of this process.
        ask: the manager's environment; None asks the real one.

    """
    own = _socket(environment, environment)
    if own is not None and not is_started_by_systemd(environment):
        return own
    theirs = ask_manager(environment) if ask is None else ask()
    return _socket(theirs, environment) or own


def _socket(says: Mapping[str, str], environment: Mapping[str, str]) -> str | None:
    """What WAYLAND_DISPLAY means: a path, or a name in the folder of the session."""
    display = says.get("WAYLAND_DISPLAY")
    if not display:
        return None
    runtime = says.get("XDG_RUNTIME_DIR") or environment.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    return str(Path(runtime) / display)  # a path that is absolute stands for itself
