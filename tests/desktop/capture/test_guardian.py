"""Warned before speech is lost: each remedy is the command that mends it, on real sound servers."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray
from tests.desktop.capture.recorder import Recorder
from tests.desktop.capture.test_capture_quality import correlation
from tests.desktop.rig.programs import COMMAND_SECONDS
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.sound import MICROPHONE, SPEAKER, SoundRig
from tests.desktop.rig.speech import Speaker, read_wav

SENTENCE = "The quick brown fox jumps over the lazy dog in the garden."


def obey(rig: SoundRig, message: str) -> None:
    """Type the command of a problem's message into a shell of the rig."""
    command = shlex.split(message.rpartition(": ")[2])
    assert command[0] == "pactl", message
    subprocess.run(command, env=rig.env, timeout=COMMAND_SECONDS, check=True, capture_output=True)


def load(rig: SoundRig, *module: str) -> None:
    """Load a module into the rig's sound server."""
    command = ["pactl", "load-module", *module]
    subprocess.run(command, env=rig.env, timeout=COMMAND_SECONDS, check=True, capture_output=True)


def test_a_muted_microphone_is_told_of_when_listening_begins_and_its_command_unmutes_it(sound: SoundRig) -> None:
    with Recorder(sound, silence_warning_seconds=60) as recorder:
        recorder.wait_for("CaptureOpened")
        sound.mute()
        recorder.cpu(after_seconds=0.3)
        assert recorder.names() == []
        recorder.listen()
        told = recorder.wait_for("Problem", name="microphone-muted")
        assert "is muted in the sound settings; unmute it" in told["message"]
        obey(sound, told["message"])
        recorder.wait_for("ProblemCleared", name="microphone-muted")
        assert recorder.names() == ["microphone-muted"]


def test_what_nobody_listens_to_may_be_muted(pulse: PulseRig) -> None:
    with Recorder(pulse, silence_warning_seconds=1) as recorder:
        recorder.wait_for("CaptureOpened")
        pulse.mute()
        recorder.cpu(after_seconds=2.2)  # longer than any warning waits here
        assert recorder.names() == []


def test_a_volume_of_nothing_is_told_of_at_once_and_mended_on_request(sound: SoundRig) -> None:
    with Recorder(sound, silence_warning_seconds=60) as recorder:
        recorder.wait_for("CaptureOpened")
        recorder.listen()
        sound.set_volume(0)
        told = recorder.wait_for("Problem", name="microphone-muted")
        assert told["message"].endswith(f"pactl set-source-volume {MICROPHONE} 100%")
        assert recorder.mend("microphone-muted")
        recorder.find("ProblemCleared", name="microphone-muted")


def test_a_voice_that_is_too_quiet_is_told_of_until_the_volume_is_raised(pulse: PulseRig, speech: Speaker) -> None:
    with Recorder(pulse) as recorder:
        recorder.wait_for("CaptureOpened")
        pulse.set_volume(25)  # 36 dB less
        recorder.listen()
        pulse.play(speech(SENTENCE))
        recorder.listen(on=False)
        told = recorder.wait_for("Problem", name="microphone-quiet")
        assert "your voice reaches -" in told["message"]
        obey(pulse, told["message"])
        recorder.wait_for("ProblemCleared", name="microphone-quiet")
        recorder.listen()
        pulse.play(speech(SENTENCE))
        recorder.listen(on=False)
        recorder.cpu(after_seconds=0.3)
        assert recorder.names() == ["microphone-quiet"]


def test_a_headset_in_its_telephone_profile_is_told_of_with_a_better_microphone(sound: SoundRig) -> None:
    properties = (
        "device.description=Earphones device.bus=bluetooth bluetooth.codec=CVSD bluetooth.protocol=headset"
    )
    load(
        sound,
        "module-remap-source",
        "source_name=bluez_source.00_11_22_33_44_55.headset",
        f"master={SPEAKER}.monitor",
        "rate=8000",
        "channels=1",
        f'source_properties="{properties}"',
    )
    sound.set_default("bluez_source.00_11_22_33_44_55.headset")
    with Recorder(sound) as recorder:
        recorder.wait_for("CaptureOpened")
        recorder.listen()
        told = recorder.wait_for("Problem", name="microphone-telephone")
        assert "half of the frequencies are missing" in told["message"]
        obey(sound, told["message"])
        recorder.wait_for("CaptureOpened", device=f"{MICROPHONE}-description")
        recorder.find("ProblemCleared", name="microphone-telephone")


def test_a_default_that_is_what_the_speakers_play_is_told_of_and_its_command_chooses_ours(sound: SoundRig) -> None:
    sound.set_default(f"{SPEAKER}.monitor")
    with Recorder(sound) as recorder:
        recorder.wait_for("CaptureOpened", device=f"{MICROPHONE}-description")
        recorder.listen()
        told = recorder.wait_for("Problem", name="microphone-wrong")
        assert told["message"].endswith(f"pactl set-default-source {MICROPHONE}")
        obey(sound, told["message"])
        recorder.wait_for("ProblemCleared", name="microphone-wrong")


def test_a_monitor_that_is_made_the_default_takes_no_microphone_away(sound: SoundRig) -> None:
    with Recorder(sound) as recorder:
        recorder.wait_for("CaptureOpened")
        recorder.wait_for_audio(0.1)
        sound.set_default(f"{SPEAKER}.monitor")
        recorder.wait_for("CaptureInterrupted")
        recorder.wait_for("CaptureOpened", device=f"{MICROPHONE}-description")
        recorder.wait_for_audio(0.3)  # for which somebody waits
        recorder.find("Problem", name="microphone-wrong")
        assert set(recorder.names()) == {"microphone-wrong"}


def as_captured(wav: Path) -> NDArray[np.float64]:
    """A file as the microphone would give it."""
    samples, rate_hz = read_wav(wav)
    played: NDArray[np.float64] = soxr.resample(samples.astype(np.float64), rate_hz, 16_000, quality="VHQ")
    return played


def test_the_first_words_after_a_sleep_are_heard_from_their_beginning(pulse: PulseRig, speech: Speaker) -> None:
    # Only PulseAudio suspends while somebody records; PipeWire refuses the request.
    wav = speech(SENTENCE)
    with Recorder(pulse) as recorder:
        recorder.wait_for("CaptureOpened")
        recorder.wait_for_audio(0.2)
        pulse.suspend()
        at = recorder.wait_for("CaptureInterrupted")["at_sample"]
        recorder.wait_for("Problem", name="microphone-stalled")
        recorder.cpu(after_seconds=2.5)  # by now another stream would have been tried, and given up again
        pulse.resume()
        pulse.play(wav)
        recorder.wait_for("CaptureOpened")
        recorder.wait_for("ProblemCleared", name="microphone-stalled")
        recorder.wait_for_audio(0.3)
        audio = recorder.audio()
    assert correlation(as_captured(wav), audio[at:].astype(np.float64)) > 0.95
    assert recorder.names() == ["microphone-stalled"]


@pytest.mark.alone
def test_a_server_that_is_back_is_listened_to_within_three_seconds(sound: SoundRig) -> None:
    with Recorder(sound) as recorder:
        recorder.wait_for("CaptureOpened")
        recorder.wait_for_audio(0.1)
        sound.kill_server()
        recorder.wait_for("CaptureInterrupted")
        recorder.cpu(after_seconds=3.0)  # by now both sides wait as long as they ever do
        seen = len(recorder.told)
        sound.start_server()
        up = recorder.cpu()["clock"]
        assert recorder.find("CaptureOpened", after=seen)["clock"] - up < 3.0
