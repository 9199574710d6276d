"""Short tones when listening begins, when it ends, and at a problem.

A loudspeaker plays them while the microphone already listens, so they must not be taken for speech: the longest is
shorter than what the segmenter asks for before an utterance begins (160 ms of voice), and soft.
"""

from __future__ import annotations

import atexit
import logging
import queue
import sys
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sayso.capture.chatter import hushed
from sayso.capture.environment import environment

RATE_HZ: Final = 48_000
NOTE_SECONDS, FADE_SECONDS = 0.05, 0.012
TAIL_SECONDS: Final = 0.1  # of silence behind a tone, beyond the stream's latency: closing drops what waits
FULL_VOLUME: Final = 0.25  # amplitude at volume 1: -12 dBFS
STOP_SECONDS: Final = 0.5
STREAM_PROPERTIES: Final = "application.name=sayso application.id=org.sayso.Dictation1 media.role=event"

log = logging.getLogger(__name__)

Tone = NDArray[np.float32]
"""Samples at RATE_HZ, shape (n,), -1 to 1."""


class Sound(StrEnum):
    """What a tone says."""

    START = "start"
    STOP = "stop"
    PROBLEM = "problem"


NOTES_HZ: Final[dict[Sound, tuple[float, ...]]] = {
    Sound.START: (587.33, 880.0),  # D5 A5: rising
    Sound.STOP: (880.0, 587.33),  # falling
    Sound.PROBLEM: (293.66, 293.66),  # D4, twice
}


def tone(sound: Sound, volume: float) -> Tone:
    """The samples of a sound: one note after the other, each fading in and out.

    Args:
        sound: which.
        volume: 0 to 1.

    """
    times = np.arange(round(NOTE_SECONDS * RATE_HZ)) / RATE_HZ
    edges = np.minimum(times, times[::-1]) / FADE_SECONDS
    envelope = np.sin(np.minimum(edges, 1.0) * np.pi / 2) ** 2
    notes = [np.sin(2 * np.pi * hz * times) * envelope for hz in NOTES_HZ[sound]]
    samples: Tone = (np.concatenate(notes) * volume * FULL_VOLUME).astype(np.float32)
    return samples


Play = Callable[[Tone], None]
"""Plays samples to their end; blocks. Raises whatever it likes where there is no loudspeaker."""


class Sounds:
    """Plays sounds on a thread of its own, so that a loudspeaker that hangs holds nothing up.

    Args:
        volume: 0 to 1.
        play: how; None opens the default output for each sound.

    """

    def __init__(self, volume: float, play: Play | None = None) -> None:
        self._volume = volume
        self._play = play if play is not None else play_by_portaudio
        self._asked: queue.Queue[Sound | None] = queue.Queue(maxsize=2)
        self._thread = threading.Thread(target=self._run, name="sayso-sound", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def play(self, sound: Sound) -> None:
        """Have a sound played; returns at once. Where two wait already it is left out: it would come too late."""
        try:
            self._asked.put_nowait(sound)
        except queue.Full:
            log.debug("a sound was left out")

    def stop(self) -> None:
        """Play what is asked for to its end, but wait no longer than STOP_SECONDS."""
        try:
            self._asked.put(None, timeout=STOP_SECONDS)
        except queue.Full:
            pass
        else:
            self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            leave_portaudio()

    def _run(self) -> None:
        """Thread `sayso-sound`: blocks on the loudspeaker, perhaps for ever."""
        while (sound := self._asked.get()) is not None:
            try:
                self._play(tone(sound, self._volume))
            except Exception as error:  # no library, no device, no server: then it is silent
                log.debug("no sound: %s", type(error).__name__)


def play_by_portaudio(samples: Tone) -> None:
    """Open the default output, play, and close it: nothing is held open while nobody listens."""
    with hushed(), environment(PULSE_PROP_OVERRIDE=STREAM_PROPERTIES):
        import sounddevice  # noqa: PLC0415  # needs the C library, and takes 150 ms

        def opened() -> Any:
            # With the low latency a busy machine made gaps in tones, with the high one it did not.
            return sounddevice.OutputStream(RATE_HZ, channels=1, dtype="float32", latency="high")

        try:
            stream = opened()
        except Exception:  # PortAudio knows the devices that were there when it began
            sounddevice._terminate()
            sounddevice._initialize()
            stream = opened()
        with stream:
            silence = np.zeros(round((stream.latency + TAIL_SECONDS) * RATE_HZ), np.float32)
            stream.write(np.concatenate([samples, silence])[:, None])


def leave_portaudio() -> None:
    """Keep PortAudio from being ended at exit, which would wait for a loudspeaker that hangs."""
    sounddevice = sys.modules.get("sounddevice")
    if sounddevice is not None:
        atexit.unregister(sounddevice._exit_handler)
