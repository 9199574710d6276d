"""Device files that these settings need, and that this user may not open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sayso.capture.sound_server import load_sound_server
from sayso.config import EngineSettings, Settings
from sayso.devices import Maker
from sayso.devices.probe import probe
from sayso.doctor import Finding, Light
from sayso.errand import Errand, Overdue

PART = "permissions"
LOOK_SECONDS = 4.0  # the tools of the cards' makers take up to 5 s each where a driver hangs
SOUND_SECONDS = 0.5
ROCM_ENGINES = ("ctranslate2", "onnx", "torch")  # of the cards with device files of their own, they use AMD's only
SOUND_DEVICES = Path("/dev/snd")


@dataclass(frozen=True, slots=True)
class Doors:
    """What was found.

    Attributes:
        cards: device files of graphics cards that may not be opened.
        has_amd: whether there is a card of AMD's.
        inputs: inputs of sound cards.
        closed_inputs: those of them that may not be opened, by group or by logind's leave (ACL).
        has_sound_server: it has the sound cards, and nobody else need open them.

    """

    cards: tuple[Path, ...] = ()
    has_amd: bool = False
    inputs: tuple[Path, ...] = ()
    closed_inputs: tuple[Path, ...] = ()
    has_sound_server: bool = False


def check_permissions(settings: Settings) -> Iterator[Finding]:
    """Look at the device files. Blocks for some 10 ms, at most 4.5 s."""
    has_sound_server = _has_sound_server()
    try:
        doors = Errand(lambda: find_doors(settings.engine, has_sound_server=has_sound_server)).wait(LOOK_SECONDS)
    except Overdue:
        message = f"the tools of the graphics card do not answer within {LOOK_SECONDS:g} s"
        remedy = "Try nvidia-smi or rocminfo by hand; a driver that hangs is over after a restart"
        yield Finding(PART, Light.AMBER, message, remedy)
    else:
        yield from judge_permissions(settings.engine, doors)


def _has_sound_server() -> bool:
    """Whether there is one; one that hangs is one, and the microphone's finding says so."""
    server = load_sound_server()
    if server is None:
        return False
    try:
        return Errand(server.read_once).wait(SOUND_SECONDS) is not None
    except Overdue:
        return True


def find_doors(engine: EngineSettings, *, has_sound_server: bool, sound_devices: Path = SOUND_DEVICES) -> Doors:
    """Find out."""
    inputs = tuple(sorted(sound_devices.glob("pcmC*D*c")))
    closed = tuple(path for path in inputs if not os.access(path, os.R_OK | os.W_OK))
    if engine.device == "cpu":
        return Doors((), False, inputs, closed, has_sound_server)
    machine = probe()
    has_amd = any(gpu.maker is Maker.AMD for gpu in machine.gpus)
    return Doors(machine.unreadable, has_amd, inputs, closed, has_sound_server)


def judge_permissions(engine: EngineSettings, doors: Doors) -> Iterator[Finding]:
    """What is to be said about it: only what matters for these settings."""
    found = []
    if doors.cards and engine.device != "cpu" and (doors.has_amd or engine.name not in ROCM_ENGINES):
        which = ", ".join(str(path) for path in doors.cards)
        found.append(
            Finding(
                PART,
                Light.AMBER if engine.device == "auto" else Light.RED,
                f"the graphics card cannot be used: {which} may not be opened by this user",
                'Run: sudo usermod -aG video,render "$USER", then log in again',
            )
        )
    if doors.inputs and doors.inputs == doors.closed_inputs and not doors.has_sound_server:
        found.append(
            Finding(
                PART,
                Light.RED,
                "no microphone can be opened: there is no sound server, and the sound card's inputs are not for "
                "this user",
                'Run: sudo usermod -aG audio "$USER", then log in again; or start a sound server: '
                "systemctl --user start pipewire-pulse",
            )
        )
    yield from found
    if not found:
        yield Finding(PART, Light.GREEN, "every device file that these settings need may be opened")
