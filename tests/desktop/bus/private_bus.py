"""A session bus of one's own, and the programs that others call it with."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.desktop.rig.programs import need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import is_listened_to, until

CALL_SECONDS = 30.0


class PrivateBus(Rig):
    """A dbus-daemon in a folder of its own, with the services that the test offers.

    Attributes:
        folder: where its socket is.
        services: where its activation files are.
        address: for DBUS_SESSION_BUS_ADDRESS.

    """

    def __init__(self) -> None:
        self._program = need("dbus-daemon", "dbus")
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-bus-"))
        self.services = self.folder / "services"
        self.services.mkdir()
        self.socket = self.folder / "bus"
        self.address = f"unix:path={self.socket}"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "DBUS_SESSION_BUS_ADDRESS": self.address,
        }
        self._config = self.folder / "session.conf"
        self._config.write_text(CONFIG.format(address=self.address, services=self.services))
        self._daemon: subprocess.Popen[bytes] | None = None

    def _enter(self) -> None:
        self.begin()

    def _leave(self) -> None:
        self.end()
        shutil.rmtree(self.folder)

    def begin(self) -> None:
        """Start the bus."""
        command = [self._program, f"--config-file={self._config}", "--nofork", "--nopidfile"]
        self._daemon = subprocess.Popen(
            command, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(lambda: is_listened_to(self.socket), "the bus")

    def end(self) -> None:
        """End the bus; everybody on it is cut off."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait(CALL_SECONDS)
            self._daemon = None
        self.socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Stop it from reading and answering."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGCONT)

    def run(self, *command: str, status: int = 0) -> str:
        """Run a program on the bus; its standard output, or its standard error where it must fail."""
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=CALL_SECONDS, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stderr if status else done.stdout


# What `dbus-daemon --session` uses, but for the folders of services: a test must start nobody else's.
CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_message_size">1000000000</limit>
  <limit name="max_completed_connections">100000</limit>
  <limit name="max_replies_per_connection">50000</limit>
</busconfig>
"""
