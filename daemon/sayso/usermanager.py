"""The person's systemd (`systemd --user`), asked through systemctl."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from sayso.errors import SaysoError

ANSWER_SECONDS = 15.0
START_SECONDS = 200.0  # TimeoutStartSec= of the unit, and some
SESSION = ("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY")


class UserManager:
    """Tells the user manager about a unit; it may not be running. Each method blocks until it has answered.

    Args:
        environment: of this process: where the manager is, and which display this is.

    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment

    def version(self) -> int:
        """The version of systemd on this machine.

        Raises:
            SaysoError: there is none.

        """
        try:
            words = self._run("systemctl", "--version").stdout.split()
        except FileNotFoundError as error:
            raise SaysoError(
                "there is no systemd on this machine; have your desktop start `sayso run` when you log in"
            ) from error
        return int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0

    def take_up(self, unit: Path, *, start: bool) -> Iterator[str]:
        """Have the manager and the bus read their files again, and start the unit; yields what was done.

        Raises:
            SaysoError: the manager does not see the unit, or the unit does not start.

        """
        reloaded = self._systemctl("daemon-reload")
        if reloaded.returncode != 0:
            yield f"no systemd --user is running here ({_reason(reloaded)}); sayso starts at your next login"
            return
        seen = self._systemctl("show", "--property=FragmentPath", "--value", unit.name).stdout.strip()
        if seen != str(unit):
            raise SaysoError(
                f"systemd does not read {unit}, but {seen or 'no such unit'}: "
                "is XDG_CONFIG_HOME set in this shell only?"
            )
        self._reload_bus()
        if not start:
            yield f"start it with: systemctl --user start {unit.name}"
            return
        self._lend_display()
        started = self._systemctl("restart", unit.name, seconds=START_SECONDS)
        if started.returncode != 0:
            raise SaysoError(
                f"the service does not start ({_reason(started)}); "
                f"see why with: journalctl --user -u {unit.name} -e"
            )
        yield "started it; how it is: systemctl --user status sayso"

    def stop(self, unit: str) -> Iterator[str]:
        """Stop the unit where it runs; yields what was done."""
        try:
            active = self._systemctl("is-active", unit).stdout.strip()
        except FileNotFoundError:
            return
        if active in ("active", "activating", "reloading") and self._systemctl("stop", unit).returncode == 0:
            yield "stopped it"

    def forget(self, unit: str) -> Iterator[str]:
        """Have manager and bus read their files again; yields what could not be done."""
        try:
            reloaded = self._systemctl("daemon-reload")
        except FileNotFoundError:
            return
        if reloaded.returncode != 0:
            yield f"no systemd --user is running here ({_reason(reloaded)}): there is nothing to stop"
            return
        self._systemctl("reset-failed", unit)
        self._reload_bus()

    def _reload_bus(self) -> None:
        """A bus that began before its folder of services existed does not watch it."""
        bus = "org.freedesktop.DBus"
        self._run("busctl", "--user", "--quiet", "call", bus, "/org/freedesktop/DBus", bus, "ReloadConfig")

    def _lend_display(self) -> None:
        """Tell a manager that knows no display which one this is; over the network it would not be reachable."""
        if not self._environment.get("DISPLAY", "").startswith(":"):
            return
        known = self._systemctl("show-environment").stdout.splitlines()
        if not any(line.startswith("DISPLAY=") for line in known):
            self._systemctl("import-environment", *(name for name in SESSION if self._environment.get(name)))

    def _systemctl(self, *arguments: str, seconds: float = ANSWER_SECONDS) -> subprocess.CompletedProcess[str]:
        return self._run("systemctl", "--user", "--no-ask-password", *arguments, seconds=seconds)

    def _run(self, *command: str, seconds: float = ANSWER_SECONDS) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                command,
                env={**self._environment, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 124, "", f"no answer within {seconds:g} s")


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    lines = done.stderr.strip().splitlines()
    return lines[0].rstrip(".") if lines else f"status {done.returncode}"
