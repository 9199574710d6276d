"""What the sound server knows of a microphone that nobody needs while dictating: its volume, and Bluetooth.

Names of Bluetooth devices are their owners' ("Kim's earphones"), those of sources hold addresses and serial
numbers: nothing of them is for a bug report.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sayso.capture.bluetooth import Bluetooth, is_bluetooth
from sayso.capture.facts import ServerState
from sayso.capture.sound_server import load_sound_server
from sayso.doctor import Light
from sayso.doctor.hearing import Fault, Input

A_HEADSET = "a Bluetooth headset"

_ADDRESS = re.compile(r"(?:[0-9A-Fa-f]{2}[:_]){5}[0-9A-Fa-f]{2}")
_USB = re.compile(r"\busb-([^.\s,)]+)(?=-\d\d\b)")


@dataclass(frozen=True, slots=True)
class Source:
    """The source that our stream records.

    Attributes:
        name: as the server has it.
        description: for people; empty for Bluetooth, where it is a name that its owner gave.
        rate_hz: at which the device itself runs.
        settings: mute and volume.
        bluetooth: of a headset by radio; None for all others.

    """

    name: str
    description: str
    rate_hz: int
    settings: Input
    bluetooth: Bluetooth | None = None

    @property
    def is_bluetooth(self) -> bool:
        """Whether it is a headset by radio."""
        return self.bluetooth is not None

    @property
    def profile(self) -> str:
        """Of Bluetooth; empty otherwise."""
        return self.bluetooth.profile if self.bluetooth is not None else ""

    @property
    def codec(self) -> str:
        """Of Bluetooth; empty otherwise, and where the server does not tell."""
        return self.bluetooth.codec if self.bluetooth is not None else ""


@dataclass(frozen=True, slots=True)
class Headset:
    """A Bluetooth device with a microphone that can be switched on.

    Attributes:
        description: the name that its owner gave it.
        is_listening: whether its profile of now has the microphone in it.

    """

    description: str
    is_listening: bool


@dataclass(frozen=True, slots=True)
class Mixer:
    """The sound server, as far as the doctor asks.

    Attributes:
        source: what our stream records; None where it records nothing.
        headsets: Bluetooth devices that have a microphone.

    """

    source: Source | None
    headsets: tuple[Headset, ...] = ()


def look() -> Mixer | None:
    """Ask the server, in some milliseconds, or never where it hangs; None where there is none."""
    server = load_sound_server()
    state = server.read_once() if server is not None else None
    if state is None:
        return None
    import pulsectl  # noqa: PLC0415  # there is a server, so libpulse is there

    try:
        with pulsectl.Pulse("sayso", connect=False) as client:
            client.connect(autospawn=False)
            cards, sources = client.card_list(), client.source_list()
    except (pulsectl.PulseError, pulsectl.PulseDisconnected, pulsectl._pulsectl.LibPulse.CallError):
        return None  # it has just gone
    rates_hz = {source.name: source.sample_spec.rate for source in sources}
    headsets = tuple(headset for card in cards if (headset := _headset(card)) is not None)
    return Mixer(source_of(state, rates_hz), headsets)


def source_of(state: ServerState, rates_hz: Mapping[str, int]) -> Source | None:
    """What our stream records; None where it records nothing, or what has just gone.

    Args:
        state: of the server.
        rates_hz: name of a source → the rate at which it runs.

    """
    own = state.source(state.recorded)
    if own is None or own.name not in rates_hz:
        return None
    settings = Input(state.is_muted, own.is_monitor, own.volume_percent)
    description = own.description if own.bluetooth is None else ""
    return Source(own.name, description, rates_hz[own.name], settings, own.bluetooth)


def _headset(card: Any) -> Headset | None:
    if not is_bluetooth(card.name, card.proplist) or not any(one.n_sources for one in card.profile_list):
        return None
    is_listening = card.profile_active is not None and bool(card.profile_active.n_sources)
    return Headset(card.proplist.get("device.description", ""), is_listening)


def bluetooth_fault(source: Source) -> Fault | None:
    """What Bluetooth costs; None where nothing, or it is none."""
    if source.bluetooth is None or not source.bluetooth.is_narrow:
        return None
    return Fault(
        Light.AMBER,
        f"{A_HEADSET} in {source.bluetooth.cost}",
        "Choose the profile with mSBC for it in the sound settings, where it has one, or another microphone, such "
        "as the computer's own",
    )


def deaf_headset(mixer: Mixer | None) -> str:
    """What to do about a headset whose microphone is off, because it plays music; empty where there is none."""
    if mixer is None or all(headset.is_listening for headset in mixer.headsets):
        return ""
    return (
        f"{A_HEADSET} plays music (A2DP) and has no microphone meanwhile: to use that one, choose its headset "
        "profile (HSP/HFP) in the sound settings"
    )


def anonymous(text: str, mixer: Mixer | None = None) -> str:
    """A text without addresses, serial numbers and the names that owners gave to Bluetooth devices."""
    for headset in mixer.headsets if mixer is not None else ():
        if headset.description:
            text = text.replace(headset.description, A_HEADSET)
    return _USB.sub(_without_serial, _ADDRESS.sub("…", text))


def _without_serial(name: re.Match[str]) -> str:
    """udev's name of a USB device ends with its serial number, which may begin at the first part with a digit."""
    parts = name.group(1).split("_")
    kept = list(itertools.takewhile(lambda part: not any(map(str.isdigit, part)), parts))
    return "usb-" + "_".join(kept if kept == parts else [*kept, "…"])
