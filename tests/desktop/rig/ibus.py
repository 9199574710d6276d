"""A private ibus-daemon on the private display, with an engine that a person could have chosen."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.desktop.rig.programs import COMMAND_SECONDS, Program, need, need_file
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import X11Rig

from sayso.errors import BusError
from sayso.ibus.address import ibus_address

US, GERMAN = "xkb:us::eng", "xkb:de::deu"


@contextmanager
def stopped(program: Program) -> Iterator[None]:
    """A program that does nothing meanwhile, as one that hangs."""
    program._process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        program._process.send_signal(signal.SIGCONT)


class IBusRig(Rig):
    """ibus-daemon, which programs on the display reach while this is entered, with XIM too.

    Use as a context manager: entering starts it, leaving ends it. `address` is where its bus is.

    Args:
        x11: the display; its environment has what leads GTK and XIM to the daemon meanwhile.
        engine: the person's, which is on.

    """

    def __init__(self, x11: X11Rig, engine: str = US) -> None:
        self._program = need("ibus-daemon", "ibus")
        self._ibus = need("ibus", "ibus")
        need_file("*/gtk-3.0/*/immodules/im-ibus.so", "ibus-gtk3")
        self._x11 = x11
        self._before = dict(x11.env)
        self._chosen = engine
        self._daemon: Program | None = None
        self.folder = Path(tempfile.mkdtemp(dir=x11.folder))

    def _enter(self) -> None:
        self._x11.env.update(
            {
                "XDG_CONFIG_HOME": str(self.folder),
                "GTK_IM_MODULE": "ibus",
                "XMODIFIERS": "@im=ibus",
                "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
            }
        )
        self.start()

    def _leave(self) -> None:
        self._x11.env.clear()
        self._x11.env.update(self._before)
        if self._daemon is not None and self._daemon.is_running:
            self._daemon.end()

    def start(self) -> None:
        """Start the daemon, again perhaps, and turn the person's engine on."""
        options = ["--panel=disable", "--emoji-extension=disable", "--config=disable", "--xim"]
        self._daemon = Program([self._program, *options], self._x11.env, self.folder / "ibus.log")
        until(self._is_there, "ibus-daemon")
        self.choose(self._chosen)

    def _is_there(self) -> bool:
        try:
            return bool(self.address())
        except BusError:
            return False

    def address(self) -> str:
        """Where its bus is, as a program on the display finds it."""
        return ibus_address(self._x11.env)

    def kill(self) -> None:
        """Take it away, as a crash does."""
        assert self._daemon is not None
        self._daemon.kill()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """It answers nobody meanwhile."""
        assert self._daemon is not None
        with stopped(self._daemon):
            yield

    @property
    def engine(self) -> str:
        """The engine that is on."""
        return self._run("engine")

    def choose(self, engine: str) -> None:
        """Turn an engine on, as a person does."""
        self._run("engine", engine)
        until(lambda: self.engine == engine, f"the engine {engine}")

    def wait_for_engine(self, engine: str) -> None:
        """Wait until an engine is on."""
        until(lambda: self.engine == engine, f"the engine {engine} to be on")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._ibus, *arguments],
            env=self._x11.env,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != 0 and arguments[1:]:
            pytest.fail(f"ibus {' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout.strip()
