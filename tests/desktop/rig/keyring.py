"""A real keyring, GNOME's, on a private session bus; and one that never answers."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from pathlib import Path

from jeepney import DBus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection
from secretstorage import Collection
from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.programs import Program, environment_without_desktop, need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import until

SERVICE = "org.freedesktop.secrets"


class KeyringRig(Rig):
    """GNOME's keyring with a default keyring of its own, which is open.

    Args:
        bus: it is on.

    """

    def __init__(self, bus: BusRig) -> None:
        self._bus = bus
        self._program = need("gnome-keyring-daemon", "gnome-keyring")
        self._home = Path(tempfile.mkdtemp(prefix="sayso-keyring-"))
        self._daemon: Program | None = None

    def _enter(self) -> None:
        self.start()

    def _leave(self) -> None:
        self.stop()
        shutil.rmtree(self._home)

    def start(self) -> None:
        """Start it, as logging in does: its keyring is open when this returns."""
        runtime = self._home / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        env = environment_without_desktop() | self._bus.env
        env |= {"HOME": str(self._home), "XDG_RUNTIME_DIR": str(runtime)}
        command = f"exec {self._program} --unlock --components=secrets --foreground <<< password"
        self._daemon = Program(["/bin/bash", "-c", command], env, self._home / "log")
        until(self._is_open, "the keyring")

    def stop(self) -> None:
        """End it, as logging out does."""
        if self._daemon is not None and self._daemon.is_running:
            self._daemon.end()

    def lock(self) -> None:
        """Lock its keyring, as the person may."""
        with closing(open_dbus_connection(self._bus.address)) as connection:
            Collection(connection).lock()

    def _is_open(self) -> bool:
        with closing(open_dbus_connection(self._bus.address)) as connection:
            if not Proxy(DBus(), connection).NameHasOwner(SERVICE)[0]:
                return False
            return not Collection(connection).is_locked()


def silent_keyring(bus: BusRig) -> DBusConnection:
    """Somebody who has the keyring's name and answers nobody, until the connection is closed."""
    connection = open_dbus_connection(bus.address)
    Proxy(DBus(), connection).RequestName(SERVICE)
    return connection
