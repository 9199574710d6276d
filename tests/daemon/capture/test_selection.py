"""Which device is opened, and what is said when none is."""

from __future__ import annotations

from tests.daemon.capture.world import HEADSET, MONITOR, PULSE, USB

from sayso.capture.facts import InputDevice, ServerState, SoundSource
from sayso.capture.selection import Absence, Selection, select

HARDWARE = InputDevice(3, "HDA Intel: ALC (hw:0,0)", 48_000, 2)


def chosen(wanted: str, server: ServerState | None, *inputs: InputDevice, pin: bool = False) -> Selection:
    """Select, where something must be found."""
    choice = select(wanted, server, inputs, pin=pin)
    assert isinstance(choice, Selection), choice
    return choice


def absent(wanted: str, server: ServerState | None, *inputs: InputDevice) -> Absence:
    """Select, where nothing must be found."""
    choice = select(wanted, server, inputs)
    assert isinstance(choice, Absence), choice
    return choice


def test_the_default_source_is_reached_unpinned_so_that_the_server_may_move_it() -> None:
    choice = chosen("default", ServerState("usb", (USB, HEADSET)), HARDWARE, PULSE)
    assert (choice.device, choice.source, choice.is_pinned, choice.is_named) == (PULSE, "usb", False, False)


def test_a_server_without_a_known_default_gives_its_first_microphone() -> None:
    assert chosen("default", ServerState("@DEFAULT_SOURCE@", (MONITOR, HEADSET)), PULSE).source == "headset"


def test_a_source_is_found_by_its_name() -> None:
    choice = chosen("headset", ServerState("usb", (USB, HEADSET)), PULSE)
    assert (choice.source, choice.is_pinned, choice.is_named) == ("headset", True, True)


def test_a_source_is_found_by_part_of_its_description_whatever_the_case() -> None:
    assert chosen("usb mic", ServerState("headset", (USB, HEADSET)), PULSE).source == "usb"


def test_an_exact_name_wins_over_a_longer_one_that_contains_it() -> None:
    longer = SoundSource("usb.2", "Second USB Microphone")
    assert chosen("usb", ServerState("usb", (longer, USB)), PULSE).source == "usb"


def test_part_of_a_name_means_a_microphone_before_it_means_a_monitor() -> None:
    monitor = SoundSource("usb-speakers.monitor", "Monitor of USB Speakers", is_monitor=True)
    assert chosen("usb", ServerState("headset", (monitor, USB)), PULSE).source == "usb"


def test_a_name_that_fits_several_is_refused_with_their_names() -> None:
    other = SoundSource("usb.2", "Second USB Microphone")
    message = absent("microphone", ServerState("usb", (USB, other)), PULSE).message
    assert "usb, usb.2" in message


def test_a_device_of_portaudio_is_found_where_no_source_has_the_name() -> None:
    choice = chosen("ALC", ServerState("usb", (USB,)), PULSE, HARDWARE)
    assert (choice.device, choice.source) == (HARDWARE, None)


def test_an_unknown_name_is_answered_with_the_list_and_the_nearest() -> None:
    absence = absent("Headsett", ServerState("usb", (USB, HEADSET)), PULSE)
    assert "there are usb, headset, pulse; did you mean 'headset'?" in absence.message


def test_nothing_near_an_unknown_name_means_no_guess() -> None:
    assert "did you mean" not in absent("zzz", ServerState("usb", (USB,)), PULSE).message


def test_a_monitor_is_never_taken_for_the_default() -> None:
    message = absent("default", ServerState(MONITOR.name, (MONITOR,)), PULSE).message
    assert "monitor of your speakers" in message
    assert MONITOR.name in message


def test_no_server_and_no_input_names_how_to_start_one() -> None:
    absence = absent("default", None)
    assert "systemctl --user start" in absence.message
    assert absence.may_be_stale


def test_without_a_server_portaudio_s_default_is_taken() -> None:
    default = InputDevice(5, "default", 48_000, 2, is_default=True)
    assert chosen("default", None, HARDWARE, default).device == default


def test_a_server_not_heard_of_yet_is_reached_by_its_plug_in_and_not_trusted() -> None:
    default = InputDevice(5, "default", 48_000, 2, is_default=True)
    choice = chosen("default", None, default, PULSE)
    assert (choice.device, choice.is_routed) == (PULSE, True)
    assert not chosen("default", None, default).is_routed


def test_a_server_that_alsa_cannot_reach_names_the_plug_in() -> None:
    assert "libasound2-plugins" in absent("default", ServerState("usb", (USB,)), HARDWARE).message


def test_pinning_asks_for_the_default_by_its_name() -> None:
    assert chosen("default", ServerState("usb", (USB,)), PULSE, pin=True).is_pinned
