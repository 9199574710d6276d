"""A microphone by radio: what its profile costs, judged from what PulseAudio or PipeWire says of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

WIDE_BAND_HZ = 16_000  # what recognisers are trained on; CVSD, the codec of telephones, has half of it
NARROW_CODEC = "cvsd"

_CODEC = re.compile(r"codec ([\w-]+)")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a card can be switched to.

    Attributes:
        name: as the server has it, for `pactl set-card-profile`.
        description: for people; PipeWire has the codec in it, "(HSP/HFP, codec mSBC)".
        has_microphone: whether a source comes with it.
        is_available: whether it can be chosen now.

    """

    name: str
    description: str
    has_microphone: bool
    is_available: bool = True

    @property
    def codec(self) -> str:
        """In small letters; empty where it is not told."""
        found = _CODEC.search(self.description)
        return found.group(1).lower() if found else "msbc" if "msbc" in self.name.lower() else ""


@dataclass(frozen=True, slots=True)
class Bluetooth:
    """How a headset is heard.

    Attributes:
        profile: of now, such as `headset-head-unit`; empty where the server does not tell.
        codec: in small letters; empty where the server does not tell (PulseAudio 14).
        rate_hz: at which the device itself runs.
        card: its name, for `pactl set-card-profile`; empty where there is none.
        wide_profile: the name of a profile of that card whose microphone is better; empty where there is none.

    """

    profile: str
    codec: str
    rate_hz: int
    card: str = ""
    wide_profile: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether half of the frequencies are missing, as on the telephone."""
        return self.codec == NARROW_CODEC if self.codec else self.rate_hz < WIDE_BAND_HZ

    @property
    def cost(self) -> str:
        """What being narrow costs, for a person; goes on from "is in"."""
        return (
            f"its telephone profile ({self.profile or 'HSP/HFP'}, {self.codec or 'narrow band'}): "
            "half of the frequencies are missing, which costs words"
        )


def is_bluetooth(name: str, properties: Mapping[str, str]) -> bool:
    """Whether a source or card is of Bluetooth, by its name and what the server says of it."""
    return (
        name.startswith("bluez_")
        or properties.get("device.bus") == "bluetooth"
        or properties.get("device.api") == "bluez5"
    )


def bluetooth_of(
    properties: Mapping[str, str],
    rate_hz: int,
    card: str = "",
    active: Profile | None = None,
    profiles: tuple[Profile, ...] = (),
) -> Bluetooth:
    """What is told of a Bluetooth source.

    Args:
        properties: of the source, as PulseAudio (`module-bluez5-device.c`) or PipeWire (`spa/utils/keys.h`) names
            them.
        rate_hz: of the source.
        card: its name.
        active: the card's profile of now.
        profiles: all of the card's.

    """
    codec = properties.get("bluetooth.codec") or properties.get("api.bluez5.codec") or ""
    wide = (
        one.name
        for one in profiles
        if one != active and one.has_microphone and one.is_available and one.codec not in ("", NARROW_CODEC)
    )
    return Bluetooth(
        profile=properties.get("bluetooth.protocol") or properties.get("api.bluez5.profile") or "",
        codec=(codec or (active.codec if active is not None else "")).lower(),
        rate_hz=rate_hz,
        card=card,
        wide_profile=next(wide, ""),
    )
