"""What can be done about a microphone: in words, as a command, and what sayso could do itself if asked."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TypeAlias

FULL_PERCENT = 100
MOST_PERCENT = 150  # what the sliders of GNOME and KDE go up to, +11 dB


@dataclass(frozen=True, slots=True)
class Unmute:
    """Let a source be heard again."""

    source: str


@dataclass(frozen=True, slots=True)
class UnmuteStream:
    """Let our own stream be heard again, by the sound server's number of it."""

    stream: int


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Set a source's input volume."""

    source: str
    percent: int


@dataclass(frozen=True, slots=True)
class SetStreamVolume:
    """Set the volume at which we are given a source, by the sound server's number of our stream."""

    stream: int
    percent: int


Fix: TypeAlias = Unmute | UnmuteStream | SetVolume | SetStreamVolume
"""What does no harm where it was not wanted: it can be undone in any mixer, and changes no route."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do.

    Attributes:
        words: for a person, without the command.
        command: exactly what to type into a shell; empty where no command does it.
        fix: the same as something that sayso can do; None where only a person may decide.

    """

    words: str
    command: str = ""
    fix: Fix | None = None

    def __str__(self) -> str:
        """In one sentence."""
        return f"{self.words}: {self.command}" if self.command else self.words


def mending(words: str, fix: Fix) -> Remedy:
    """The remedy that a fix is."""
    return Remedy(words, command_of(fix), fix)


def command_of(fix: Fix) -> str:
    """The command that does the same."""
    match fix:
        case Unmute(source):
            return f"pactl set-source-mute {shlex.quote(source)} 0"
        case UnmuteStream(stream):
            return f"pactl set-source-output-mute {stream} 0"
        case SetVolume(source, percent):
            return f"pactl set-source-volume {shlex.quote(source)} {percent}%"
        case SetStreamVolume(stream, percent):
            return f"pactl set-source-output-volume {stream} {percent}%"


def louder(percent: int, by_db: float) -> int:
    """The volume that is so much louder, in steps of five, as far as a slider goes.

    The server's scale is cubic: twice the figure is eight times the amplitude, 18 dB (`pulse/volume.h`).
    """
    wanted = percent * 10 ** (by_db / 60)
    return min(MOST_PERCENT, max(percent, round(wanted / 5) * 5))
