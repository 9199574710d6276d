"""A private sound server with a virtual speaker and microphone, driven as a person drives a real one.

What is played into the speaker `vspk` is what the microphone `vmic` hears.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from abc import abstractmethod
from pathlib import Path

import pytest
from tests.desktop.rig.programs import COMMAND_SECONDS, Program, environment_without_desktop, need, need_file
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import until

SPEAKER = "vspk"
MICROPHONE = "vmic"


class SoundRig(Rig):
    """What PulseAudio and PipeWire have in common: both are driven through the PulseAudio protocol.

    Use as a context manager: entering starts the server with one speaker and one microphone, leaving ends
    every process and removes the private folders. `env` is the whole environment for a program under test.
    """

    name: str
    sink_options = ""

    def __init__(self) -> None:
        need("pactl", "pulseaudio-utils")
        need_file("*/alsa-lib/libasound_module_pcm_pulse.so", "libasound2-plugins")
        need_file("*/libportaudio.so.2", "libportaudio2")
        # A socket's path must be shorter than 108 bytes, which a test's own folder seldom is.
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-"))
        self._modules: dict[str, str] = {}
        self._players: list[Program] = []
        for private in ("home", "run"):
            (self.folder / private).mkdir(mode=0o700)
        self.env = environment_without_desktop() | self._private_environment()

    def _private_environment(self) -> dict[str, str]:
        home, run = self.folder / "home", self.folder / "run"
        return {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(run),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            # Named, so that libpulse does not start a server of its own when there is none.
            "PULSE_SERVER": f"unix:{run}/pulse/native",
        }

    def _enter(self) -> None:
        self.start_server()

    def _leave(self) -> None:
        for player in self._players:
            player.end()
        self.end_server()
        shutil.rmtree(self.folder)

    @abstractmethod
    def spawn_server(self) -> None:
        """Start the server's processes; they need not be ready yet."""

    @abstractmethod
    def end_server(self) -> None:
        """End them in order, as a session's end does."""

    @abstractmethod
    def kill_server(self) -> None:
        """End them without a word, as a crash does."""

    def start_server(self) -> None:
        """Start the server and plug in the speaker and the microphone."""
        self._modules.clear()
        self.spawn_server()
        until(self._answers, f"{self.name} to answer")
        self.plug_speaker(SPEAKER)
        self.replug()
        self.set_default_sink(SPEAKER)
        self.set_default(MICROPHONE)

    def _answers(self) -> bool:
        return self._pactl("info", check=False).returncode == 0

    def plug_speaker(self, name: str) -> None:
        """Plug in a speaker; it brings a monitor, `NAME.monitor`."""
        self._load(
            name,
            "module-null-sink",
            f"sink_name={name} rate=48000 channels=1 {self.sink_options}",
        )
        until(lambda: f"{name}.monitor" in self.sources(), f"the speaker {name}")

    def replug(self, name: str = MICROPHONE, speaker: str = SPEAKER) -> None:
        """Plug in a microphone that hears the speaker."""
        self._load(
            name,
            "module-remap-source",
            f"source_name={name} master={speaker}.monitor channels=1 "
            f"source_properties=device.description={name}-description",
        )
        until(lambda: name in self.sources(), f"the microphone {name}")

    def unplug(self, name: str = MICROPHONE) -> None:
        """Pull out a microphone or speaker."""
        self._pactl("unload-module", self._modules.pop(name))

    def unplug_everything(self) -> None:
        """Pull out every microphone and speaker, monitors included."""
        for name in reversed(list(self._modules)):
            self.unplug(name)

    def sources(self) -> list[str]:
        """List the names of the sources, monitors included."""
        lines = self._pactl("list", "short", "sources").stdout.splitlines()
        return [line.split("\t")[1] for line in lines]

    def suspend(self, name: str = MICROPHONE) -> None:
        """Suspend a microphone, as a power saver does."""
        self._pactl("suspend-source", name, "1")

    def resume(self, name: str = MICROPHONE) -> None:
        """Wake a microphone that was suspended."""
        self._pactl("suspend-source", name, "0")

    def mute(self, name: str = MICROPHONE, *, on: bool = True) -> None:
        """Mute a microphone in the mixer, or let it be heard again."""
        self._pactl("set-source-mute", name, str(int(on)))

    def set_volume(self, percent: int, name: str = MICROPHONE) -> None:
        """Set a microphone's input volume."""
        self._pactl("set-source-volume", name, f"{percent}%")

    def set_default(self, name: str) -> None:
        """Choose the default microphone."""
        self._make_default("Source", name)

    def set_default_sink(self, name: str) -> None:
        """Choose the default speaker."""
        self._make_default("Sink", name)

    def play(self, wav: Path, speaker: str = SPEAKER) -> None:
        """Play a file to its end."""
        self._run([need("paplay", "pulseaudio-utils"), f"--device={speaker}", str(wav)], check=True)

    def start_playing(self, wav: Path, speaker: str = SPEAKER) -> Program:
        """Play a file in the background."""
        player = Program(
            [need("paplay", "pulseaudio-utils"), f"--device={speaker}", str(wav)],
            self.env,
            self.folder / "paplay.log",
        )
        self._players.append(player)
        return player

    def _make_default(self, kind: str, name: str) -> None:
        command = f"set-default-{kind.lower()}"
        # PipeWire's pulse server refuses until the session manager has put up the place where defaults are kept.
        until(lambda: self._pactl(command, name, check=False).returncode == 0, f"{name} to be taken as default")
        until(lambda: f"Default {kind}: {name}\n" in self._pactl("info").stdout, f"{name} to be the default")

    def _load(self, name: str, module: str, options: str) -> None:
        self._modules[name] = self._pactl("load-module", module, *options.split()).stdout.strip()

    def _pactl(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self._run(["pactl", *arguments], check=check)

    def _run(self, command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )
        if check and done.returncode != 0:
            pytest.fail(f"{' '.join(command)}: {done.stderr.strip()}\n{self.logs()}")
        return done

    def logs(self) -> str:
        """Return what the server has printed."""
        parts = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {part.name}\n{part.read_text(errors='replace')}" for part in parts)
