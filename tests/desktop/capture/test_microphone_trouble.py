"""Everything else that can happen to a microphone: suspended, muted, too loud, unknown, its server gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.desktop.capture.recorder import SOURCES, Recorder
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.sound import MICROPHONE, SPEAKER, SoundRig
from tests.desktop.rig.speech import write_tone

ATTEMPTS = 8


def test_a_suspended_microphone_is_reported_and_goes_on_when_it_wakes(pulse: PulseRig) -> None:
    # Only PulseAudio suspends while somebody records; PipeWire refuses the request.
    with Recorder(pulse) as recorder:
        recorder.wait_for("CaptureOpened")
        recorder.wait_for_audio(0.1)
        pulse.suspend()
        recorder.wait_for("CaptureInterrupted")
        recorder.wait_for("Problem", name="microphone-stalled")
        pulse.resume()
        recorder.wait_for("CaptureOpened")
        recorder.wait_for("ProblemCleared", name="microphone-stalled")
        recorder.wait_for_audio(0.3)


def test_a_sound_server_that_dies_is_waited_for(sound: SoundRig) -> None:
    with Recorder(sound) as recorder:
        recorder.wait_for("CaptureOpened")
        recorder.wait_for_audio(0.1)
        sound.kill_server()
        recorder.wait_for("CaptureInterrupted")
        recorder.wait_for("Problem", name="microphone-lost")
        sound.start_server()
        recorder.wait_for("CaptureOpened", device=f"{MICROPHONE}-description")
        recorder.wait_for("ProblemCleared", name="microphone-lost")
        recorder.wait_for_audio(0.3)
        sound.unplug()
        recorder.wait_for("Problem", name="microphone-moved")  # the new server is watched like the old one


def test_a_sound_server_that_starts_after_us_is_found(sound: SoundRig) -> None:
    sound.end_server()
    with Recorder(sound) as recorder:
        absent = recorder.wait_for("Problem", name="microphone-absent")
        sound.start_server()
        recorder.wait_for("CaptureOpened", device=f"{MICROPHONE}-description")
        recorder.wait_for("ProblemCleared", name="microphone-absent")
        recorder.wait_for_audio(0.3)
    assert "no sound server" in absent["message"]
    assert recorder.stderr() == ""


def test_a_microphone_that_gives_only_zeros_is_reported_until_sound_returns(
    sound: SoundRig, tmp_path: Path
) -> None:
    with Recorder(sound, silence_warning_seconds=1) as recorder:
        recorder.wait_for("CaptureOpened")
        recorder.listen()
        assert "nothing but silence" in recorder.wait_for("Problem", name="microphone-silent")["message"]
        sound.start_playing(write_tone(tmp_path / "voice.wav", 440, 60))
        recorder.wait_for("ProblemCleared", name="microphone-silent")


def test_a_microphone_that_clips_is_reported_until_it_is_turned_down(pulse: PulseRig, tmp_path: Path) -> None:
    pulse.start_playing(write_tone(tmp_path / "shout.wav", 440, 60, level=0.9))
    with Recorder(pulse) as recorder:
        recorder.wait_for("CaptureOpened")
        recorder.listen()
        pulse.set_volume(150)
        recorder.wait_for("Problem", name="microphone-clipping")
        pulse.set_volume(50)
        recorder.wait_for("ProblemCleared", name="microphone-clipping")


def test_an_unknown_name_is_answered_with_what_there_is_and_the_nearest(pulse: PulseRig) -> None:
    with Recorder(pulse, device="vmik") as recorder:
        message = recorder.wait_for("Problem", name="microphone-absent")["message"]
        assert f"did you mean {MICROPHONE!r}?" in message
        assert f"{SPEAKER}.monitor" in message


def describe_absence(rig: SoundRig) -> str:
    """Ask in a process of its own, as `sayso run` does; returns all that it prints."""
    question = "from sayso.capture.presence import describe_absence; print(describe_absence())"
    done = subprocess.run(
        [sys.executable, "-c", question],
        env={**rig.env, "PYTHONPATH": str(SOURCES)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=20,
        check=True,
    )
    return done.stdout.strip()


def test_the_absence_of_a_microphone_is_said_in_one_line(sound: SoundRig) -> None:
    assert describe_absence(sound) == "None"
    sound.unplug()
    assert "monitor of your speakers" in describe_absence(sound)
    sound.end_server()
    absence = describe_absence(sound)
    assert absence.startswith("no microphone: no sound server is running")
    assert "\n" not in absence


@pytest.mark.alone
@pytest.mark.parametrize("seconds", [pytest.param(5), pytest.param(60, marks=pytest.mark.soak)])
def test_listening_to_an_open_microphone_costs_next_to_nothing(sound: SoundRig, seconds: int) -> None:
    with Recorder(sound) as recorder:
        recorder.wait_for("CaptureOpened")
        recorder.wait_for_audio(2.0)  # what opening costs is over: the figure is of listening
        shares = [_share_of_a_core(recorder, seconds)]
        # Other work on the machine, or on the one below it, slows each cycle down and never speeds one up: the
        # least is the cost.
        while min(shares) >= 0.01 and len(shares) < ATTEMPTS:
            shares.append(_share_of_a_core(recorder, seconds))
    assert min(shares) < 0.01


def _share_of_a_core(recorder: Recorder, seconds: float) -> float:
    before = recorder.cpu()
    after = recorder.cpu(after_seconds=seconds)
    return float((after["seconds"] - before["seconds"]) / (after["clock"] - before["clock"]))
