"""A private accessibility bus, and windows of several toolkits that are on it."""

from __future__ import annotations

import copy
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.rig.programs import SYSTEM_PYTHON, Program, need, need_file
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry
from tests.desktop.rig.x11 import X11Rig

FOLDERS = ("/usr/libexec", "/usr/lib/at-spi2-core", "/usr/lib")  # Debian and Fedora, Debian before 11, Arch
LAUNCHER, REGISTRY = "at-spi-bus-launcher", "at-spi2-registryd"
SCRIPT = Path(__file__).parents[1] / "accessibility" / "accessible_window.py"
TYPELIBS = {"gtk3": ("Gtk-3.0", "gir1.2-gtk-3.0"), "gtk4": ("Gtk-4.0", "gir1.2-gtk-4.0")}


class AccessibilityRig(Rig):
    """An accessibility bus on a session bus of its own; nothing is started by itself there.

    Args:
        x11: the display that its windows are on.

    Attributes:
        display: the same display, on which programs find the bus.
        session: the session bus.

    """

    def __init__(self, x11: X11Rig) -> None:
        folder = next((folder for folder in FOLDERS if Path(folder, LAUNCHER).exists()), FOLDERS[0])
        self._launcher = need(f"{folder}/{LAUNCHER}", "at-spi2-core")
        self._registry = need(f"{folder}/{REGISTRY}", "at-spi2-core")
        self.session = PrivateBus()
        self._runtime = Path(tempfile.mkdtemp(dir=self.session.folder))
        env = {**x11.env, **self.session.env, "PATH": os.environ["PATH"], "GSETTINGS_BACKEND": "memory"}
        env |= {"XDG_RUNTIME_DIR": str(self._runtime), "GSK_RENDERER": "cairo", "QT_QPA_PLATFORM": "xcb"}
        env.pop("NO_AT_BRIDGE", None)
        self.env = env
        self.display = copy.copy(x11)
        self.display.env = env
        self._programs: list[Program] = []

    def _enter(self) -> None:
        self.session.begin()
        self.begin()

    def _leave(self) -> None:
        self.end()
        self.session._leave()

    def begin(self) -> None:
        """Start the accessibility bus."""
        # On a display it would leave its address there, where programs look first, for who comes later.
        env = {name: value for name, value in self.env.items() if name != "DISPLAY"}
        self._programs = [Program([self._launcher], env, self.session.folder / "launcher.log")]
        until(self._is_there, "the accessibility bus")
        self._programs.append(Program([self._registry], env, self.session.folder / "registry.log"))

    def _is_there(self) -> bool:
        try:
            self._call("org.a11y.Bus", "GetAddress")
        except AssertionError:
            return False
        return True

    def end(self) -> None:
        """End it; programs are cut off from it."""
        for program in reversed(self._programs):
            if program.is_running:
                program.end()

    @property
    def is_enabled(self) -> bool:
        """`IsEnabled` of org.a11y.Status."""
        return "true" in self._property("IsEnabled")

    def enable(self) -> None:
        """Turn it on, as the person does in the settings."""
        self._call("org.freedesktop.DBus.Properties", "Set", "org.a11y.Status", "IsEnabled", "<true>")

    @property
    def has_screen_reader(self) -> bool:
        """`ScreenReaderEnabled` of org.a11y.Status."""
        return "true" in self._property("ScreenReaderEnabled")

    def _property(self, name: str) -> str:
        return self._call("org.freedesktop.DBus.Properties", "Get", "org.a11y.Status", name)

    def _call(self, interface: str, member: str, *arguments: str) -> str:
        need("gdbus", "libglib2.0-bin")
        to = ("--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus")
        return self.session.run("gdbus", "call", *to, "--method", f"{interface}.{member}", *arguments)


class AccessibleWindow(GtkEntry):
    """A window of a toolkit, with the focus in its first field. See `accessible_window.py`.

    Args:
        rig: the bus that it is on.
        toolkit: `gtk3`, `gtk4` or `qt`.

    """

    def __init__(self, rig: AccessibilityRig, toolkit: str) -> None:
        super().__init__(rig.display)
        self._toolkit = toolkit

    def _command(self, path: Path) -> list[str]:
        if self._toolkit == "qt" and not Path("/usr/lib/python3/dist-packages/PyQt6").is_dir():
            pytest.skip("PyQt6 is missing: apt install python3-pyqt6")
        if self._toolkit in TYPELIBS:
            library, package = TYPELIBS[self._toolkit]
            need_file(f"*/girepository-1.0/{library}.typelib", package)
        return [need(SYSTEM_PYTHON, "python3-gi"), str(SCRIPT), self._toolkit, str(path)]


@contextmanager
def hanging(pid: int) -> Iterator[None]:
    """A process that does nothing meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
