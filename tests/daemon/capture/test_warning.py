"""What the server's state tells of a microphone, and the command that mends it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.daemon.capture.world import HEADSET, MONITOR, PULSE, USB

from sayso.capture.bluetooth import Bluetooth, Profile, bluetooth_of, is_bluetooth
from sayso.capture.facts import ServerState, SoundSource
from sayso.capture.remedy import SetStreamVolume, SetVolume, Unmute, UnmuteStream, louder
from sayso.capture.selection import Selection
from sayso.capture.warning import Warning, nothing_heard, of_the_server, silent, too_quiet
from sayso.events import ProblemName

DEFAULT = Selection(PULSE, "USB Microphone", "usb", default_source="usb")
NAMED = Selection(PULSE, "Earphones", "ears", is_pinned=True, is_named=True, default_source="usb")
NARROW = Bluetooth("headset-head-unit", "cvsd", 8_000, "bluez_card.1")
EARS = SoundSource("ears", "Kim's earphones", bluetooth=NARROW)


def warnings(state: ServerState, selection: Selection = DEFAULT) -> list[Warning]:
    return list(of_the_server(state, is_named=selection.is_named))


def test_a_microphone_that_is_set_as_it_should_be_is_no_warning() -> None:
    assert warnings(ServerState("usb", (replace(USB, volume_percent=60), MONITOR), "usb")) == []
    assert list(of_the_server(None, is_named=False)) == []
    assert warnings(ServerState("usb", (USB,), None)) == [], "nothing is known of a stream that is not listed"


@pytest.mark.parametrize(
    ("source", "facts", "fix", "command"),
    [
        (replace(USB, is_muted=True), {"is_muted": True}, Unmute("usb"), "pactl set-source-mute usb 0"),
        (replace(USB, volume_percent=0), {}, SetVolume("usb", 100), "pactl set-source-volume usb 100%"),
        (USB, {"is_muted": True, "stream": 7}, UnmuteStream(7), "pactl set-source-output-mute 7 0"),
        (
            USB,
            {"stream": 7, "stream_volume_percent": 0},
            SetStreamVolume(7, 100),
            "pactl set-source-output-volume 7 100%",
        ),
    ],
)
def test_whatever_mutes_it_is_named_with_the_command_that_does_not(
    source: SoundSource, facts: dict[str, int], fix: object, command: str
) -> None:
    (warning,) = warnings(ServerState("usb", (source,), "usb", **facts))
    assert warning.name is ProblemName.MICROPHONE_MUTED
    assert warning.remedy.fix == fix
    assert warning.message.endswith(f": {command}")


def test_a_name_with_a_space_is_quoted_for_the_shell() -> None:
    (warning,) = warnings(ServerState("my mic", (SoundSource("my mic", "Mine", is_muted=True),), "my mic"))
    assert warning.remedy.command == "pactl set-source-mute 'my mic' 0"


def test_a_headset_that_can_do_better_is_told_its_profile() -> None:
    ears = replace(EARS, bluetooth=replace(NARROW, wide_profile="headset-head-unit-msbc"))
    (warning,) = warnings(ServerState("ears", (ears, USB), "ears"))
    assert warning.name is ProblemName.MICROPHONE_TELEPHONE
    assert warning.remedy.command == "pactl set-card-profile bluez_card.1 headset-head-unit-msbc"


def test_one_that_cannot_is_told_a_better_microphone_if_there_is_one() -> None:
    (by_default,) = warnings(ServerState("ears", (EARS, MONITOR, USB), "ears"))
    assert by_default.message.endswith("choose 'USB Microphone': pactl set-default-source usb")
    (by_name,) = warnings(ServerState("usb", (EARS, USB), "ears"), NAMED)
    assert by_name.message.endswith("set audio.device in the settings to 'USB Microphone': audio.device: usb")
    unfit = (replace(USB, is_unplugged=True), replace(HEADSET, is_muted=True), replace(EARS, name="other ears"))
    (alone,) = warnings(ServerState("ears", (EARS, MONITOR, *unfit), "ears"))
    assert alone.remedy.command == ""
    assert "with a cable" in alone.message


def test_a_monitor_as_the_default_is_told_but_not_to_who_named_another_microphone() -> None:
    state = ServerState(MONITOR.name, (MONITOR, USB), "usb")
    (warning,) = warnings(state)
    assert warning.name is ProblemName.MICROPHONE_WRONG
    assert warning.remedy.command == "pactl set-default-source usb"
    assert warnings(state, replace(DEFAULT, is_named=True)) == []
    assert warnings(replace(state, recorded=MONITOR.name), replace(DEFAULT, is_named=True)) == []


def test_a_volume_that_goes_no_further_is_not_what_to_raise() -> None:
    def remedy(percent: int | None) -> str:
        return str(
            too_quiet(
                DEFAULT.label, ServerState("usb", (replace(USB, volume_percent=percent),), "usb"), -52.0
            ).remedy
        )

    assert remedy(40).endswith("pactl set-source-volume usb 110%")
    assert remedy(150) == "move it closer, or look for a switch on it (its volume is at 150 %)"
    assert "in the sound settings" in remedy(None)
    assert "in the sound settings" in str(too_quiet(DEFAULT.label, None, -52.0).remedy)


def test_where_nothing_is_heard_and_there_is_no_other_the_volume_is_what_is_left() -> None:
    warning = nothing_heard(DEFAULT, ServerState("usb", (replace(USB, volume_percent=30), MONITOR), "usb"), 2)
    assert warning.remedy.fix == SetVolume("usb", 100)
    assert nothing_heard(DEFAULT, None, 2).remedy.fix is None


def test_silence_names_the_microphone_that_another_program_listens_to_before_any_other() -> None:
    webcam = SoundSource("cam", "Webcam", is_running=True)
    warning = silent(DEFAULT, ServerState("usb", (USB, HEADSET, webcam), "usb"), 10.0)
    assert "for 10 s" in warning.what
    assert warning.remedy.command == "pactl set-default-source cam"


@pytest.mark.parametrize(
    ("percent", "db", "wanted"), [(40, 26, 110), (100, 6, 125), (100, 60, 150), (100, 0, 100)]
)
def test_the_volume_follows_the_cubic_scale_of_the_server_up_to_the_end_of_a_slider(
    percent: int, db: float, wanted: int
) -> None:
    assert louder(percent, db) == wanted


# ── Bluetooth ─────────────────────────────────────────────────────────────────────────────────────

MUSIC = Profile("a2dp-sink", "High Fidelity Playback (A2DP Sink, codec SBC)", has_microphone=False)
CVSD = Profile("headset-head-unit-cvsd", "Headset Head Unit (HSP/HFP, codec CVSD)", has_microphone=True)
MSBC = Profile("headset-head-unit-msbc", "Headset Head Unit (HSP/HFP, codec mSBC)", has_microphone=True)


def test_pipewire_tells_the_codec_by_its_profile_and_which_one_is_better() -> None:
    found = bluetooth_of({"api.bluez5.profile": "headset-head-unit"}, 8_000, "card", CVSD, (MUSIC, CVSD, MSBC))
    assert found == Bluetooth("headset-head-unit", "cvsd", 8_000, "card", "headset-head-unit-msbc")
    assert found.is_narrow
    assert not bluetooth_of({}, 16_000, "card", MSBC, (MUSIC, CVSD, MSBC)).is_narrow


def test_a_profile_that_is_not_available_or_has_no_microphone_is_not_offered() -> None:
    absent = replace(MSBC, is_available=False)
    assert bluetooth_of({}, 8_000, "card", CVSD, (MUSIC, CVSD, absent)).wide_profile == ""


def test_pulseaudio_tells_the_codec_as_a_property_and_an_old_one_nothing_but_the_rate() -> None:
    told = bluetooth_of({"bluetooth.protocol": "headset_head_unit", "bluetooth.codec": "CVSD"}, 8_000)
    assert (told.profile, told.codec, told.is_narrow) == ("headset_head_unit", "cvsd", True)
    assert bluetooth_of({}, 8_000).is_narrow
    assert not bluetooth_of({}, 16_000).is_narrow


@pytest.mark.parametrize(
    ("name", "properties", "is_one"),
    [
        ("bluez_source.00_11", {}, True),
        ("bluez_input.00_11", {}, True),
        ("ears", {"device.bus": "bluetooth"}, True),
        ("ears", {"device.api": "bluez5"}, True),
        ("alsa_input.usb", {"device.bus": "usb", "device.api": "alsa"}, False),
    ],
)
def test_a_source_is_of_bluetooth_by_its_name_or_what_the_server_says(
    name: str, properties: dict[str, str], is_one: bool
) -> None:
    assert is_bluetooth(name, properties) is is_one
