"""Is there a microphone at all? Asked before the service is started, by proof: one is opened and closed."""

from __future__ import annotations

from sayso.capture.portaudio import PortAudio, load_portaudio
from sayso.capture.selection import DEFAULT, Absence, select
from sayso.capture.sound_server import load_sound_server
from sayso.capture.stream import MicrophoneStream
from sayso.errors import CaptureError
from sayso.ring import Ring


def describe_absence(device: str = DEFAULT) -> str | None:
    """Say in one line what is missing for a microphone to be opened; None when one can be.

    Blocks for about 0.2 s, most of it the import of PortAudio.
    """
    try:
        portaudio = load_portaudio()
        return _try_to_open(portaudio, device)
    except CaptureError as error:
        return str(error)


def _try_to_open(portaudio: PortAudio, device: str) -> str | None:
    sound_server = load_sound_server()
    state = sound_server.read_once() if sound_server is not None else None
    portaudio.refresh()  # this process may have imported PortAudio before the sound server was up
    choice = select(device, state, portaudio.inputs())
    if isinstance(choice, Absence):
        return choice.message
    MicrophoneStream(
        portaudio=portaudio,
        selection=choice,
        ring=Ring(capacity_seconds=1),
        rate_hz=None,
        can_verify=False,
        on_first=lambda: None,
        on_finished=lambda: None,
    ).close()
    return None
