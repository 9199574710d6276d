"""A headless sway, to look at what lies over its windows: pictures by grim, clicks by sway itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from tests.desktop.rig.programs import COMMAND_SECONDS, Program, environment_without_desktop, need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import is_listened_to, until

NOBODY = 12_345  # sway refuses to run as root
CONFIG = """\
output HEADLESS-1 resolution 1280x800 position 0,0
default_border none
focus_follows_mouse no
xwayland disable
"""


class SwayRig(Rig):
    """A compositor with layer-shell and one monitor. `env` is what a client needs to find it."""

    def __init__(self) -> None:
        self._sway = need("sway", "sway")
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-sway-"))
        self.env = environment_without_desktop() | {
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "WAYLAND_DISPLAY": "wayland-1",
            "SWAYSOCK": str(self.folder / "ipc"),
            "LC_ALL": "C.UTF-8",
        }
        self._programs: list[Program] = []

    def _enter(self) -> None:
        config = self.folder / "config"
        config.write_text(CONFIG)
        for path in (self.folder, config):
            os.chown(path, NOBODY, NOBODY)
        env = {name: value for name, value in self.env.items() if name != "WAYLAND_DISPLAY"} | {
            "WLR_BACKENDS": "headless",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_RENDERER": "pixman",
            "WLR_HEADLESS_OUTPUTS": "1",
        }
        setpriv = [need("setpriv", "util-linux"), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        command = [*(setpriv if os.getuid() == 0 else []), self._sway, "-c", str(config)]
        self._start(command, env)
        until(lambda: is_listened_to(self.folder / "wayland-1"), "sway")
        until(lambda: self._ask("-t", "get_outputs").returncode == 0, "sway to answer")

    def _leave(self) -> None:
        for program in reversed(self._programs):
            if program.is_running:
                program.end()
        shutil.rmtree(self.folder)

    def _start(self, command: list[str], env: dict[str, str]) -> None:
        self._programs.append(Program(command, env, self.folder / f"{len(self._programs)}.log"))

    def _ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [need("swaymsg", "sway"), *arguments]
        return subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )

    def do(self, *command: str) -> None:
        """Have sway obey a command of its configuration's language."""
        done = self._ask("--", *command)
        if done.returncode != 0:
            pytest.fail(f"swaymsg {' '.join(command)}: {done.stdout}{done.stderr}")

    @property
    def windows(self) -> list[dict[str, Any]]:
        """All windows, as sway tells of them."""
        found = []
        waiting = [json.loads(self._ask("-t", "get_tree", "-r").stdout)]
        while waiting:
            node = waiting.pop()
            waiting += node["nodes"] + node["floating_nodes"]
            if node.get("pid"):
                found.append(node)
        return sorted(found, key=lambda node: int(node["rect"]["x"]))

    @property
    def focused(self) -> str:
        """The title of the window with the focus; empty where none has it."""
        return next((str(node["name"]) for node in self.windows if node["focused"]), "")

    def open_window(self, title: str) -> None:
        """Open a terminal, which takes the focus."""
        self._start([need("foot", "foot"), "-T", title, "sleep", "600"], self.env)
        until(lambda: self.focused == title, f"the window {title}")

    def click(self, x: int, y: int) -> None:
        """Click somewhere on the monitor."""
        for command in (f"cursor set {x} {y}", "cursor press button1", "cursor release button1"):
            self.do("seat", "-", command)

    def screenshot(self, path: Path) -> None:
        """Make a picture of the monitor."""
        done = subprocess.run(
            [need("grim", "grim"), str(path)],
            env=self.env,
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            pytest.fail(f"grim: {done.stderr.decode(errors='replace')}")
