"""What is said about a microphone that was tried, however that went."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sayso.audio import SAMPLE_RATE_HZ
from sayso.capture.bluetooth import Bluetooth
from sayso.capture.facts import ServerState, SoundSource
from sayso.capture.portaudio import NO_ANSWER
from sayso.doctor import Light
from sayso.doctor.microphone import Attempt, is_taken, judge
from sayso.doctor.mixer import Headset, Mixer, mixer_of
from sayso.events import Problem, ProblemName

ROOM = np.random.default_rng(1).normal(0, 30, 2 * SAMPLE_RATE_HZ).astype(np.int16)
DESK = SoundSource("desk", "Desk microphone")
SET = ServerState("desk", (DESK,), "desk")
WELL = Attempt(ROOM, "Desk microphone", 16_000, mixer=Mixer(SET, 48_000))
NOWHERE = ServerState("", ())
UNHEARD = Attempt(ROOM[:0])
EARPHONES = Headset("Kim's earphones", True)
ADDRESS = "74_D7_13_E4_27_D8"


def absent(message: str) -> Problem:
    return Problem(ProblemName.MICROPHONE_ABSENT, message)


def test_a_microphone_that_delivers_is_green_with_its_name_and_figures() -> None:
    (finding,) = judge(WELL)
    assert finding.light is Light.GREEN
    assert finding.message.startswith("Desk microphone at 16000 Hz: level -61 dBFS")
    assert finding.facts["source"] == "desk"
    assert finding.facts["device_rate_hz"] == 48_000


def test_without_a_sound_server_it_is_judged_all_the_same() -> None:
    (finding,) = judge(replace(WELL, mixer=None))
    assert finding.light is Light.GREEN
    assert finding.facts["source"] is None


def test_the_worst_comes_first_and_brings_the_figures_along() -> None:
    muted = replace(SET, sources=(replace(DESK, is_muted=True),), is_muted=True)
    first, second = judge(replace(WELL, audio=np.zeros_like(ROOM), overflows=3, mixer=Mixer(muted)))
    assert (first.light, first.message) == (Light.RED, "Desk microphone is muted in the sound settings")
    assert first.remedy == "Unmute it there, or: pactl set-source-mute desk 0"
    assert (second.light, second.message) == (Light.AMBER, "Desk microphone: audio was lost 3 times in 2 s")
    assert first.facts["overflows"] == 3
    assert not second.facts


def test_a_stream_that_broke_off_is_told() -> None:
    (finding,) = judge(replace(WELL, breaks=1))
    assert "broke off 1 times" in finding.message


def test_a_telephone_profile_is_amber_and_its_owner_is_not_named() -> None:
    telephone = Bluetooth("headset-head-unit", "cvsd", 8_000)
    source = SoundSource(f"bluez_input.{ADDRESS}.0", EARPHONES.description, bluetooth=telephone)
    state = ServerState(source.name, (source,), source.name)
    mixer = mixer_of(state, {source.name: 8_000}, (EARPHONES,))
    (finding,) = judge(replace(WELL, device=EARPHONES.description, mixer=mixer))
    assert finding.light is Light.AMBER
    assert "telephone profile" in finding.message
    assert finding.facts["bluetooth_codec"] == "cvsd"
    assert "Kim" not in repr(finding)
    assert ADDRESS not in repr(finding)


def test_a_default_that_is_a_monitor_is_amber_although_another_is_listened_to() -> None:
    monitor = SoundSource("speakers.monitor", "Monitor of Speakers", is_monitor=True)
    mixer = Mixer(replace(SET, default_source=monitor.name, sources=(DESK, monitor)))
    (finding,) = judge(replace(WELL, mixer=mixer))
    assert finding.light is Light.AMBER
    assert "sayso listens to 'Desk microphone' instead" in finding.message
    assert finding.remedy == "Make that one the default: pactl set-default-source desk"
    (finding,) = judge(replace(WELL, mixer=mixer, is_named=True))
    assert finding.light is Light.GREEN


def test_no_microphone_is_red_with_what_capture_says_to_do() -> None:
    (finding,) = judge(replace(UNHEARD, problem=absent("no microphone: no source; plug in a microphone")))
    assert finding.light is Light.RED
    assert (finding.message, finding.remedy) == ("no microphone: no source", "Plug in a microphone")


def test_where_there_is_none_a_headset_that_plays_music_is_pointed_at() -> None:
    mixer = Mixer(NOWHERE, None, (replace(EARPHONES, is_listening=False),))
    (finding,) = judge(replace(UNHEARD, problem=absent("no microphone: no source; plug one in"), mixer=mixer))
    assert "Plug one in. a Bluetooth headset plays music" in finding.remedy


def test_the_names_of_what_there_is_are_told_without_addresses() -> None:
    mixer = Mixer(NOWHERE, None, (EARPHONES,))
    problem = absent(f"audio.device: there is no 'vmik'; there are bluez_input.{ADDRESS}.0, vmic")
    (finding,) = judge(replace(UNHEARD, problem=problem, mixer=mixer))
    assert ADDRESS not in repr(finding)
    assert "vmic" in finding.remedy


@pytest.mark.parametrize(
    "attempt", [replace(UNHEARD, is_hanging=True), replace(UNHEARD, problem=absent(NO_ANSWER))]
)
def test_a_sound_server_that_hangs_is_red_with_how_to_restart_it(attempt: Attempt) -> None:
    (finding,) = judge(attempt)
    assert finding.light is Light.RED
    assert "does not answer" in finding.message
    assert "restart pipewire-pulse" in finding.remedy


def test_a_sound_card_that_another_program_has_is_amber_without_a_sound_server_only() -> None:
    taken = replace(UNHEARD, problem=absent("no microphone: ALSA lists no input; plug one in"), is_taken=True)
    (finding,) = judge(taken)
    assert finding.light is Light.AMBER
    assert "busy" in finding.message
    (finding,) = judge(replace(taken, mixer=Mixer(NOWHERE)))
    assert finding.light is Light.RED


def test_an_open_microphone_that_delivers_nothing_is_red() -> None:
    (finding,) = judge(replace(UNHEARD, device="Desk microphone"))
    assert finding.light is Light.RED
    assert "Desk microphone is open but delivers nothing" in finding.message


def test_an_input_is_taken_when_some_program_has_it_open(tmp_path: Path) -> None:
    assert not is_taken(tmp_path)
    for card, state in (("card0/pcm0c", "closed\n"), ("card0/pcm0p", "state: RUNNING\n")):
        status = tmp_path / card / "sub0" / "status"
        status.parent.mkdir(parents=True)
        status.write_text(state)
    assert not is_taken(tmp_path)
    (tmp_path / "card0/pcm0c/sub0/status").write_text("state: RUNNING\nowner_pid   : 7\n")
    assert is_taken(tmp_path)
