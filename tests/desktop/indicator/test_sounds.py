"""Tones that are really heard: what a real sound server plays, recorded."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.desktop.indicator.conftest import Service, Show
from tests.desktop.rig.programs import need
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.sound import SPEAKER
from tests.desktop.rig.waiting import until

from sayso.events import State

RATE_HZ = 48_000
HEARD = 0.002  # of full scale: an empty null sink gives exact silence
TONE_SECONDS = 0.1
PAUSE_SECONDS = 0.1


@contextmanager
def recording(pulse: PulseRig, path: Path) -> Iterator[Path]:
    """Record what the speaker plays, as samples of 16 bits."""
    with path.open("wb") as out:
        command = [need("parec", "pulseaudio-utils"), f"--device={SPEAKER}.monitor", f"--rate={RATE_HZ}"]
        recorder = subprocess.Popen(
            [*command, "--channels=1", "--format=s16le", "--latency-msec=20"], env=pulse.env, stdout=out
        )
        try:
            until(lambda: path.stat().st_size > 0, "the recorder")
            yield path
        finally:
            recorder.terminate()
            recorder.wait(10)


def tones(path: Path) -> list[tuple[float, float]]:
    """What was heard and is over: of each tone its length in seconds, and the strongest frequency at its end."""
    data = path.read_bytes()
    samples: NDArray[np.float64] = np.frombuffer(data[: len(data) // 2 * 2], "<i2") / 32_768
    loud = np.flatnonzero(np.abs(samples) > HEARD)
    if not len(loud):
        return []
    heard = []
    for part in np.split(loud, np.flatnonzero(np.diff(loud) > PAUSE_SECONDS * RATE_HZ) + 1):
        if part[-1] > len(samples) - PAUSE_SECONDS * RATE_HZ:
            continue
        tone = samples[part[0] : part[-1] + 1]
        end = tone[-len(tone) // 3 :]
        heard.append((len(tone) / RATE_HZ, float(np.argmax(np.abs(np.fft.rfft(end, RATE_HZ))))))
    return heard


def test_start_and_stop_are_heard_as_short_tones_that_differ(
    pulse: PulseRig, service: Service, show: Show, tmp_path: Path
) -> None:
    with recording(pulse, tmp_path / "heard") as heard:
        show(pulse.env, sounds=True, volume=1)
        service.become(State.LISTENING)
        until(lambda: len(tones(heard)) == 1, "the first tone")
        service.become(State.SPEAKING)
        service.become(State.IDLE)
        until(lambda: len(tones(heard)) == 2, "the second tone")
    (start_seconds, start_hz), (stop_seconds, stop_hz) = tones(heard)
    assert abs(start_seconds - TONE_SECONDS) < 0.02
    assert abs(stop_seconds - TONE_SECONDS) < 0.02
    assert abs(start_hz - 880) < 30
    assert abs(stop_hz - 587) < 30
    until(lambda: not streams(pulse), "the loudspeaker to be given back")


def streams(pulse: PulseRig) -> str:
    """What plays now, as the sound server lists it."""
    command = ["pactl", "list", "short", "sink-inputs"]
    return subprocess.run(command, env=pulse.env, capture_output=True, text=True, timeout=10, check=True).stdout


def test_without_a_sound_server_it_is_silent(service: Service, show: Show, tmp_path: Path) -> None:
    indicator = show({"PULSE_SERVER": f"unix:{tmp_path}/nowhere"}, sounds=True)
    service.become(State.LISTENING)
    service.become(State.IDLE)
    indicator.terminate()
    assert indicator.wait() == 0
    assert indicator.output == ""
