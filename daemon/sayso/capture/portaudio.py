"""The edge to PortAudio: list inputs, open a stream. The only module that imports sounddevice.

Whatever the sound server does, no call takes longer than the times below.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sayso.audio import Pcm
from sayso.capture.chatter import hushed
from sayso.capture.environment import environment
from sayso.capture.facts import InputDevice
from sayso.errand import Errand, Overdue
from sayso.errors import CaptureError, FormatRefused

if TYPE_CHECKING:
    from types import ModuleType

# How many frames a block brings. Measured without any work of ours in the callback: one costs 0.7 % of a core
# (95 to 110 wake-ups a second, most of them libpulse's), two 0.4 %, four 0.2 %. A frame comes up to 32 ms later
# for it. Asking for more latency with blocks of one frame saves as much, but then a stream whose server dies hangs
# more often (1 of 30; with larger blocks 0 of 180, and 1 of 17 where other threads take all processors).
WAKE_BLOCKS = 2

OPEN_SECONDS = 5.0  # measured 20 to 80 ms; a server that accepts and does not answer takes for ever
REFRESH_SECONDS = 5.0  # measured 30 ms; the same
HANGING_OPENS = 3  # so many hang at once; each is a thread, and more of them would open no sooner
CLOSE_SECONDS = 2.0  # milliseconds, or for ever where the server died at the wrong moment (see `errand`)

NO_ANSWER = (
    "the sound server takes connections but does not answer; sayso goes on when it does; restart it: "
    "`systemctl --user restart pipewire-pulse` (or `pulseaudio --kill`)"
)

log = logging.getLogger(__name__)

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
        """End it; when this returns there are no more callbacks, unless it hangs. Never raises."""


class PortAudio(Protocol):
    """What capture needs of PortAudio."""

    def inputs(self) -> tuple[InputDevice, ...]:
        """List the input devices as PortAudio knew them at the last refresh.

        Raises:
            CaptureError: PortAudio is still reading the list.

        """

    def refresh(self) -> None:
        """Read the device list anew (30 ms); only while no stream is open.

        The list stays as it is where a stream hangs, which reading would wait for.

        Raises:
            CaptureError: the list cannot be read.

        """

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
        CaptureError: the PortAudio library or the Python package is not installed, or PortAudio cannot begin.

    """
    try:
        with hushed():
            sounddevice = Errand(_import).wait(REFRESH_SECONDS)
    except Overdue:
        raise CaptureError(NO_ANSWER) from None
    except ImportError as error:
        raise CaptureError("the Python package sounddevice is missing: pip install sounddevice") from error
    except OSError as error:
        raise CaptureError(
            "the PortAudio library is missing: apt install libportaudio2 "
            "(dnf install portaudio, pacman -S portaudio)"
        ) from error
    except Exception as error:  # sounddevice's own, which cannot be named before it is imported
        raise CaptureError(
            f"PortAudio cannot begin ({error.args[0] if error.args else error}); "
            "start the sound server: `systemctl --user start pipewire-pulse`"
        ) from error
    return _SoundDevice(sounddevice)


def _import() -> ModuleType:
    import sounddevice  # noqa: PLC0415  # fails without the C library, and only capture needs it

    return sounddevice  # type: ignore[no-any-return]  # no stubs


class _SoundDevice:
    """PortAudio through sounddevice, each call that may hang in a thread of its own."""

    def __init__(self, sounddevice: ModuleType) -> None:
        self._sd = sounddevice
        self._lock = threading.Lock()  # guards the lists: a late opening ends on a thread of its own
        self._hanging_reads: list[Errand[None]] = []  # nothing else is possible meanwhile
        self._hanging_opens: list[Errand[Any]] = []
        self._hanging_closes: list[Errand[None]] = []

    def inputs(self) -> tuple[InputDevice, ...]:
        self._refuse_while(self._hanging_reads)
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
        self._refuse_while(self._hanging_reads)
        if self._hang(self._hanging_opens) or self._hang(self._hanging_closes):
            return  # terminating closes every stream, and would hang as that one does
        reading = Errand(self._read_list)
        try:
            reading.wait(REFRESH_SECONDS)
        except Overdue:
            self._leave_behind(reading, self._hanging_reads)
            raise CaptureError(NO_ANSWER) from None
        except self._sd.PortAudioError as error:
            raise CaptureError(
                f"PortAudio cannot list the sound devices ({error.args[0] if error.args else error}); "
                "sayso keeps trying; start the sound server: `systemctl --user start pipewire-pulse`"
            ) from error

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

        def start() -> Any:
            stream = self._sd.RawInputStream(
                device=device.index,
                samplerate=rate_hz,
                channels=channels,
                dtype="int16",
                blocksize=WAKE_BLOCKS * block_samples,
                callback=callback,
                finished_callback=on_finished,
            )
            try:
                stream.start()
            except self._sd.PortAudioError:
                self._end(stream)
                raise
            return stream

        self._refuse_while(self._hanging_reads)
        self._refuse_while(self._hanging_opens, most=HANGING_OPENS - 1)
        with hushed(), environment(PULSE_SOURCE=source, PULSE_PROP_OVERRIDE=_STREAM_PROPERTIES):
            opening = Errand(start, undo=self._end)
            try:
                stream = opening.wait(OPEN_SECONDS)
            except Overdue:
                self._leave_behind(opening, self._hanging_opens)
                raise CaptureError(NO_ANSWER) from None
            except (self._sd.PortAudioError, ValueError) as error:
                raise self._reason(error, device, rate_hz, channels) from error
        return _Stream(stream, self._close)

    def _close(self, stream: Any) -> None:
        with hushed():  # closing after the server died prints PortAudio's assertions
            self._end(stream)

    def _end(self, stream: Any) -> None:
        def end() -> None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)

        ending = Errand(end)
        try:
            ending.wait(CLOSE_SECONDS)
        except Overdue:
            self._leave_behind(ending, self._hanging_closes)
            log.warning("a stream does not close: the sound server died or hangs; the stream is left behind")

    def _read_list(self) -> None:
        # PortAudio reads the list only while it initialises, and sounddevice has no public name for doing it
        # again: https://github.com/spatialaudio/python-sounddevice/issues/125
        if self._sd._initialized:  # it is not where the last reading failed half-way
            self._sd._terminate()
        self._sd._initialize()  # hushes by itself

    def _refuse_while(self, errands: list[Errand[Any]], most: int = 0) -> None:
        if self._hang(errands) > most:
            raise CaptureError(NO_ANSWER)

    def _hang(self, errands: list[Errand[Any]]) -> int:
        """How many of them still hang; forgets the others."""
        with self._lock:
            errands[:] = [errand for errand in errands if not errand.is_over]
            return len(errands)

    def _leave_behind(self, errand: Errand[Any], among: list[Errand[Any]]) -> None:
        with self._lock:
            among.append(errand)
        atexit.unregister(self._sd._exit_handler)  # it ends PortAudio, which would wait for the same

    def _reason(self, error: Exception, device: InputDevice, rate_hz: int, channels: int) -> CaptureError:
        code = error.args[1] if len(error.args) > 1 else None
        if code in (INVALID_CHANNEL_COUNT, INVALID_SAMPLE_RATE):
            return FormatRefused(f"{device.name}: {rate_hz} Hz with {channels} channel(s) refused")
        return CaptureError(
            f"the microphone {device.name!r} cannot be opened ({error.args[0] if error.args else error}); "
            "close what else records from it, or start the sound server: "
            "`systemctl --user start pipewire-pulse`"
        )


class _Stream:
    """A running sounddevice stream."""

    def __init__(self, stream: Any, close: Callable[[Any], None]) -> None:
        self._stream = stream
        self._close = close

    @property
    def latency_seconds(self) -> float:
        return float(self._stream.latency)

    def close(self) -> None:
        self._close(self._stream)
