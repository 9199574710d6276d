"""What the sound server tells the doctor of a microphone; and what of names is for no bug report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.capture.bluetooth import Bluetooth
from sayso.capture.facts import ServerState, SoundSource
from sayso.capture.warning import of_the_server
from sayso.doctor import Light
from sayso.doctor.mixer import A_HEADSET, Headset, Mixer, anonymous, deaf_headset, mixer_of, server_faults

EARS = "bluez_input.74_D7_13_E4_27_D8.0"
DESK = SoundSource("desk", "Desk microphone", volume_percent=80)
MONITOR = SoundSource("speakers.monitor", "Monitor of Speakers", is_monitor=True)
WELL = ServerState("desk", (DESK, MONITOR), "desk", stream=7, stream_volume_percent=100)


def headset(codec: str, rate_hz: int = 48_000) -> ServerState:
    ears = SoundSource(EARS, "Kim's earphones", bluetooth=Bluetooth("headset-head-unit", codec, rate_hz))
    return ServerState(EARS, (ears,), EARS)


def told(state: ServerState, *, is_named: bool = False) -> list[tuple[Light, str, str]]:
    found = server_faults(mixer_of(state, {}), is_named=is_named)
    return [(fault.light, fault.message, fault.remedy) for fault in found]


def test_what_is_recorded_is_what_the_server_says_of_it() -> None:
    mixer = mixer_of(WELL, {"desk": 44_100, "other": 8_000})
    assert (mixer.source, mixer.rate_hz) == (DESK, 44_100)
    nowhere = mixer_of(replace(WELL, recorded=None), {"desk": 44_100})
    assert (nowhere.source, nowhere.rate_hz) == (None, None)
    assert mixer_of(replace(WELL, recorded="gone"), {"desk": 44_100}).source is None


def test_the_name_that_its_owner_gave_to_a_headset_is_not_taken_over() -> None:
    mixer = mixer_of(headset("msbc"), {EARS: 16_000})
    assert mixer.source is not None
    assert (mixer.source.name, mixer.source.description) == (EARS, A_HEADSET)


def test_a_microphone_that_is_set_well_has_no_fault() -> None:
    assert told(WELL) == []


@pytest.mark.parametrize(
    ("state", "light"),
    [
        (replace(WELL, sources=(replace(DESK, is_muted=True),), is_muted=True), Light.RED),
        (replace(WELL, sources=(replace(DESK, volume_percent=0),)), Light.RED),
        (replace(WELL, default_source=MONITOR.name), Light.AMBER),
        (headset("cvsd"), Light.AMBER),
    ],
    ids=["muted", "volume 0", "default is a monitor", "telephone"],
)
def test_what_the_server_has_set_wrong_is_told_in_the_service_s_own_words(
    state: ServerState, light: Light
) -> None:
    (warning,) = of_the_server(mixer_of(state, {}).state, is_named=False)
    assert told(state) == [(light, warning.what, str(warning.remedy))]


def test_a_volume_of_nothing_comes_with_the_command_that_raises_it() -> None:
    ((_, message, remedy),) = told(replace(WELL, sources=(replace(DESK, volume_percent=0),)))
    assert message == "the input volume of Desk microphone is 0 %"
    assert remedy.endswith("pactl set-source-volume desk 100%")


@pytest.mark.parametrize("changed", [{"is_muted": True}, {"stream_volume_percent": 0}])
def test_of_a_stream_of_ours_that_is_muted_no_number_is_told_which_is_nobody_s_by_then(
    changed: dict[str, int],
) -> None:
    ((light, message, remedy),) = told(replace(WELL, **changed))  # type: ignore[arg-type]  # either is right
    assert light is Light.RED
    assert message.startswith("sayso")
    assert "7" not in remedy
    assert "among what is recording" in remedy


def test_a_default_that_is_a_monitor_is_nothing_to_who_named_a_microphone() -> None:
    assert told(replace(WELL, default_source=MONITOR.name), is_named=True) == []


@pytest.mark.parametrize("state", [headset("cvsd"), headset("", rate_hz=8_000)])
def test_the_codec_of_telephones_costs_words(state: ServerState) -> None:
    ((light, message, remedy),) = told(state)
    assert light is Light.AMBER
    assert "half of the frequencies" in message
    assert "Kim" not in message + remedy


@pytest.mark.parametrize("state", [headset("msbc"), headset("lc3_swb"), headset("", rate_hz=16_000)])
def test_a_headset_with_16_khz_is_good_enough(state: ServerState) -> None:
    assert told(state) == []


def test_a_headset_that_plays_music_is_told_how_it_gets_its_microphone() -> None:
    remedy = deaf_headset(Mixer(WELL, None, (Headset("Kim's earphones", False),)))
    assert "A2DP" in remedy
    assert "headset profile" in remedy
    assert "Kim" not in remedy


def test_nothing_is_said_where_no_headset_is_deaf() -> None:
    assert deaf_headset(None) == ""
    assert deaf_headset(Mixer(WELL)) == ""
    assert deaf_headset(Mixer(WELL, None, (Headset("Kim's earphones", True),))) == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("bluez_input.74_D7_13_E4_27_D8.0", "bluez_input.….0"),
        ("bluez_source.74:d7:13:e4:27:d8.headset", "bluez_source.….headset"),
        (
            "alsa_input.usb-Blue_Microphones_Yeti_797_2018_06_09_52424-00.analog-stereo",
            "alsa_input.usb-Blue_Microphones_Yeti_…-00.analog-stereo",
        ),
        ("alsa_input.usb-0d8c_USB_PnP_Sound_Device-00.mono", "alsa_input.usb-…-00.mono"),
        ("alsa_input.pci-0000_00_1f.3.analog-stereo", "alsa_input.pci-0000_00_1f.3.analog-stereo"),
        ("alsa_input.usb-Samson_Meteor-00.mono", "alsa_input.usb-Samson_Meteor-00.mono"),
    ],
)
def test_addresses_and_serial_numbers_are_left_out_of_names(name: str, shown: str) -> None:
    assert anonymous(name) == shown
    assert anonymous(f"there are {name}, vmic") == f"there are {shown}, vmic"


def test_a_name_that_somebody_gave_to_a_headset_is_left_out() -> None:
    mixer = Mixer(WELL, None, (Headset("Kim's earphones", True),))
    assert anonymous("Kim's earphones is gone", mixer) == "a Bluetooth headset is gone"
