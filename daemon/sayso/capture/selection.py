"""Which device to open, decided from facts alone.

Two name spaces meet here: the sound server's sources (what people see in their settings) and PortAudio's
devices (what can be opened). A source is reached through PortAudio's `pulse` device, pinned to it where
needed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from sayso.capture.facts import InputDevice, ServerState, SoundSource

DEFAULT = "default"
SERVER_DEVICES = ("pulse", "pipewire")  # ALSA's plug-ins, which open only where a server runs
NEAR_ENOUGH = 0.5  # difflib ratio; below it a suggestion confuses more than it helps
PLUGIN_PACKAGES = "libasound2-plugins (apt), alsa-plugins-pulseaudio (dnf) or alsa-plugins (pacman)"


@dataclass(frozen=True, slots=True)
class Selection:
    """What to open.

    Attributes:
        device: PortAudio's device.
        label: the microphone's name for a person.
        source: the sound server's source that we expect to record; None where no server is in between.
        is_pinned: ask the server for exactly `source` and not for its default.
        is_named: the person named the device, so that no other one will do.
        default_source: the server's default when this was decided; a later change is the person's doing.

    """

    device: InputDevice
    label: str
    source: str | None = None
    is_pinned: bool = False
    is_named: bool = False
    default_source: str = ""

    @property
    def is_routed(self) -> bool:
        """Whether a sound server decides what is recorded, even one that we have not heard of yet."""
        return self.source is not None or self.device.name in SERVER_DEVICES


@dataclass(frozen=True, slots=True)
class Absence:
    """Nothing can be opened; the message says what is missing and what to do.

    `may_be_stale` is set where PortAudio's list lacks what the sound server has: it is then read anew once.
    """

    message: str
    may_be_stale: bool = False


def select(
    wanted: str, server: ServerState | None, inputs: tuple[InputDevice, ...], *, pin: bool = False
) -> Selection | Absence:
    """Choose the device for `wanted`: "default", a source or device name, or a unique part of one.

    Args:
        wanted: the setting `audio.device`.
        server: the sound server's state; None without a server.
        inputs: PortAudio's input devices.
        pin: ask for the default source by its name, for a server that attached us elsewhere.

    """
    if wanted != DEFAULT:
        return _by_name(wanted, server, inputs)
    if server is None:
        return _without_server(inputs)
    source = server.source(server.default_source)
    if source is None or source.is_monitor:
        # A monitor is never taken unasked: what the speakers play is not the person's voice.
        if not server.microphones:
            return Absence(_no_microphone(server))
        source, pin = server.microphones[0], True
    return _through_server(source, server, inputs, pin=pin, named=False)


def _by_name(wanted: str, server: ServerState | None, inputs: tuple[InputDevice, ...]) -> Selection | Absence:
    sources = server.sources if server is not None else ()
    # Microphones before monitors: "USB" means the USB microphone even where USB speakers have a monitor.
    for group in (_microphones(sources), sources):
        found = _matches(wanted, group)
        if len(found) > 1:
            names = ", ".join(source.name for source in found)
            return Absence(f"audio.device: {wanted!r} fits {len(found)} microphones ({names}); name one of them")
        if found and server is not None:
            return _through_server(found[0], server, inputs, pin=True, named=True)
    exact = [device for device in inputs if device.name == wanted]
    partial = [device for device in inputs if wanted.casefold() in device.name.casefold()]
    devices = exact or partial
    if len(devices) == 1:
        return Selection(devices[0], devices[0].name, is_named=True)
    if devices:
        names = ", ".join(device.name for device in devices)
        return Absence(f"audio.device: {wanted!r} fits {len(devices)} devices ({names}); name one of them")
    return Absence(_unknown(wanted, sources, inputs), may_be_stale=True)


def _microphones(sources: Iterable[SoundSource]) -> tuple[SoundSource, ...]:
    return tuple(source for source in sources if not source.is_monitor)


def _matches(wanted: str, sources: tuple[SoundSource, ...]) -> list[SoundSource]:
    """Exact name, else exact description, else part of either; several only where it is ambiguous."""
    for exact in (
        [source for source in sources if source.name == wanted],
        [source for source in sources if source.description.casefold() == wanted.casefold()],
    ):
        if exact:
            return exact
    part = wanted.casefold()
    return [
        source for source in sources if part in source.name.casefold() or part in source.description.casefold()
    ]


def _without_server(inputs: tuple[InputDevice, ...]) -> Selection | Absence:
    # A server that was started a moment ago comes first, by its own plug-in, so that it is known to be one
    ranked = sorted(inputs, key=lambda device: (device.name not in SERVER_DEVICES, not device.is_default))
    if ranked:
        return Selection(ranked[0], ranked[0].name)
    return Absence(
        "no microphone: no sound server is running and ALSA lists no input; start one with "
        "`systemctl --user start pipewire-pulse` (or `pulseaudio --start`), or plug in a microphone",
        may_be_stale=True,
    )


def _through_server(
    source: SoundSource, server: ServerState, inputs: tuple[InputDevice, ...], *, pin: bool, named: bool
) -> Selection | Absence:
    by_name = {device.name: device for device in inputs}
    # PULSE_SOURCE reaches only the `pulse` plug-in; the others record whatever the server's default is.
    device = by_name.get("pulse") or (None if pin else by_name.get("pipewire") or by_name.get("default"))
    if device is None:
        return Absence(
            f"the sound server has the microphone {source.description!r}, but ALSA cannot reach the server; "
            f"install {PLUGIN_PACKAGES}",
            may_be_stale=True,
        )
    return Selection(device, source.description, source.name, pin, named, server.default_source)


def _no_microphone(server: ServerState) -> str:
    if server.sources:
        return (
            "no microphone: the only source is the monitor of your speakers, and sayso would type what they "
            f"play; plug in a microphone, or name the monitor in audio.device ({server.sources[0].name})"
        )
    return "no microphone: the sound server has no source; plug in a microphone or switch it on"


def _unknown(wanted: str, sources: tuple[SoundSource, ...], inputs: tuple[InputDevice, ...]) -> str:
    listed = [source.name for source in sources] + [device.name for device in inputs]
    if not listed:
        return f"audio.device: there is no {wanted!r} nor any other input; plug it in or start the sound server"
    called = {name.casefold(): name for name in listed}
    called |= {source.description.casefold(): source.name for source in sources}
    near = difflib.get_close_matches(wanted.casefold(), list(called), n=1, cutoff=NEAR_ENOUGH)
    hint = f"; did you mean {called[near[0]]!r}?" if near else ""
    return f"audio.device: there is no {wanted!r}; there are {', '.join(listed)}{hint}"
