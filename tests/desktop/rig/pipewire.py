"""PipeWire with its pulse server and WirePlumber, on a session bus of their own."""

from __future__ import annotations

from pathlib import Path

from tests.desktop.rig.programs import Program, need
from tests.desktop.rig.sound import SoundRig
from tests.desktop.rig.waiting import is_listened_to, until

WITHOUT_LOGIND = "wireplumber.profiles = { main = { support.logind = disabled, monitor.bluez = disabled } }\n"


class PipeWireRig(SoundRig):
    """A private PipeWire."""

    name = "PipeWire"

    def __init__(self) -> None:
        super().__init__()
        self._bus_program = need("dbus-daemon", "dbus")
        self._programs = [
            need("pipewire", "pipewire"),
            need("wireplumber", "wireplumber"),
            need("pipewire-pulse", "pipewire-pulse"),
        ]
        self._bus, self._socket = self.folder / "run" / "bus", self.folder / "run" / "pipewire-0"
        self.env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={self._bus}"
        self._running: list[Program] = []
        self._do_without_logind()

    def spawn_server(self) -> None:
        """Start bus, server, session manager and pulse server; WirePlumber ends where it finds no bus."""
        bus = Program(
            [self._bus_program, "--session", f"--address=unix:path={self._bus}", "--nofork", "--nopidfile"],
            self.env,
            self.folder / "bus.log",
        )
        self._running = [bus]
        until(lambda: is_listened_to(self._bus), "the session bus")
        for program in self._programs:
            log = self.folder / f"{program.rpartition('/')[2]}.log"
            self._running.append(Program([program], self.env, log))
            until(lambda: is_listened_to(self._socket), "PipeWire's socket")

    def _do_without_logind(self) -> None:
        """WirePlumber asks logind whether to look for Bluetooth, and ends on a machine that has none."""
        settings = Path(self.env["XDG_CONFIG_HOME"], "wireplumber")
        for file, text in (
            ("bluetooth.lua.d/51-no-logind.lua", 'bluez_monitor.properties["with-logind"] = false\n'),  # 0.4
            ("wireplumber.conf.d/no-logind.conf", WITHOUT_LOGIND),  # 0.5
        ):
            path = settings / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def end_server(self) -> None:
        """End all four, the bus last."""
        for program in reversed(self._running):
            if program.is_running:
                program.end()
        self._running = []

    def kill_server(self) -> None:
        """Kill all four."""
        for program in reversed(self._running):
            program.kill()
        self._running = []
        for socket in (self._bus, self._socket):
            socket.unlink(missing_ok=True)
