"""The microphone as a source: opened, watched and reopened in a thread, while the callback fills the ring."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sayso.capture import Report
from sayso.capture.guard import Guard
from sayso.capture.portaudio import PortAudio, load_portaudio
from sayso.capture.remedy import Remedy
from sayso.capture.selection import DEFAULT
from sayso.capture.signals import Mailbox, Rest, ServerChanged, Stop
from sayso.capture.sound_server import SoundServer, load_sound_server
from sayso.capture.voice import FindVoice, VoiceFinder
from sayso.events import ProblemName
from sayso.ring import Ring

STOP_SECONDS = 5.0  # closing takes milliseconds; a sound server that hangs must not keep the service from ending


class Microphone:
    """A `Source` that never gives up: without a microphone it says so and waits for one.

    Args:
        device: "default"; or the name of a source (PulseAudio, PipeWire) or PortAudio device, or a unique
            part of its name or description.
        sample_rate_hz: the rate to record at; None for 16 kHz and, where that is refused, the device's own.
        silence_warning_seconds: warn after so long of digital silence while somebody listens; 0 for never.
        portaudio: the edge to the devices.
        sound_server: the edge to PulseAudio or PipeWire; None where there is no way to ask it, so that a
            stream moved to another source goes unseen.
        mailbox: makes the box in which the guard waits.
        clock: seconds, monotonic.
        find_voice: says how much voice there is in what is hardly heard.

    """

    def __init__(
        self,
        device: str,
        sample_rate_hz: int | None,
        silence_warning_seconds: float,
        portaudio: PortAudio,
        sound_server: SoundServer | None,
        *,
        mailbox: Callable[[], Mailbox] = Mailbox,
        clock: Callable[[], float] = time.monotonic,
        find_voice: FindVoice | None = None,
    ) -> None:
        self._device = device
        self._sample_rate_hz = sample_rate_hz
        self._silence_warning_seconds = silence_warning_seconds
        self._portaudio = portaudio
        self._sound_server = sound_server
        self._new_mailbox = mailbox
        self._clock = clock
        self._find_voice = find_voice or VoiceFinder()
        self._is_resting = False
        self._guard: Guard | None = None
        self._mailbox: Mailbox | None = None
        self._thread: threading.Thread | None = None

    @property
    def latency_samples(self) -> int:
        """How long after the sound its sample reaches the ring; 0 until the microphone was open once."""
        return self._guard.latency_samples if self._guard is not None else 0

    def start(self, ring: Ring, report: Report) -> None:
        """Begin; returns at once, with a microphone or without.

        Args:
            ring: where the audio goes; nobody else may write to it until `stop`.
            report: gets the events, from the thread `sayso-microphone`.

        """
        mailbox = self._new_mailbox()
        guard = Guard(
            device=self._device,
            sample_rate_hz=self._sample_rate_hz,
            silence_warning_seconds=self._silence_warning_seconds,
            portaudio=self._portaudio,
            has_sound_server=self._sound_server is not None,
            ring=ring,
            report=report,
            mailbox=mailbox,
            clock=self._clock,
            find_voice=self._find_voice,
            is_resting=self._is_resting,
        )
        self._mailbox, self._guard = mailbox, guard
        if self._sound_server is not None:
            self._sound_server.watch(guard.doubt, lambda state: mailbox.post(ServerChanged(state)))
        self._thread = threading.Thread(target=guard.run, name="sayso-microphone", daemon=True)
        self._thread.start()

    def remedy_of(self, name: ProblemName) -> Remedy | None:
        """What to do about a problem that was told; None where sayso knows nothing. Any thread."""
        return self._guard.remedy_of(name) if self._guard is not None else None

    def mend(self, name: ProblemName) -> bool:
        """Do what the remedy of a problem says, where that is harmless: unmute, set a volume.

        Blocks for milliseconds, or for ever where the sound server hangs (see `errand`). Any thread.

        Returns:
            Whether it was done; the problem is cleared when the server tells the change. False where only a person
            can decide, and where there is no server.

        """
        remedy = self.remedy_of(name)
        if remedy is None or remedy.fix is None or self._sound_server is None:
            return False
        return self._sound_server.mend(remedy.fix)

    def rest(self, is_resting: bool) -> None:
        """Have no stream open from now on, or open one again; nothing is warned of meanwhile.

        Returns at once; also before `start`, which then opens none. The main thread only.
        """
        if is_resting is not self._is_resting:
            self._is_resting = is_resting
            if self._mailbox is not None:
                self._mailbox.post(Rest(is_resting))

    def stop(self) -> None:
        """Close the stream and end the threads; blocks for milliseconds, at most STOP_SECONDS."""
        if self._thread is None or self._mailbox is None:
            return
        self._mailbox.post(Stop())
        self._thread.join(STOP_SECONDS)
        if self._sound_server is not None:
            self._sound_server.stop()
        self._thread = None


def open_microphone(
    device: str = DEFAULT, sample_rate_hz: int | None = None, silence_warning_seconds: float = 10.0
) -> Microphone:
    """Build a Microphone on this machine's PortAudio and sound server.

    Raises:
        CaptureError: PortAudio is not installed; the message names the package.

    """
    return Microphone(device, sample_rate_hz, silence_warning_seconds, load_portaudio(), load_sound_server())
