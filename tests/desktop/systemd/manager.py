"""A real `systemd --user` without systemd as process 1: mounts, bus, cgroup and home of its own.

systemctl and systemd ask whether /run/systemd/system exists; a private mount namespace makes it so for them alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from tests.desktop.rig.phrases import SAYSO
from tests.desktop.rig.programs import environment_without_desktop, need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import is_listened_to, until

UNIT = "sayso.service"
SYSTEMD = ("/usr/lib/systemd/systemd", "/lib/systemd/systemd")
FOREIGN_UNITS = Path("/usr/lib/systemd/user")
COMMAND_SECONDS = 60.0
EXIT_NOW = signal.SIGRTMIN + 24  # systemd(1): exit at once

BUS = {
    "dbus.socket": """[Socket]
ListenStream=%t/bus
ExecStartPost=systemctl --user set-environment DBUS_SESSION_BUS_ADDRESS=unix:path=%t/bus
""",
    "dbus.service": """[Unit]
Requires=dbus.socket
[Service]
ExecStart=dbus-daemon --session --address=systemd: --nofork --nopidfile --systemd-activation
""",
}
NAMESPACE = ("unshare", "--mount", "--propagation", "private")
# Runs in it; the manager takes the place of the shell.
_START = """
mount -t tmpfs tmpfs /run/systemd && mkdir /run/systemd/system && echo $$ >"$1/cgroup.procs" && exec "$2" --user
"""


def missing() -> str | None:
    """What this machine lacks for a user manager of one's own; None when it can have one."""
    if next(filter(os.path.exists, SYSTEMD), None) is None:
        return "systemd is not installed"
    if not Path("/run/systemd").is_dir():
        return "/run/systemd is missing, over which a file system of one's own is mounted"
    tried = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        return f"a mount namespace of one's own (unshare --mount): {tried.stderr.strip()}"
    try:
        _remove_cgroup(_make_cgroup())
    except (OSError, LookupError) as error:
        return f"a cgroup of one's own: {error}"
    return None


def _make_cgroup() -> Path:
    """A new group below the one that this process is in, never at the root of anybody else's."""
    mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    tree = next((fields[4] for fields in mounts if "cgroup2" in fields[fields.index("-") :]), None)
    own = next(
        (line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line[:3] == "0::"), None
    )
    if tree is None or own is None:
        raise LookupError("no cgroup2 is mounted")
    return Path(tempfile.mkdtemp(prefix="sayso-test-", dir=f"{tree}{own}"))


def _remove_cgroup(group: Path) -> None:
    until(lambda: _is_removed(group), "the cgroup to be free of processes that are ending")


def _is_removed(group: Path) -> bool:
    with contextlib.suppress(OSError):
        for folder in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
            folder.rmdir()
        group.rmdir()
    return not group.exists()


class UserSession(Rig):
    """A home, in which somebody can log in and out: a user manager and a session bus.

    Use as a context manager: entering makes the home, leaving ends every process and removes everything.
    """

    def __init__(self, store: Path) -> None:
        self._group = _make_cgroup()
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-user-"))  # short: it holds sockets
        self.home, self._run = self.folder / "home", self.folder / "run"
        self.log = self.folder / "service.log"
        self.env = environment_without_desktop() | {
            "HOME": str(self.home),
            # The default, but the bus takes the home folder from the list of users where this is not set.
            "XDG_DATA_HOME": str(self.home / ".local/share"),
            "XDG_RUNTIME_DIR": str(self._run),
            "SYSTEMD_LOG_TARGET": "console",
            "SYSTEMD_PAGER": "",
        }
        self._store = store
        self._manager: subprocess.Popen[bytes] | None = None

    def _enter(self) -> None:
        for private in (self.home, self._run):
            private.mkdir(mode=0o700)
        # The model store, so that nothing need be imported.
        (self.home / ".local/share/sayso").mkdir(parents=True)
        (self.home / ".local/share/sayso/models").symlink_to(self._store / "sayso" / "models")
        # No journal runs here; what the service says goes to a file.
        self.change("log", f"StandardError=append:{self.log}")
        # The run-time folder goes before the machine's: all that it has for its users' sessions is masked there,
        # but for the bus. That has to be systemd's own, or systemd refuses to start anything for it.
        units = self._run / "systemd" / "user"
        (units / "sockets.target.wants").mkdir(parents=True)
        for unit in FOREIGN_UNITS.glob("*"):
            if unit.suffix in (".service", ".socket", ".timer") and unit.name != "systemd-exit.service":
                (units / unit.name).symlink_to("/dev/null")
        for name, text in BUS.items():
            (units / name).unlink(missing_ok=True)
            (units / name).write_text(text.replace("dbus-daemon", need("dbus-daemon", "dbus")))
        (units / "sockets.target.wants" / "dbus.socket").symlink_to(units / "dbus.socket")

    def _leave(self) -> None:
        try:
            self.log_out()
        finally:
            _remove_cgroup(self._group)
            shutil.rmtree(self.folder)

    # ── logging in and out ────────────────────────────────────────────────────────────────────────

    def log_in(self) -> None:
        """Start the manager, and by it the bus; returns when everything that starts by itself has been started."""
        systemd = next(filter(os.path.exists, SYSTEMD))
        with (self.folder / "systemd.log").open("ab") as log:
            self._manager = subprocess.Popen(
                [*NAMESPACE, "sh", "-c", _START, "sh", str(self._group), systemd],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until(lambda: is_listened_to(self._run / "systemd" / "private"), "the user manager")
        self.systemctl("is-system-running", "--wait", check=False)

    def log_out(self) -> None:
        """End the manager with all that it has started."""
        if self._manager is not None:
            self._manager.send_signal(EXIT_NOW)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._manager.wait(COMMAND_SECONDS)
        for process in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if self._manager is not None:
            self._manager.wait(COMMAND_SECONDS)
        until(lambda: not self._processes(), "the processes of the session to end")
        self._manager = None

    def _processes(self) -> list[int]:
        return [int(line) for path in self._group.rglob("cgroup.procs") for line in path.read_text().split()]

    # ── what a person does in it ──────────────────────────────────────────────────────────────────

    def run(self, *command: str, check: bool = True, **environment: str) -> str:
        """Run a program in the session, with these variables added; returns what it prints."""
        inside = ["nsenter", f"--mount=/proc/{self._manager.pid}/ns/mnt"] if self._manager is not None else []
        done = subprocess.run(
            [*inside, *command],
            env=self.env | environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if check and done.returncode != 0:
            pytest.fail(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}\n{self.logs}")
        return done.stdout

    def sayso(self, *arguments: str, **environment: str) -> str:
        """Run `sayso` in the session."""
        return self.run(str(SAYSO), *arguments, check=True, **environment)

    def systemctl(self, *arguments: str, check: bool = True) -> str:
        """Ask the user manager; returns the answer without the line's end."""
        return self.run("systemctl", "--user", *arguments, check=check).rstrip()

    def shown(self, *names: str) -> str:
        """Properties of the service at one moment, in this order, with a space between them."""
        lines = self.systemctl("show", f"--property={','.join(names)}", UNIT).splitlines()
        values = dict(line.split("=", 1) for line in lines)
        return " ".join(values[name] for name in names)

    def change(self, name: str, *lines: str) -> None:
        """Write a drop-in for the service, as `systemctl --user edit` does; before logging in."""
        folder = self.home / ".config/systemd/user" / f"{UNIT}.d"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.conf").write_text("\n".join(["[Service]", *lines, ""]))

    @property
    def said(self) -> str:
        """What the service has said on standard error, over all its lives."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def logs(self) -> str:
        """Everything that may say what went wrong."""
        manager = self.folder / "systemd.log"
        return self.said + (manager.read_text(errors="replace") if manager.exists() else "")
