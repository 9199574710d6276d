"""What the settings name at the edges of the flow: the microphone, and where the text goes."""

from __future__ import annotations

from sayso import desktop
from sayso.capture import Source
from sayso.capture.microphone import open_microphone
from sayso.config import Settings
from sayso.typist import OnePlace, Typist, load_typist
from sayso.typist.terminal import can_draw


def microphone_from(settings: Settings) -> Source:
    """The microphone that the settings name."""
    audio = settings.audio
    return open_microphone(audio.device, audio.sample_rate_hz, audio.silence_warning_seconds)


def typist_from(settings: Settings) -> Typist:
    """The typing backend that the settings name.

    Raises:
        TypistError: there is no such backend, or it cannot work here.

    """
    return load_typist(backend_from(settings))


def backend_from(settings: Settings) -> str:
    """The name of the typing backend that the settings mean here and now."""
    named = settings.typist.backend
    return choose_backend() if named == "auto" else named


def choose_backend() -> str:
    """The name of the typing backend that serves here.

    Where systemd started this process its standard output is the journal, where no dictated text may go: a display
    that is still to come is waited for.
    """
    if desktop.is_started_by_systemd() or desktop.find_display() is not None:
        return "x11"
    return "terminal" if can_draw() else "stdout"


def mirror_from(typist: Typist) -> Typist | None:
    """Where to draw what is typed into other windows: the terminal in which the service runs, if there is one."""
    return load_typist("terminal") if can_draw() and not isinstance(typist, OnePlace) else None
