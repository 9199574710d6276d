"""What capture knows about the machine: plain values, gathered by the edges, judged elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from sayso.capture.bluetooth import Bluetooth


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
    """A source of the sound server: a microphone, or the monitor of what a speaker plays.

    Attributes:
        name: as the server has it.
        description: for people.
        is_monitor: it is what a speaker plays.
        is_suspended: it delivers nothing until it is woken.
        is_running: somebody records from it.
        is_unplugged: nothing is in its socket, as far as the hardware can tell.
        is_muted: by the server.
        volume_percent: as the server has set it; None where that is not known.
        bluetooth: of a headset by radio; None for all others.

    """

    name: str
    description: str
    is_monitor: bool = False
    is_suspended: bool = False
    is_running: bool = field(default=False, compare=False)
    is_unplugged: bool = False
    is_muted: bool = field(default=False, compare=False)
    volume_percent: int | None = field(default=None, compare=False)
    bluetooth: Bluetooth | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ServerState:
    """The sound server at one moment.

    Attributes:
        default_source: name of the default source; empty where the server has none.
        sources: all of them, in the server's order.
        recorded: name of the source that our own stream records; None while the server knows no such stream.
        is_muted: that source or our stream of it is muted.
        stream: the server's number of our stream; None while it knows none.
        stream_volume_percent: at which the server records for us; None while it knows no stream.
        serial: how many routing events had been seen when this was read (see `Gate`).

    """

    default_source: str
    sources: tuple[SoundSource, ...]
    recorded: str | None = None
    is_muted: bool = False
    stream: int | None = None
    stream_volume_percent: int | None = None
    serial: int = field(default=0, compare=False)

    def source(self, name: str | None) -> SoundSource | None:
        """Return the source of that name, None where there is none."""
        return next((source for source in self.sources if source.name == name), None)

    @property
    def microphones(self) -> tuple[SoundSource, ...]:
        """The sources that hear a room and not a speaker's signal."""
        return tuple(source for source in self.sources if not source.is_monitor)
