"""Asks sway or Hyprland, each by a socket of its own, what Wayland itself does not tell."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ANSWER_SECONDS = 0.5
SWAY_MAGIC = b"i3-ipc"
SWAY_HEADER = struct.Struct("=6sII")
GET_TREE, GET_VERSION = 4, 7
SWAY_DROPS_STALE = (1, 10)  # the first on wlroots 0.18
CREDENTIALS = struct.Struct("=iII")  # pid, uid, gid


@dataclass(frozen=True, slots=True)
class Facts:
    """What a compositor says of the window with the focus.

    Attributes:
        application: its app_id, or for an X11 window its class.
        pid: the process that it belongs to.
        container: the compositor's own number for it; 0 where it has none.
        is_x11: it is shown through Xwayland.

    """

    application: str
    pid: int
    container: int
    is_x11: bool


def focused_window(wayland: str, environment: Mapping[str, str] = os.environ) -> Facts | None:
    """The window that has the focus; None where none has, or the compositor does not tell.

    Blocks for 0.5 s at most. Never raises.

    Args:
        wayland: the path of the compositor's Wayland socket: another one's answers would not do.
        environment: of this process.

    """
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, struct.error):
        process = peer(wayland)
        runtime = Path(wayland).parent
        for path in _sway_sockets(process, runtime, environment):
            return sway_focus(_ask_sway(path, GET_TREE))
        for path in _hyprland_sockets(process, runtime):
            return hyprland_focus(_ask_hyprland(path, b"j/activewindow"))
    return None


@dataclass(frozen=True, slots=True)
class Traits:
    """How a compositor behaves where its interfaces leave it open.

    Attributes:
        drops_stale: an input method's commit is dropped that was made before something else happened: wlroots does
            so from 0.18 on, Hyprland does not. None: not known.
        gives_focus_in_order: a window that is to be activated has the focus before the next request is carried
            out, and nothing at all happens where it had it already: so does sway (`seat_set_focus`).

    """

    drops_stale: bool | None = None
    gives_focus_in_order: bool = False


UNKNOWN = Traits()


def traits(wayland: str, environment: Mapping[str, str] = os.environ) -> Traits:
    """How the compositor at a socket behaves. Blocks for 0.5 s at most. Never raises.

    Args:
        wayland: the path of the compositor's Wayland socket.
        environment: of this process.

    """
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, struct.error):
        process = peer(wayland)
        runtime = Path(wayland).parent
        for path in _sway_sockets(process, runtime, environment):
            version = _ask_sway(path, GET_VERSION)
            drops_stale = (int(version["major"]), int(version["minor"])) >= SWAY_DROPS_STALE
            return Traits(drops_stale, gives_focus_in_order=True)
        if any(_hyprland_sockets(process, runtime)):
            return Traits(drops_stale=False)
    return UNKNOWN


def peer(path: str | Path) -> int:
    """The process that listens at a socket.

    Raises:
        OSError: none does.

    """
    with _connected(path) as connection:
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    return int(CREDENTIALS.unpack(credentials)[0])


def sway_focus(tree: dict[str, Any]) -> Facts | None:
    """The view with the focus in sway's tree; None where a workspace has it, or nothing."""
    for node in _nodes(tree):
        if node.get("focused") and node.get("pid"):
            application = node.get("app_id") or node.get("window_properties", {}).get("class") or ""
            return Facts(application, int(node["pid"]), int(node["id"]), node.get("shell") == "xwayland")
    return None


def hyprland_focus(window: dict[str, Any]) -> Facts | None:
    """What Hyprland says of its active window, which is empty where there is none."""
    if not window.get("pid"):
        return None
    container = int(window["address"], 16)
    return Facts(str(window["class"]), int(window["pid"]), container, bool(window.get("xwayland")))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in (*node.get("nodes", ()), *node.get("floating_nodes", ())):
        yield from _nodes(child)


def _sway_sockets(process: int, runtime: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    said = environment.get("SWAYSOCK")
    for path in (*runtime.glob(f"sway-ipc.*.{process}.sock"), *([Path(said)] if said else [])):
        with contextlib.suppress(OSError):
            if peer(path) == process:  # what SWAYSOCK names may be another session's
                yield path


def _hyprland_sockets(process: int, runtime: Path) -> Iterator[Path]:
    for path in (runtime / "hypr").glob("*/.socket.sock"):
        with contextlib.suppress(OSError):
            if peer(path) == process:
                yield path


def _ask_sway(path: Path, question: int) -> Any:
    with _connected(path) as connection:
        connection.sendall(SWAY_HEADER.pack(SWAY_MAGIC, 0, question))
        _, size, _ = SWAY_HEADER.unpack(_exactly(connection, SWAY_HEADER.size))
        return json.loads(_exactly(connection, size))


def _ask_hyprland(path: Path, question: bytes) -> Any:
    with _connected(path) as connection:
        connection.sendall(question)
        answer = b""
        while data := connection.recv(65_536):
            answer += data
        return json.loads(answer)


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise ConnectionResetError
        data += more
    return data


@contextlib.contextmanager
def _connected(path: str | Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as connection:
        connection.settimeout(ANSWER_SECONDS)
        connection.connect(str(path))
        yield connection
