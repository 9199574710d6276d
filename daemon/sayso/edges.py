"""What the settings name at the edges of the flow: the microphone, and where the text goes."""

from __future__ import annotations

from collections.abc import Callable

from sayso import desktop, paths
from sayso.capture import Source
from sayso.capture.microphone import open_microphone
from sayso.config import Settings
from sayso.portal.held import HeldKeys
from sayso.sight import Sight
from sayso.typist import OnePlace, Typist, load_typist
from sayso.typist.opening import open_session, open_way
from sayso.typist.terminal import can_draw

SESSION, WAYLAND = "session", "wayland session"
"""The backend that `auto` is in a desktop session, on X11 or waiting for one, and on Wayland: all that it offers
(`sayso.typist.session`)."""

NO_WINDOW = frozenset(("stdout", "terminal", "recording"))
"""Backends that type into no window."""


def microphone_from(settings: Settings) -> Source:
    """The microphone that the settings name."""
    audio = settings.audio
    return open_microphone(audio.device, audio.sample_rate_hz, audio.silence_warning_seconds)


def typist_from(
    settings: Settings,
    sight: Sight | None = None,
    preferred: Callable[[str], str | None] = lambda _: None,
    held: HeldKeys | None = None,
) -> Typist:
    """The typing backend that the settings name.

    Args:
        settings: as loaded.
        sight: who sees what has the focus, and whether text arrived there; None where nobody looks.
        held: knows which hotkeys of the desktop's portal are down.
        preferred: of the session's ways of typing, the one that is tried first in an application.

    Raises:
        TypistError: there is no such backend, or it cannot work here.

    """
    name = backend_from(settings)
    if name not in (SESSION, WAYLAND):
        return open_way(name, None if sight is None else sight.windows, held)
    return open_session(
        None if sight is None else sight.windows,
        sight,
        preferred,
        paths.state_dir() / "typing.json",
        held,
    )


def backend_from(settings: Settings) -> str:
    """The name of the typing backend that the settings mean here and now."""
    named = settings.typist.backend
    return choose_backend() if named == "auto" else named


def choose_backend() -> str:
    """The name of the typing backend that serves here.

    Where systemd started this process its standard output is the journal, where no dictated text may go: a display
    that is still to come is waited for.
    """
    if desktop.kind_of_session() is desktop.Kind.WAYLAND:
        return WAYLAND
    if desktop.is_started_by_systemd() or desktop.find_display() is not None:
        return SESSION
    return "terminal" if can_draw() else "stdout"


def mirror_from(typist: Typist) -> Typist | None:
    """Where to draw what is typed into other windows: the terminal in which the service runs, if there is one."""
    return load_typist("terminal") if can_draw() and not isinstance(typist, OnePlace) else None
