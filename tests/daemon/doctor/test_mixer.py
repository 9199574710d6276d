"""What Bluetooth costs, for whoever asks the doctor; and what of names is for no bug report."""

from __future__ import annotations

import pytest

from sayso.capture.bluetooth import Bluetooth
from sayso.capture.facts import ServerState, SoundSource
from sayso.doctor import Light
from sayso.doctor.hearing import Input
from sayso.doctor.mixer import Headset, Mixer, Source, anonymous, bluetooth_fault, deaf_headset, source_of

EARS = "bluez_input.74_D7_13_E4_27_D8.0"


def headset(codec: str, rate_hz: int = 48_000) -> Source:
    return Source(EARS, "", rate_hz, Input(), Bluetooth("headset-head-unit", codec, rate_hz))


def test_what_is_recorded_is_what_the_server_says_of_it() -> None:
    desk = SoundSource("desk", "Desk microphone", is_monitor=True, volume_percent=80)
    state = ServerState("other", (SoundSource("other", "Other"), desk), "desk", is_muted=True)
    source = Source("desk", "Desk microphone", 44_100, Input(True, True, 80))
    assert source_of(state, {"desk": 44_100, "other": 8_000}) == source
    assert source_of(state, {"other": 8_000}) is None
    assert source_of(ServerState("desk", (desk,)), {"desk": 44_100}) is None


def test_the_name_that_its_owner_gave_to_a_headset_is_not_taken_over() -> None:
    ears = SoundSource(EARS, "Kim's earphones", bluetooth=Bluetooth("headset-head-unit", "msbc", 16_000))
    source = source_of(ServerState(EARS, (ears,), EARS), {EARS: 16_000})
    assert source is not None
    assert (source.description, source.profile, source.codec) == ("", "headset-head-unit", "msbc")


@pytest.mark.parametrize("source", [headset("cvsd"), headset("", rate_hz=8_000)])
def test_the_codec_of_telephones_costs_words(source: Source) -> None:
    fault = bluetooth_fault(source)
    assert fault is not None
    assert fault.light is Light.AMBER
    assert "half of the frequencies" in fault.message
    assert "mSBC" in fault.remedy


@pytest.mark.parametrize("source", [headset("msbc"), headset("lc3_swb"), headset("", rate_hz=16_000)])
def test_a_headset_with_16_khz_is_good_enough(source: Source) -> None:
    assert bluetooth_fault(source) is None


def test_a_wired_microphone_is_not_judged_by_its_rate() -> None:
    assert bluetooth_fault(Source("usb", "Desk microphone", 8_000, Input())) is None


def test_a_headset_that_plays_music_is_told_how_it_gets_its_microphone() -> None:
    remedy = deaf_headset(Mixer(None, (Headset("Kim's earphones", False),)))
    assert "A2DP" in remedy
    assert "headset profile" in remedy
    assert "Kim" not in remedy


def test_nothing_is_said_where_no_headset_is_deaf() -> None:
    assert deaf_headset(None) == ""
    assert deaf_headset(Mixer(None)) == ""
    assert deaf_headset(Mixer(None, (Headset("Kim's earphones", True),))) == ""


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
    mixer = Mixer(None, (Headset("Kim's earphones", True),))
    assert anonymous("Kim's earphones is gone", mixer) == "a Bluetooth headset is gone"
