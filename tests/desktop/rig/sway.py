"""A private Wayland compositor without a screen, sway, and windows on it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.desktop.rig.programs import COMMAND_SECONDS, SYSTEM_PYTHON, Program, environment_without_desktop, need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import is_listened_to, until
from tests.desktop.rig.windows import HERE, PATIENCE_SECONDS, typed_text

from sayso.wayland.interfaces import WL_SEAT
from sayso.wayland.privileged import VIRTUAL_KEYBOARD_MANAGER
from sayso.wayland.wire import Connection

NOBODY = 12345  # sway refuses to run as root
CONFIG = """
output HEADLESS-1 resolution 1280x800 position 0,0
default_border none
focus_follows_mouse no
xwayland disable
"""
GTK_SCRIPT = HERE.parent / "wayland" / "gtk_window.py"
XKB_V1 = 1


class SwayRig(Rig):
    """A private compositor.

    Use as a context manager: entering starts it, leaving ends it. `env` is the whole environment for a program on
    it, `socket` the path of its socket.
    """

    def __init__(self) -> None:
        self._sway = [
            *(need("setpriv", "util-linux"), "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"),
            *(need("sway", "sway"), "-c"),
        ]
        need("swaymsg", "sway")
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-sway-"))
        self.socket = self.folder / "wayland-1"
        self.env = environment_without_desktop() | {
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "XDG_CACHE_HOME": str(Path(tempfile.gettempdir()) / "sayso-sway-cache"),  # fontconfig's, made once
            "WAYLAND_DISPLAY": "wayland-1",
            "LC_ALL": "C.UTF-8",
            "NO_AT_BRIDGE": "1",
            "GDK_BACKEND": "wayland",
            "GSK_RENDERER": "cairo",
            "GTK_IM_MODULE": "wayland",
        }
        self._program: Program | None = None
        self._keyboard: PersonsKeyboard | None = None

    def _enter(self) -> None:
        (self.folder / "config").write_text(CONFIG)
        shutil.chown(self.folder, NOBODY, NOBODY)
        self.start()

    def _leave(self) -> None:
        self._disconnect()
        if self._program is not None and self._program.is_running:
            self._program.end()
        shutil.rmtree(self.folder)

    def _disconnect(self) -> None:
        if self._keyboard is not None:
            self._keyboard.close()
            self._keyboard = None

    def start(self) -> None:
        """Start it; returns when it takes connections."""
        env = {name: value for name, value in self.env.items() if name != "WAYLAND_DISPLAY"} | {
            "WLR_BACKENDS": "headless",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_RENDERER": "pixman",
        }
        self._program = Program([*self._sway, str(self.folder / "config")], env, self.folder / "sway.log")
        until(lambda: is_listened_to(self.socket) and self.swaysock is not None, "sway")
        # Without any keyboard no window is told that it has the focus.
        self._keyboard = PersonsKeyboard(self, "us")

    @property
    def swaysock(self) -> Path | None:
        """The socket of its own protocol."""
        return next((path for path in self.folder.glob("sway-ipc.*.sock") if is_listened_to(path)), None)

    def kill(self) -> None:
        """Take it away, as a crash does; every window goes with it."""
        assert self._program is not None
        self._program.kill()
        self._disconnect()
        for path in (self.socket, self.socket.with_name("wayland-1.lock"), *self.folder.glob("sway-ipc.*")):
            path.unlink(missing_ok=True)

    def find(self) -> str | None:
        """The path of its socket, as `find_wayland` gives it."""
        return str(self.socket)

    def message(self, *arguments: str) -> Any:
        """Tell sway something, or ask it; gives the answer."""
        done = subprocess.run(
            ["swaymsg", "-s", str(self.swaysock), "-r", *arguments],
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            pytest.fail(f"swaymsg {' '.join(arguments)}: {done.stdout} {done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def views(self) -> list[dict[str, Any]]:
        """Its windows, as sway describes them."""

        def under(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
            if node.get("pid"):
                yield node
            for child in (*node["nodes"], *node["floating_nodes"]):
                yield from under(child)

        return [*under(self.message("-t", "get_tree"))]

    def focus(self, container: int) -> None:
        """Give a window the focus; returns when it has it."""
        self.message(f"[con_id={container}] focus")
        until(
            lambda: any(view["id"] == container and view["focused"] for view in self.views()),
            f"window {container} to have the focus",
        )

    def focus_nothing(self) -> None:
        """Go to a workspace without windows."""
        self.message("workspace empty")

    # ── the clipboard ─────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def copied(self, data: bytes, kind: str = "text/plain") -> Iterator[None]:
        """What another program has copied, which serves it meanwhile."""
        command = [need("wl-copy", "wl-clipboard"), "--foreground", "--type", kind]
        with subprocess.Popen(command, env=self.env, stdin=subprocess.PIPE) as program:
            assert program.stdin is not None
            program.stdin.write(data)
            program.stdin.close()
            until(lambda: self.clipboard(kind) == data, "wl-copy to have the clipboard")
            try:
                yield
            finally:
                program.terminate()

    def clipboard_types(self) -> list[str]:
        """The MIME types that the clipboard has."""
        return self._paste("--list-types").decode().splitlines()

    def clipboard(self, kind: str) -> bytes:
        """What the clipboard has of a MIME type."""
        return self._paste("--no-newline", "--type", kind)

    def _paste(self, *arguments: str) -> bytes:
        command = [need("wl-paste", "wl-clipboard"), *arguments]
        done = subprocess.run(command, env=self.env, capture_output=True, timeout=COMMAND_SECONDS, check=False)
        return done.stdout if done.returncode == 0 else b""


class PersonsKeyboard:
    """A keyboard with a layout, as a person has it. A context manager.

    Args:
        sway: where it is.
        layout: such as `de` or `us(dvorak)`.

    """

    def __init__(self, sway: SwayRig, layout: str) -> None:
        self._connection = Connection(str(sway.socket))
        manager = self._connection.bind(VIRTUAL_KEYBOARD_MANAGER)
        self._keyboard = manager.make("create_virtual_keyboard", self._connection.bind(WL_SEAT))
        keymap = f"""xkb_keymap {{
            xkb_keycodes {{ include "evdev+aliases(qwerty)" }};
            xkb_types {{ include "complete" }};
            xkb_compat {{ include "complete" }};
            xkb_symbols {{ include "pc+{layout}+inet(evdev)" }};
        }};""".encode()
        descriptor = os.memfd_create("keymap")
        os.write(descriptor, keymap + b"\0")
        self._keyboard.send("keymap", XKB_V1, descriptor, len(keymap) + 1)
        self._connection.roundtrip()

    def __enter__(self) -> PersonsKeyboard:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take it away."""
        self._connection.close()

    def press(self, key: int) -> None:
        """Strike a key, by the kernel's number."""
        self.down(key)
        self.up(key)

    def down(self, key: int) -> None:
        """Press a key and hold it."""
        self._keyboard.send("key", 0, key, 1)
        self._connection.roundtrip()

    def up(self, key: int) -> None:
        """Let go of a key."""
        self._keyboard.send("key", 0, key, 0)
        self._connection.roundtrip()

    def modifiers(self, held: int, locked: int = 0) -> None:
        """Have modifiers held and locked, as XKB's masks."""
        self._keyboard.send("modifiers", held, 0, locked, 0)
        self._connection.roundtrip()


class SwayWindow(Rig):
    """A window on sway that tells what stands in it. A context manager: entering waits until it has the focus.

    Args:
        sway: where it is.
        name: its app_id.
        env: what else its environment has.

    Attributes:
        container: sway's number for it.
        pid: its process.

    """

    def __init__(self, sway: SwayRig, name: str, **env: str) -> None:
        self.name = name
        self.container = self.pid = 0
        self._changes = 0
        self._sway = sway
        self._env = {**sway.env, **env}
        self._changed = threading.Condition()
        self._path = Path(tempfile.mkdtemp(dir=sway.folder)) / "text"
        self._listener = _listener(self._path)
        self._program: Program | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)

    @abstractmethod
    def _command(self) -> list[str]:
        """The command that opens it."""

    @abstractmethod
    def _take(self, data: bytes) -> None:
        """Take what it sent."""

    @property
    @abstractmethod
    def text(self) -> str:
        """What stands in it now."""

    def _enter(self) -> None:
        before = {view["id"] for view in self._sway.views()}
        self._program = Program(self._command(), self._env, self._path.with_name("log"))
        self._reader.start()

        def is_there() -> bool:
            new = [view for view in self._sway.views() if view["id"] not in before and view["focused"]]
            if new:
                self.container, self.pid = new[0]["id"], new[0]["pid"]
            return bool(new) and self._changes > 0

        try:
            until(is_there, f"the window {self.name}", PATIENCE_SECONDS)
        except BaseException:
            print(self._program.output)  # noqa: T201  # what it said is why it is not there
            raise

    def _leave(self) -> None:
        self.close()

    def focus(self) -> None:
        """Give it the focus; returns when it has it."""
        self._sway.focus(self.container)

    def close(self) -> None:
        """Close it; returns when it is gone."""
        if self._program is not None and self._program.is_running:
            self._program.end()
        self._listener.close()
        if self._reader.is_alive():
            self._reader.join(PATIENCE_SECONDS)

    def _read(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        with connection:
            while data := connection.recv(1 << 20):
                with self._changed:
                    self._take(data)
                    self._changes += 1
                    self._changed.notify_all()

    def wait_for_text(self, text: str) -> None:
        """Wait until exactly this text stands in it."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.text == text, PATIENCE_SECONDS):
                pytest.fail(f"waited for {text!r:.200} in {self.name}\nthere stands: {self.text!r:.200}")

    def is_quiet_for(self, seconds: float) -> bool:
        """Whether nothing changes in it for that long from now on."""
        with self._changed:
            before = self._changes
            return not self._changed.wait_for(lambda: self._changes > before, seconds)


class GtkOnSway(SwayWindow):
    """A window of GTK.

    Args:
        sway: where it is.
        version: 3 or 4.
        kind: `entry`, `view` or `password`.
        name: its app_id.
        env: what else its environment has.

    """

    def __init__(self, sway: SwayRig, version: int, kind: str, name: str = "notes", **env: str) -> None:
        super().__init__(sway, name, **env)
        self._version, self._kind = version, kind
        self._line = self._rest = b""

    def _command(self) -> list[str]:
        python = need(SYSTEM_PYTHON, f"python3-gi gir1.2-gtk-{self._version}.0")
        return [python, str(GTK_SCRIPT), str(self._version), self._kind, str(self._path), self.name]

    @property
    def text(self) -> str:
        """What stands in it now."""
        return str(json.loads(self._line)["text"]) if self._line else ""

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._line = lines[-1] if lines else self._line


class FootWindow(SwayWindow):
    """The terminal foot, with a program in it that takes every byte.

    Args:
        sway: where it is.
        name: its app_id.
        env: what else its environment has.

    """

    def __init__(self, sway: SwayRig, name: str = "foot", **env: str) -> None:
        super().__init__(sway, name, WINDOWID="0", **env)
        self._received = b""

    def _command(self) -> list[str]:
        reader = [sys.executable, "-ISs", str(HERE / "terminal_reader.py"), str(self._path), "bracketed"]
        return [need("foot", "foot"), "--app-id", self.name, "-e", *reader]

    @property
    def raw(self) -> bytes:
        """Every byte that the program in it was given."""
        return self._received.partition(b"\n")[2]

    def _take(self, data: bytes) -> None:
        self._received += data

    @property
    def text(self) -> str:
        """What a line editor would show."""
        return typed_text(self.raw)


def _listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(1)
    return listener
