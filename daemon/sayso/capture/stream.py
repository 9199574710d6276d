"""One open stream: 16 kHz mono where the device takes it, else its own rate and channels."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from sayso.audio import SAMPLE_RATE_HZ, samples
from sayso.capture.gate import Gate
from sayso.capture.native_rate import NativeRate, block_samples
from sayso.capture.portaudio import InputStream, PortAudio
from sayso.capture.selection import Selection
from sayso.errors import CaptureError, FormatRefused
from sayso.ring import Ring


class MicrophoneStream:
    """From the callback through the gate into the ring, until closed.

    Args:
        portaudio: the edge that opens it.
        selection: what to open.
        ring: 16 kHz; this stream is its one producer.
        rate_hz: the rate to record at; None for 16 kHz and, where that is refused, the device's own.
        can_verify: a sound server will tell where the stream is; nothing passes the gate before it has.
        on_first: called at the first block, from PortAudio's thread.
        on_finished: called when the stream has ended, from PortAudio's thread.
        on_wanted: called when somebody begins to wait for audio, and when nobody does, from PortAudio's thread.

    Raises:
        CaptureError: it cannot be opened, whatever the format.

    """

    def __init__(
        self,
        *,
        portaudio: PortAudio,
        selection: Selection,
        ring: Ring,
        rate_hz: int | None,
        can_verify: bool,
        on_first: Callable[[], None],
        on_finished: Callable[[], None],
        on_wanted: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self.selection = selection
        device = selection.device
        rates = dict.fromkeys([rate_hz] if rate_hz else [SAMPLE_RATE_HZ, device.native_rate_hz])
        channel_counts = dict.fromkeys((1, min(2, device.channels), device.channels))
        refusals = []
        for rate, channels in itertools.product(rates, channel_counts):
            native = NativeRate(rate, ring) if rate != SAMPLE_RATE_HZ else None
            gate = Gate(
                native.ring if native else ring,
                ring,
                on_first,
                is_open=not (can_verify and selection.is_routed),
                on_wanted=on_wanted,
            )
            try:
                stream = portaudio.open(
                    device,
                    rate_hz=rate,
                    channels=channels,
                    block_samples=block_samples(rate),
                    source=selection.source if selection.is_pinned else None,
                    on_block=gate.write,
                    on_finished=on_finished,
                )
            except CaptureError as error:
                gate.shut()  # it may open yet, after nobody waits for it any more
                if native:
                    native.close()
                if not isinstance(error, FormatRefused):
                    raise
                refusals.append(str(error))
            else:
                self.rate_hz, self.gate = rate, gate
                self._stream: InputStream = stream
                self._native = native
                return
        raise CaptureError(
            f"the microphone {selection.label!r} takes none of the formats tried ({'; '.join(refusals)}); "
            "set audio.sample_rate_hz to a rate that its manual names"
        )

    @property
    def latency_samples(self) -> int:
        """How long after the sound its sample reaches the ring, in 16 kHz samples."""
        return samples(self._stream.latency_seconds) + (self._native.latency_samples if self._native else 0)

    def silence(self) -> None:
        """Write no more: after this returns nobody writes to the ring, however long `close` may take."""
        self.gate.shut()
        if self._native:
            self._native.close()

    def close(self) -> None:
        """End it; blocks for milliseconds, or seconds where the sound server died."""
        self.silence()
        self._stream.close()
