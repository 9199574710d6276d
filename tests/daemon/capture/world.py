"""A sound server, PortAudio and a clock that work, without sound, threads or waiting.

Time passes only while the guard waits: `World.take` then lets streams call back and happenings happen, in
order. A source sounds as a constant sample value, so that a look at the ring tells who was heard.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sayso.audio import Pcm
from sayso.capture import CaptureEvent
from sayso.capture.facts import InputDevice, ServerState, SoundSource
from sayso.capture.guard import Guard
from sayso.capture.portaudio import OnBlock
from sayso.capture.signals import Mailbox, ServerChanged, Signal, Stop
from sayso.errors import CaptureError, FormatRefused
from sayso.ring import NEVER, Ring

PULSE = InputDevice(0, "pulse", 44_100, 32, is_default=True)
USB = SoundSource("usb", "USB Microphone")
HEADSET = SoundSource("headset", "Headset")
MONITOR = SoundSource("speakers.monitor", "Monitor of Speakers", is_monitor=True)

VOICE, OTHER_VOICE, MUSIC = 1_000, 2_000, 7_000
SOUNDS = {USB.name: VOICE, HEADSET.name: OTHER_VOICE, MONITOR.name: MUSIC}


class Stream:
    """An open stream of the world."""

    latency_seconds = 0.064

    def __init__(self, world: World, source: str, on_block: OnBlock, on_finished: Callable[[], None]) -> None:
        self.source = source
        self.block_samples = 0
        self.block_seconds = 0.0
        self.channels = 1
        self.on_finished = on_finished
        self._world = world
        self._on_block = on_block
        self.is_open = True

    def call_back(self) -> None:
        """Deliver one block, unless the source is suspended."""
        if not self.is_open:
            return
        if not self._world.is_suspended:
            value = 0 if self._world.is_muted else self._world.sounds[self.source]
            noise = self._world.noise.get(self.source, 0.0) * self._world.rng.standard_normal(self.block_samples)
            block: Pcm = np.round(np.full(self.block_samples, value) + noise).astype(np.int16)
            self._on_block(block, self._world.loses_input)
        self._world.at(self.block_seconds, self.call_back)

    def close(self) -> None:
        """End it, as the guard does."""
        self._world.now += self._world.closing_seconds
        if self.is_open:
            self.is_open = False
            self.on_finished()
            self._world.change()


@dataclass
class Opening:
    """How a stream was asked for."""

    rate_hz: int
    channels: int
    source: str | None


class World(Mailbox):
    """The machine: also the mailbox, so that waiting makes time pass."""

    def __init__(
        self, *sources: SoundSource, default: str = "", inputs: tuple[InputDevice, ...] = (PULSE,)
    ) -> None:
        super().__init__()
        self.now = 0.0
        self.sources = list(sources)
        self.default = default or (sources[0].name if sources else "")
        self.sounds = dict(SOUNDS)
        self.is_up = True
        self.is_suspended = False
        self.is_muted = False
        self.loses_input = False
        self.tells_suspension = False  # the server says that the source is suspended
        self.volume_percent = 100
        self.voice_seconds = 0.0  # of voice in what is hardly heard
        self.rng = np.random.default_rng(1)
        self.noise: dict[str, float] = {}  # source → amplitude of noise around its value
        self.closing_seconds = 0.0  # how long closing a stream hangs
        self.opens_late = False  # opening hangs for so long that the guard is told it failed
        self.server_moves_streams = True
        self.server_names_streams = True
        self.event_delay_seconds = 0.001  # from a change to the server's event
        self.read_delay_seconds = 0.002  # from the event to the state having been read
        self.accepted_rates_hz = {16_000, 44_100, 48_000}
        self.accepted_channels = {1, 2}
        self.real_inputs = inputs
        self.listed_inputs = inputs  # PortAudio's list, as old as its last refresh
        self.openings: list[Opening] = []
        self.refreshes: list[float] = []
        self.events: list[CaptureEvent] = []
        self.ring = Ring()
        self._streams: list[Stream] = []
        self._happenings: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._serial = 0
        self._guard: Guard | None = None

    # time

    def at(self, seconds: float, happening: Callable[[], None]) -> None:
        """Let something happen that many seconds from now."""
        heapq.heappush(self._happenings, (self.now + seconds, next(self._order), happening))

    def take(self, timeout_seconds: float) -> Signal | None:
        """Let time pass until a signal is there or the time is up."""
        deadline = self.now + timeout_seconds
        while (signal := super().take(0)) is None:
            if not self._happenings or self._happenings[0][0] > deadline:
                self.now = deadline
                return None
            self.now, _, happening = heapq.heappop(self._happenings)
            happening()
        return signal

    def run(
        self,
        seconds: float,
        device: str = "default",
        rate_hz: int | None = None,
        silence_warning_seconds: float = 3.0,
    ) -> list[CaptureEvent]:
        """Let a guard live that long; returns what it reported."""
        self._guard = Guard(
            device=device,
            sample_rate_hz=rate_hz,
            silence_warning_seconds=silence_warning_seconds,
            portaudio=self,
            has_sound_server=True,
            ring=self.ring,
            report=self.events.append,
            mailbox=self,
            clock=lambda: self.now,
            find_voice=lambda audio: self.voice_seconds,
        )
        self.change()
        self.at(seconds, lambda: self.post(Stop()))
        self._guard.run()
        return self.events

    # the sound server

    def state(self) -> ServerState | None:
        """Return what a look at the server shows."""
        if not self.is_up:
            return None
        stream = self.stream
        return ServerState(
            default_source=self.default,
            sources=tuple(self._as_set(source) for source in self.sources),
            recorded=stream.source if stream is not None and self.server_names_streams else None,
            is_muted=self.is_muted,
            serial=self._serial,
        )

    def _as_set(self, source: SoundSource) -> SoundSource:
        asleep = self.is_suspended and self.tells_suspension
        return replace(source, is_suspended=asleep, is_muted=self.is_muted, volume_percent=self.volume_percent)

    @property
    def stream(self) -> Stream | None:
        """The stream that is open."""
        return next((stream for stream in self._streams if stream.is_open), None)

    def change(self) -> None:
        """Send the server's event, and what is read after it."""
        self.at(self.event_delay_seconds, self._send_event)

    def _send_event(self) -> None:
        self._serial += 1
        if self._guard is not None:
            self._guard.doubt(self._serial)
        serial = self._serial

        def read() -> None:
            state = self.state()
            self.post(ServerChanged(replace(state, serial=serial) if state is not None else None))

        self.at(self.read_delay_seconds, read)

    def plug(self, source: SoundSource, *, default: bool = True) -> None:
        """Plug a source in."""
        self.sources.append(source)
        if default:
            self.default = source.name
        self.change()

    def unplug(self, name: str) -> None:
        """Pull a source out: its stream goes to the best of the others, or ends."""
        self.sources = [source for source in self.sources if source.name != name]
        best = sorted(self.sources, key=lambda source: source.is_monitor)
        self.default = best[0].name if best else ""
        stream = self.stream
        if stream is not None and stream.source == name:
            if best:
                stream.source = best[0].name
            else:
                stream.is_open = False
                stream.on_finished()
        self.change()

    def choose(self, name: str) -> None:
        """Choose another default."""
        self.default = name
        if self.server_moves_streams and self.stream is not None:
            self.stream.source = name
        self.change()

    def mute(self, *, on: bool = True) -> None:
        """Mute every source, or let them be heard again."""
        self.is_muted = on
        self.change()

    def suspend(self, *, on: bool = True) -> None:
        """Suspend every source, or wake them."""
        self.is_suspended = on
        self.change()

    def listen(self, *, on: bool = True) -> None:
        """Let somebody wait for audio, or nobody any more."""
        self.ring.wake_at = 0 if on else NEVER

    def crash(self) -> None:
        """End the server."""
        self.is_up, self.real_inputs = False, ()
        stream = self.stream
        if stream is not None:
            stream.is_open = False
            stream.on_finished()
        self.change()

    def boot(self) -> None:
        """Start the server."""
        self.is_up, self.real_inputs = True, (PULSE,)
        self.change()

    # PortAudio

    def inputs(self) -> tuple[InputDevice, ...]:
        """List the devices as they were at the last refresh."""
        return self.listed_inputs

    def refresh(self) -> None:
        """Read the list anew."""
        assert self.stream is None, "refreshing kills the open stream"
        self.listed_inputs = self.real_inputs
        self.refreshes.append(self.now)

    def open(
        self,
        device: InputDevice,
        *,
        rate_hz: int,
        channels: int,
        block_samples: int,
        source: str | None,
        on_block: OnBlock,
        on_finished: Callable[[], None],
    ) -> Stream:
        """Open a stream as PortAudio would."""
        if device not in self.real_inputs or (self.is_up and not self.sources):
            raise CaptureError(f"{device.name} cannot be opened")
        if rate_hz not in self.accepted_rates_hz or channels not in self.accepted_channels:
            raise FormatRefused(f"{rate_hz} Hz, {channels} channels")
        self.openings.append(Opening(rate_hz, channels, source))
        stream = Stream(self, source or self.default, on_block, on_finished)
        stream.block_samples, stream.block_seconds = block_samples, block_samples / rate_hz
        self.at(stream.block_seconds, stream.call_back)
        if self.opens_late:
            raise CaptureError("the sound server does not answer")
        self._streams.append(stream)
        self.change()
        return stream

    def heard(self) -> set[int]:
        """Return the sample values in the ring: who was heard."""
        return set(np.unique(self.ring.read(0, self.ring.written)).tolist())
