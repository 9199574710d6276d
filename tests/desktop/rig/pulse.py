"""PulseAudio without a sound card, a desktop or systemd."""

from __future__ import annotations

from tests.desktop.rig.programs import Program, need
from tests.desktop.rig.sound import SoundRig

_STARTUP = """\
load-module module-native-protocol-unix
"""


class PulseRig(SoundRig):
    """A private PulseAudio."""

    name = "PulseAudio"
    # A null sink that may rewind renders seconds ahead, and its monitor delivers late by as much (1.5 s).
    sink_options = "norewinds=1"

    def __init__(self) -> None:
        super().__init__()
        self._program = need("pulseaudio", "pulseaudio")
        self._server: Program | None = None

    def spawn_server(self) -> None:
        """Start the server with nothing but its socket."""
        startup = self.folder / "startup.pa"
        startup.write_text(_STARTUP)
        self._server = Program(
            [
                self._program,
                "-n",
                f"--file={startup}",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--use-pid-file=no",
                "--log-target=stderr",
                "--log-level=info",
            ],
            self.env,
            self.folder / "pulseaudio.log",
        )

    def end_server(self) -> None:
        """End it."""
        if self._server is not None and self._server.is_running:
            self._server.end()

    def kill_server(self) -> None:
        """Kill it."""
        if self._server is not None:
            self._server.kill()
