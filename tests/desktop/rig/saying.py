"""Somebody speaks into the microphone, and the test knows how far they have come."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from tests.desktop.rig.phrases import AUDIBLE, Phrase
from tests.desktop.rig.programs import Program, need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.sound import SPEAKER, SoundRig
from tests.desktop.rig.waiting import until

RATE_HZ = 16_000
PATIENCE_SECONDS = 20.0


class Saying(Rig):
    """A phrase that is played while the speaker's own monitor tells which part of it has sounded.

    Time is that of the sound, not of the clock: a machine that is busy shifts both alike.

    Args:
        rig: whose speaker plays it.
        phrase: what is said.
        speaker: the speaker's name.

    """

    def __init__(self, rig: SoundRig, phrase: Phrase, speaker: str = SPEAKER) -> None:
        self._rig = rig
        self._phrase = phrase
        self._speaker = speaker
        self._changed = threading.Condition()
        self._heard_samples = 0
        self._onset_sample: int | None = None
        self._player: Program | None = None
        self.began = 0.0
        self._ear = subprocess.Popen(
            [
                *(need("parec", "pulseaudio-utils"), f"--device={speaker}.monitor", "--raw"),
                *("--format=s16le", f"--rate={RATE_HZ}", "--channels=1", "--latency-msec=20"),
            ],
            env=rig.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _enter(self) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._heard_samples, PATIENCE_SECONDS):
                pytest.fail(f"the monitor of {self._speaker} is not heard\n{self._rig.logs()}")
        self.began = time.monotonic()
        self._player = self._rig.start_playing(self._phrase.wav, self._speaker)

    def _leave(self) -> None:
        if self._player is not None and self._player.is_running:
            self._player.end()
        self._ear.terminate()
        self._ear.wait(PATIENCE_SECONDS)
        self._reader.join()
        assert self._ear.stdout is not None
        self._ear.stdout.close()

    def _listen(self) -> None:
        assert self._ear.stdout is not None
        rest = b""
        while data := self._ear.stdout.read1(4096):
            whole = len(rest + data) // 2 * 2
            block = np.frombuffer((rest + data)[:whole], dtype="<i2").astype(np.int32)
            rest = (rest + data)[whole:]
            with self._changed:
                if self._onset_sample is None:
                    loud = np.flatnonzero(np.abs(block) > AUDIBLE)
                    self._onset_sample = self._heard_samples + int(loud[0]) if len(loud) else None
                self._heard_samples += len(block)
                self._changed.notify_all()

    @property
    def position(self) -> float:
        """Which second of the file sounds now; 0 before it begins."""
        if self._onset_sample is None:
            return 0.0
        return self._phrase.onset + (self._heard_samples - self._onset_sample) / RATE_HZ

    def wait(self, seconds: float) -> float:
        """Wait until that second of the file sounds; returns the position."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.position >= seconds, PATIENCE_SECONDS + seconds):
                pytest.fail(f"{seconds:.2f} s of {self._phrase.text!r} never sounded\n{self._rig.logs()}")
            return self.position

    def cut_off(self, seconds: float, trouble: Callable[[], object]) -> tuple[float, float]:
        """Make trouble when that second of the file sounds; returns the positions before it and after it."""
        at_the_earliest = self.wait(seconds)
        trouble()
        return at_the_earliest, self.position

    def wait_to_end(self) -> None:
        """Wait until all of it has been played."""
        assert self._player is not None
        player = self._player
        self.wait(self._phrase.hush)
        until(lambda: not player.is_running, "the player to end", PATIENCE_SECONDS)


def say(rig: SoundRig, phrase: Phrase, speaker: str = SPEAKER) -> None:
    """Say a phrase to its end."""
    rig.play(phrase.wav, speaker)
