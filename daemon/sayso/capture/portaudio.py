"""The edge to PortAudio: list inputs, open a stream. The only module that imports sounddevice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sayso.audio import Pcm
from sayso.capture.chatter import hushed
from sayso.capture.facts import InputDevice
from sayso.errors import CaptureError, FormatRefused

if TYPE_CHECKING:
    from types import ModuleType

# How many frames a block brings. Measured without any work of ours in the callback: one costs 0.7 % of a core
# (95 to 110 wake-ups a second, most of them libpulse's), two 0.4 %, four 0.2 %. A frame comes up to 32 ms later
# for it. Asking for more latency with blocks of one frame saves as much, but then closing a stream whose server
# had died hung in 1 of 30 tries (PortAudio 19.6); with larger blocks in none of 180.
WAKE_BLOCKS = 2

OnBlock = Callable[[Pcm, bool], None]
"""Takes a block, shape (n,), and whether input was lost before it. Called from PortAudio's thread."""

# PortAudio's numbers for "this rate" and "this many channels" being refused (portaudio.h, PaErrorCode).
INVALID_CHANNEL_COUNT = -9998
INVALID_SAMPLE_RATE = -9997

# What the sound server calls our stream. Without it we are "ALSA plug-in [python3]", share the volume and
# device that the server remembers with every other Python program, and the desktop cannot say who listens.
_STREAM_PROPERTIES = "application.name=sayso application.id=org.sayso.Dictation1"


class InputStream(Protocol):
    """An open stream that calls back."""

    @property
    def latency_seconds(self) -> float:
        """From the sound to the callback that brings it, as PortAudio reckons."""

    def close(self) -> None:
        """End it; when this returns there are no more callbacks. Never raises."""


class PortAudio(Protocol):
    """What capture needs of PortAudio."""

    def inputs(self) -> tuple[InputDevice, ...]:
        """List the input devices as PortAudio knew them at the last refresh."""

    def refresh(self) -> None:
        """Read the device list anew (30 ms); only while no stream is open."""

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
    ) -> InputStream:
        """Open and start an int16 stream.

        Args:
            device: from the present list.
            rate_hz: samples a second and channel.
            channels: how many to record; `on_block` gets the first.
            block_samples: samples of one channel in a frame; a block brings one frame or a few.
            source: the sound server's source to attach to; None for its default.
            on_block: gets every block, in PortAudio's thread: must not block.
            on_finished: called when the stream has ended, whoever ended it.

        Raises:
            FormatRefused: the device does not take this rate or number of channels.
            CaptureError: it cannot be opened.

        """


def load_portaudio() -> PortAudio:
    """Import sounddevice, which initialises PortAudio (150 ms).

    Raises:
        CaptureError: the PortAudio library or the Python package is not installed.

    """
    try:
        with hushed():
            import sounddevice  # noqa: PLC0415  # fails without the C library, and only capture needs it
    except ImportError as error:
        raise CaptureError("the Python package sounddevice is missing: pip install sounddevice") from error
    except OSError as error:
        raise CaptureError(
            "the PortAudio library is missing: apt install libportaudio2 "
            "(dnf install portaudio, pacman -S portaudio)"
        ) from error
    return _SoundDevice(sounddevice)


class _Stream:
    """A running sounddevice stream."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    @property
    def latency_seconds(self) -> float:
        return float(self._stream.latency)

    def close(self) -> None:
        with hushed():  # closing after the server died prints PortAudio's assertions
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)


class _SoundDevice:
    """PortAudio through sounddevice."""

    def __init__(self, sounddevice: ModuleType) -> None:
        self._sd = sounddevice

    def inputs(self) -> tuple[InputDevice, ...]:
        chosen = self._sd.default.device[0]  # PortAudio's default input, -1 where it has none
        return tuple(
            InputDevice(
                index=int(device["index"]),
                name=str(device["name"]),
                native_rate_hz=round(device["default_samplerate"]),
                channels=int(device["max_input_channels"]),
                is_default=device["index"] == chosen,
            )
            for device in self._sd.query_devices()
            if device["max_input_channels"] > 0
        )

    def refresh(self) -> None:
        # PortAudio reads the list only while it initialises, and sounddevice has no public name for doing it
        # again: https://github.com/spatialaudio/python-sounddevice/issues/125
        with hushed():
            self._sd._terminate()
            self._sd._initialize()

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
    ) -> InputStream:
        def callback(data: Any, _frames: int, _time: Any, status: Any) -> None:
            block: Pcm = np.frombuffer(data, dtype=np.int16)
            on_block(block if channels == 1 else block[::channels], bool(status) and status.input_overflow)

        try:
            with hushed(), _environment(PULSE_SOURCE=source, PULSE_PROP_OVERRIDE=_STREAM_PROPERTIES):
                stream = self._sd.RawInputStream(
                    device=device.index,
                    samplerate=rate_hz,
                    channels=channels,
                    dtype="int16",
                    blocksize=WAKE_BLOCKS * block_samples,
                    callback=callback,
                    finished_callback=on_finished,
                )
                stream.start()
        except (self._sd.PortAudioError, ValueError) as error:
            raise self._reason(error, device, rate_hz, channels) from error
        return _Stream(stream)

    def _reason(self, error: Exception, device: InputDevice, rate_hz: int, channels: int) -> CaptureError:
        code = error.args[1] if len(error.args) > 1 else None
        if code in (INVALID_CHANNEL_COUNT, INVALID_SAMPLE_RATE):
            return FormatRefused(f"{device.name}: {rate_hz} Hz with {channels} channel(s) refused")
        return CaptureError(
            f"the microphone {device.name!r} cannot be opened ({error.args[0] if error.args else error}); "
            "close what else records from it, or start the sound server: "
            "`systemctl --user start pipewire-pulse`"
        )


@contextmanager
def _environment(**variables: str | None) -> Iterator[None]:
    """Set environment variables for libpulse, which reads them while it connects; None leaves one out."""
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
