"""The doctor's microphone check on real sound servers: what it hears, and what it says is wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.desktop.capture.recorder import SOURCES
from tests.desktop.rig.programs import need
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.sound import MICROPHONE, SPEAKER, SoundRig
from tests.desktop.rig.speech import Speaker, write_tone
from tests.desktop.rig.waiting import until

SENTENCE = "The quick brown fox jumps over the lazy dog, and then it takes a long rest."
CHECK = """
import json, sys, time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sayso.config import load_settings
from sayso.doctor.microphone import check_microphone
settings = load_settings(Path(sys.argv[1]), {"audio.device": sys.argv[2]})
began = time.monotonic()
for finding in check_microphone(settings):
    print(json.dumps({
        "light": finding.light, "message": finding.message, "remedy": finding.remedy,
        "facts": dict(finding.facts), "after": time.monotonic() - began,
    }), flush=True)
"""
GREEN, AMBER, RED = 0, 1, 2
PATIENCE_SECONDS = 30.0
DEADLINE_SECONDS = 7.0  # five, and what a busy machine adds
END_SECONDS = 11.0  # closing a stream of a server that hangs is waited for, after the findings


class Checked:
    """What the check said, in a process of its own: PortAudio keeps its state per process."""

    def __init__(self, rig: SoundRig, device: str = "default") -> None:
        settings = rig.folder / "config.yaml"
        settings.write_text("")
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", CHECK, str(settings), device],
            env={**rig.env, "PYTHONPATH": str(SOURCES)},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        self.seconds = time.monotonic() - began
        assert done.returncode == 0, done.stderr
        self.stderr = done.stderr
        self.findings: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
        assert self.findings
        assert all(finding["after"] < DEADLINE_SECONDS for finding in self.findings), self.findings

    @property
    def only(self) -> dict[str, Any]:
        assert len(self.findings) == 1, self.findings
        return self.findings[0]

    @property
    def messages(self) -> str:
        return "; ".join(finding["message"] for finding in self.findings)

    @property
    def worst(self) -> int:
        return max(finding["light"] for finding in self.findings)


def test_a_voice_is_green_and_the_source_that_delivers_is_named(sound: SoundRig, speech: Speaker) -> None:
    sound.start_playing(speech(SENTENCE))
    checked = Checked(sound)
    assert checked.only["light"] == GREEN, checked.findings
    assert checked.only["message"].startswith(f"{MICROPHONE}-description at 16000 Hz")
    facts = checked.only["facts"]
    assert facts["source"] == MICROPHONE
    assert facts["spoken"] is True
    assert facts["rate_hz"] == 16_000
    assert facts["volume_percent"] == 100
    assert 1.9 < facts["seconds"] < 2.3
    assert -40 < facts["level_dbfs"] < -5
    assert checked.stderr == ""


def test_the_level_is_that_of_what_is_played(sound: SoundRig, tmp_path: Path) -> None:
    sound.start_playing(write_tone(tmp_path / "tone.wav", 440, 20, level=0.1))
    facts = Checked(sound).findings[0]["facts"]
    assert facts["peak_dbfs"] == pytest.approx(-20, abs=0.5)
    assert facts["level_dbfs"] == pytest.approx(-23, abs=0.5)


def test_a_muted_microphone_is_red_and_told_so(sound: SoundRig, speech: Speaker) -> None:
    sound.start_playing(speech(SENTENCE))
    sound.mute()
    checked = Checked(sound)
    assert (checked.only["light"], "muted" in checked.messages) == (RED, True)
    assert checked.only["remedy"] == f"Unmute it there, or: pactl set-source-mute {MICROPHONE} 0"


def test_a_volume_of_nothing_is_red_with_the_command_that_raises_it(sound: SoundRig, speech: Speaker) -> None:
    sound.start_playing(speech(SENTENCE))
    sound.set_volume(0)
    checked = Checked(sound)
    assert checked.only["light"] == RED
    assert checked.only["message"] == f"the input volume of {MICROPHONE}-description is 0 %"
    assert checked.only["remedy"].endswith(f"pactl set-source-volume {MICROPHONE} 100%")


def test_a_default_that_is_what_the_speakers_play_is_amber(sound: SoundRig, speech: Speaker) -> None:
    sound.set_default(f"{SPEAKER}.monitor")
    sound.start_playing(speech(SENTENCE))
    checked = Checked(sound)
    assert checked.only["light"] == AMBER, checked.findings
    assert f"sayso listens to '{MICROPHONE}-description' instead" in checked.messages
    assert checked.only["remedy"].endswith(f"pactl set-default-source {MICROPHONE}")


def test_digital_silence_is_red(sound: SoundRig) -> None:
    checked = Checked(sound)  # nothing is played, and nothing real is behind this microphone
    assert (checked.only["light"], "digital silence" in checked.messages) == (RED, True)


def test_a_microphone_that_clips_is_amber(pulse: PulseRig, tmp_path: Path) -> None:
    pulse.start_playing(write_tone(tmp_path / "shout.wav", 440, 20, level=0.9))
    pulse.set_volume(150)
    checked = Checked(pulse)
    assert checked.worst == AMBER
    assert "clipped" in checked.messages
    assert checked.findings[0]["facts"]["volume_percent"] == 150


def test_a_voice_that_is_too_quiet_is_amber_and_its_volume_named(pulse: PulseRig, speech: Speaker) -> None:
    pulse.start_playing(speech(SENTENCE))
    pulse.set_volume(15)
    checked = Checked(pulse)
    assert checked.worst == AMBER
    assert "too quiet" in checked.messages
    assert "15 %" in checked.findings[0]["remedy"]


def test_a_monitor_that_was_named_is_amber(sound: SoundRig, speech: Speaker) -> None:
    sound.start_playing(speech(SENTENCE))
    checked = Checked(sound, f"{SPEAKER}.monitor")
    assert checked.worst == AMBER
    assert "monitor of your speakers" in checked.messages


def test_a_microphone_that_another_program_records_from_is_heard_too(sound: SoundRig, speech: Speaker) -> None:
    with subprocess.Popen(
        [need("parec", "pulseaudio-utils"), f"--device={MICROPHONE}", "/dev/null"], env=sound.env
    ) as other:
        try:
            sound.start_playing(speech(SENTENCE))
            assert Checked(sound).worst == GREEN
        finally:
            other.kill()


def test_a_headset_in_its_telephone_profile_is_amber(pulse: PulseRig, speech: Speaker) -> None:
    # There is no radio here: the properties are those that PulseAudio gives to such a source.
    name = "bluez_source.74_D7_13_E4_27_D8.headset_head_unit"
    properties = "device.bus=bluetooth bluetooth.protocol=headset_head_unit bluetooth.codec=CVSD"
    pulse._pactl(
        "load-module",
        "module-remap-source",
        f"source_name={name}",
        f"master={SPEAKER}.monitor",
        f'source_properties="{properties}"',
    )
    pulse.set_default(name)
    pulse.start_playing(speech(SENTENCE))
    checked = Checked(pulse)
    assert checked.only["light"] == AMBER, checked.findings
    assert "telephone profile (headset_head_unit, cvsd)" in checked.messages
    assert checked.only["facts"]["bluetooth_codec"] == "cvsd"
    assert "74_D7" not in repr(checked.findings)


def test_without_any_microphone_it_is_red_with_what_to_do(sound: SoundRig) -> None:
    sound.unplug()
    checked = Checked(sound)
    assert checked.only["light"] == RED
    assert "monitor of your speakers" in checked.messages
    assert "Plug in a microphone" in checked.only["remedy"]


def test_a_name_that_fits_none_is_red_with_the_nearest(pulse: PulseRig) -> None:
    checked = Checked(pulse, "vmik")
    assert checked.only["light"] == RED
    assert f"did you mean {MICROPHONE!r}?" in checked.only["remedy"]


def test_without_a_sound_server_it_is_red_with_how_to_start_one(pulse: PulseRig) -> None:
    pulse.end_server()
    checked = Checked(pulse)
    assert checked.only["light"] == RED
    assert "no sound server" in checked.messages
    assert "systemctl --user start pipewire-pulse" in checked.only["remedy"]


def test_a_sound_server_that_hangs_is_told_in_time_and_keeps_nobody_from_ending(pulse: PulseRig) -> None:
    with frozen(pulse):
        checked = Checked(pulse)
    assert checked.only["light"] == RED
    assert "does not answer" in checked.messages
    assert checked.seconds < END_SECONDS


def test_a_sound_server_that_hangs_while_it_is_recorded_from_keeps_nobody_from_ending(
    pulse: PulseRig, speech: Speaker
) -> None:
    pulse.start_playing(speech(SENTENCE))
    with checking(pulse) as check:
        until(lambda: is_recorded(pulse), "the check to record")
        with frozen(pulse):
            findings = said(check)
    assert findings[0]["light"] >= AMBER
    assert all(finding["after"] < DEADLINE_SECONDS for finding in findings), findings


def test_a_microphone_that_is_suspended_is_told_in_time(pulse: PulseRig, speech: Speaker) -> None:
    # Only PulseAudio suspends while somebody records; PipeWire refuses the request.
    pulse.start_playing(speech(SENTENCE))
    with checking(pulse) as check:
        until(lambda: is_recorded(pulse), "the check to record")
        pulse.suspend()
        findings = said(check)
    assert any(word in repr(findings) for word in ("broke off", "delivers nothing")), findings
    assert all(finding["after"] < DEADLINE_SECONDS for finding in findings), findings


@contextmanager
def frozen(rig: PulseRig) -> Iterator[None]:
    """The server takes connections and does not answer."""
    assert rig._server is not None
    rig._server._process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        rig._server._process.send_signal(signal.SIGCONT)


@contextmanager
def checking(rig: SoundRig) -> Iterator[subprocess.Popen[str]]:
    """The check under way."""
    settings = rig.folder / "config.yaml"
    settings.write_text("")
    with subprocess.Popen(
        [sys.executable, "-c", CHECK, str(settings), "default"],
        env={**rig.env, "PYTHONPATH": str(SOURCES)},
        stdout=subprocess.PIPE,
        text=True,
    ) as check:
        try:
            yield check
        finally:
            check.kill()


def said(check: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """What it has found, once it has ended by itself."""
    output, _ = check.communicate(timeout=END_SECONDS)
    assert check.returncode == 0
    return [json.loads(line) for line in output.splitlines()]


def is_recorded(rig: SoundRig) -> bool:
    """Whether the check's stream is open, beside that of the virtual microphone itself."""
    return "sayso" in rig._pactl("list", "source-outputs").stdout
