"""Bluetooth, by the properties that PulseAudio and PipeWire give; and what of names is for no bug report.

The properties are those of `pactl list` in bluez/bluez#2280, EHfive/pulseaudio-modules-bt#93 and
luisbocanegra/linux-guide-split-audio-ports#15, and those that PulseAudio's `module-bluez5-device.c` sets.
"""

from __future__ import annotations

import pytest

from sayso.doctor import Light
from sayso.doctor.hearing import Input
from sayso.doctor.mixer import (
    Headset,
    Mixer,
    Source,
    anonymous,
    bluetooth_fault,
    bluetooth_of,
    deaf_headset,
    is_bluetooth,
)

PULSE = {"device.bus": "bluetooth", "device.api": "bluez", "bluetooth.protocol": "headset_head_unit"}
PIPEWIRE = {"device.api": "bluez5", "api.bluez5.profile": "headset-head-unit"}


def headset(codec: str, rate_hz: int = 48_000) -> Source:
    return Source("bluez_input.74_D7_13_E4_27_D8.0", "", rate_hz, Input(), True, "headset-head-unit", codec)


def test_a_bluetooth_source_is_told_from_others() -> None:
    assert is_bluetooth("bluez_input.74_D7_13_E4_27_D8.0", PIPEWIRE)
    assert is_bluetooth("renamed", PULSE)
    assert not is_bluetooth("alsa_input.pci-0000_00_1f.3.analog-stereo", {"device.bus": "pci"})


def test_profile_and_codec_are_read_from_either_server() -> None:
    assert bluetooth_of(PULSE | {"bluetooth.codec": "mSBC"}) == ("headset_head_unit", "msbc")
    assert bluetooth_of(PIPEWIRE | {"api.bluez5.codec": "cvsd"}) == ("headset-head-unit", "cvsd")


def test_the_codec_is_read_from_the_profile_of_the_card_where_the_source_has_none() -> None:
    assert bluetooth_of(PIPEWIRE, "Headset Head Unit (HSP/HFP, codec mSBC)")[1] == "msbc"
    assert bluetooth_of(PULSE, "Headset Head Unit (HSP/HFP)")[1] == ""


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
