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

from sayso.capture.sound_server import NO_MONITOR, load_sound_server
from sayso.doctor import Light
from sayso.doctor.hearing import Fault, Input

WIDE_BAND_HZ = 16_000  # what recognisers are trained on; CVSD, the codec of telephones, has half of it
A_HEADSET = "a Bluetooth headset"

_ADDRESS = re.compile(r"(?:[0-9A-Fa-f]{2}[:_]){5}[0-9A-Fa-f]{2}")
_USB = re.compile(r"\busb-([^.\s,)]+)(?=-\d\d\b)")
_CODEC = re.compile(r"codec ([\w-]+)")


@dataclass(frozen=True, slots=True)
class Source:
    """The source that our stream records.

    Attributes:
        name: as the server has it.
        description: for people; empty for Bluetooth, where it is a name that its owner gave.
        rate_hz: at which the device itself runs.
        settings: mute and volume.
        is_bluetooth: whether it is a headset by radio.
        profile: of Bluetooth, such as `headset-head-unit`; empty otherwise.
        codec: of Bluetooth, in small letters; empty where the server does not tell.

    """

    name: str
    description: str
    rate_hz: int
    settings: Input
    is_bluetooth: bool = False
    profile: str = ""
    codec: str = ""


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
    found = next((source for source in sources if source.name == state.recorded), None)
    headsets = tuple(headset for card in cards if (headset := _headset(card)) is not None)
    return Mixer(_source(found, cards, is_muted=state.is_muted) if found is not None else None, headsets)


def _source(found: Any, cards: list[Any], *, is_muted: bool) -> Source:
    settings = Input(is_muted, found.monitor_of_sink != NO_MONITOR, round(100 * found.volume.value_flat))
    if not is_bluetooth(found.name, found.proplist):
        return Source(found.name, found.description, found.sample_spec.rate, settings)
    card = next((card for card in cards if card.index == found.card), None)
    active = card.profile_active.description if card is not None and card.profile_active is not None else ""
    profile, codec = bluetooth_of(found.proplist, active)
    return Source(found.name, "", found.sample_spec.rate, settings, True, profile, codec)


def _headset(card: Any) -> Headset | None:
    if not is_bluetooth(card.name, card.proplist) or not any(one.n_sources for one in card.profile_list):
        return None
    is_listening = card.profile_active is not None and bool(card.profile_active.n_sources)
    return Headset(card.proplist.get("device.description", ""), is_listening)


def is_bluetooth(name: str, properties: Mapping[str, str]) -> bool:
    """Whether a source or card is of Bluetooth, by what PulseAudio or PipeWire says of it."""
    return name.startswith("bluez_") or properties.get("device.bus") == "bluetooth"


def bluetooth_of(properties: Mapping[str, str], active_profile: str = "") -> tuple[str, str]:
    """Profile and codec of a Bluetooth source; what is not told is empty.

    Args:
        properties: of the source, as PulseAudio (`module-bluez5-device.c`) or PipeWire (`spa/utils/keys.h`) names
            them.
        active_profile: of its card, as described; PipeWire has the codec in it, "(HSP/HFP, codec mSBC)".

    """
    profile = properties.get("bluetooth.protocol") or properties.get("api.bluez5.profile") or ""
    described = _CODEC.search(active_profile)
    codec = properties.get("bluetooth.codec") or properties.get("api.bluez5.codec") or ""
    return profile, (codec or (described.group(1) if described else "")).lower()


def bluetooth_fault(source: Source) -> Fault | None:
    """What Bluetooth costs; None where nothing, or it is none."""
    if not source.is_bluetooth or _is_wide(source):
        return None
    return Fault(
        Light.AMBER,
        f"{A_HEADSET} in its telephone profile ({source.profile or 'HSP/HFP'}, {source.codec or 'narrow band'}): "
        "half of the frequencies are missing, which costs words",
        "Choose the profile with mSBC for it in the sound settings, where it has one, or another microphone, such "
        "as the computer's own",
    )


def _is_wide(source: Source) -> bool:
    # mSBC, LC3 and the like have 16 kHz and more. A server that tells no codec (PulseAudio 14) runs at its rate.
    return source.codec != "cvsd" if source.codec else source.rate_hz >= WIDE_BAND_HZ


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
