"""What the sound server tells of a microphone: how it is set, and Bluetooth. Verdicts are those of the service.

Names of Bluetooth devices are their owners' ("Kim's earphones"): nothing of them is for a bug report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sayso.capture.bluetooth import is_bluetooth
from sayso.capture.facts import ServerState, SoundSource
from sayso.capture.remedy import Remedy, SetStreamVolume, UnmuteStream
from sayso.capture.sound_server import load_sound_server
from sayso.capture.warning import of_the_server
from sayso.doctor import Light
from sayso.doctor.discretion import without_addresses
from sayso.doctor.hearing import Fault
from sayso.events import ProblemName

A_HEADSET = "a Bluetooth headset"
LIGHTS = {
    ProblemName.MICROPHONE_MUTED: Light.RED,
    ProblemName.MICROPHONE_TELEPHONE: Light.AMBER,
    ProblemName.MICROPHONE_WRONG: Light.AMBER,
}


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
        state: with `A_HEADSET` for what owners call their headsets.
        rate_hz: at which the device itself runs that our stream records; None where it records nothing.
        headsets: Bluetooth devices that have a microphone.

    """

    state: ServerState
    rate_hz: int | None = None
    headsets: tuple[Headset, ...] = ()

    @property
    def source(self) -> SoundSource | None:
        """What our stream records; None where it records nothing, or what has just gone."""
        return self.state.source(self.state.recorded)


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
    return mixer_of(state, rates_hz, headsets)


def mixer_of(state: ServerState, rates_hz: Mapping[str, int], headsets: tuple[Headset, ...] = ()) -> Mixer:
    """What is taken over of the server.

    Args:
        state: of the server.
        rates_hz: name of a source → the rate at which it runs.
        headsets: Bluetooth devices that have a microphone.

    """
    sources = tuple(
        replace(source, description=A_HEADSET) if source.bluetooth is not None else source
        for source in state.sources
    )
    return Mixer(replace(state, sources=sources), rates_hz.get(state.recorded or ""), headsets)


def server_faults(mixer: Mixer, *, is_named: bool) -> Iterator[Fault]:
    """What the service would say of how the server has set the microphone; red where nothing can be heard.

    Args:
        mixer: the server.
        is_named: `audio.device` names a microphone.

    """
    for warning in of_the_server(mixer.state, is_named=is_named):
        yield Fault(LIGHTS[warning.name], warning.what, _lasting(warning.remedy))


def _lasting(remedy: Remedy) -> str:
    """The remedy, for when the stream that was tried is closed, and its number nobody's."""
    match remedy.fix:
        case UnmuteStream():
            return "start sayso, and unmute it there, among what is recording"
        case SetStreamVolume():
            return "start sayso, and raise it there, among what is recording"
        case _:
            return str(remedy)


def _headset(card: Any) -> Headset | None:
    if not is_bluetooth(card.name, card.proplist) or not any(one.n_sources for one in card.profile_list):
        return None
    is_listening = card.profile_active is not None and bool(card.profile_active.n_sources)
    return Headset(card.proplist.get("device.description", ""), is_listening)


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
    return without_addresses(text)
