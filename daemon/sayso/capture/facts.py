"""What capture knows about the machine: plain values, gathered by the edges, judged elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InputDevice:
    """An input as PortAudio lists it.

    Attributes:
        index: PortAudio's number; valid until the next refresh of the list.
        name: PortAudio's name; `pulse` is the way into PulseAudio and PipeWire.
        native_rate_hz: the rate that the device prefers.
        channels: the most channels it records.
        is_default: PortAudio would take it where nothing is named.

    """

    index: int
    name: str
    native_rate_hz: int
    channels: int
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class SoundSource:
    """A source of the sound server: a microphone, or the monitor of what a speaker plays."""

    name: str
    description: str
    is_monitor: bool = False
    is_suspended: bool = False


@dataclass(frozen=True, slots=True)
class ServerState:
    """The sound server at one moment.

    Attributes:
        default_source: name of the default source; empty where the server has none.
        sources: all of them, in the server's order.
        recorded: name of the source that our own stream records; None while the server knows no such stream.
        is_muted: that source or our stream of it is muted.
        serial: how many routing events had been seen when this was read (see `Gate`).

    """

    default_source: str
    sources: tuple[SoundSource, ...]
    recorded: str | None = None
    is_muted: bool = False
    serial: int = field(default=0, compare=False)

    def source(self, name: str | None) -> SoundSource | None:
        """Return the source of that name, None where there is none."""
        return next((source for source in self.sources if source.name == name), None)

    @property
    def microphones(self) -> tuple[SoundSource, ...]:
        """The sources that hear a room and not a speaker's signal."""
        return tuple(source for source in self.sources if not source.is_monitor)
