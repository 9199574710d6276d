"""What to do about a stream that is open, decided from facts alone.

Unplugging tells PortAudio nothing: the sound server moves the stream to another source and callbacks go on.
Where the stream really is, only the server's own list says.
"""

from __future__ import annotations

from enum import Enum, auto

from sayso.capture.facts import ServerState, SoundSource
from sayso.capture.selection import Selection

STALL_SECONDS = 1.0  # frames come every 32 ms; a second without one is no scheduling delay
FIRST_BLOCK_SECONDS = 2.0  # measured 20 to 80 ms; 1.5 s on a null sink that rewinds
BACKOFF_FIRST_SECONDS = 0.25
BACKOFF_LAST_SECONDS = 2.0


class Verdict(Enum):
    """Where the stream is, against where it should be."""

    KEEP = auto()  # as expected
    UNKNOWN = auto()  # the server does not tell: nothing to object to
    FOLLOWED = auto()  # on another real microphone, with no device named: report it and go on
    STRAYED = auto()  # on what is not the person's microphone, which is there: nothing of it may be heard
    REPLACED = auto()  # the person's microphone is gone, and what is not theirs has its place: the same
    LAGGING = auto()  # the person chose another default and the server left the stream behind


def judge(selection: Selection, server: ServerState | None) -> Verdict:
    """Compare where the stream was opened with where the server says it is."""
    if server is None or server.recorded is None:
        return Verdict.UNKNOWN
    if selection.is_named:
        if selection.source is None:
            return Verdict.UNKNOWN  # a PortAudio device was named: its route is the person's own
        return Verdict.KEEP if server.recorded == selection.source else _astray(selection, server)
    recorded = server.source(server.recorded)
    if recorded is None or recorded.is_monitor:
        return _astray(selection, server)
    if _chosen_since(selection, server) not in (None, recorded):
        return Verdict.LAGGING
    return Verdict.KEEP if recorded.name == selection.source else Verdict.FOLLOWED


def _astray(selection: Selection, server: ServerState) -> Verdict:
    """Whether the microphone is there all the same; one that was opened before there was a server has no name."""
    is_gone = selection.source is not None and server.source(selection.source) is None
    return Verdict.REPLACED if is_gone else Verdict.STRAYED


def _chosen_since(selection: Selection, server: ServerState) -> SoundSource | None:
    """Return the default that the person chose since the stream was opened; None for none, or a monitor."""
    default = server.source(server.default_source)
    if default is None or default.is_monitor or default.name == selection.default_source:
        return None
    return default


def next_backoff(seconds: float) -> float:
    """Double the pause between two attempts, up to the last one; 0 gives the first."""
    return min(max(2 * seconds, BACKOFF_FIRST_SECONDS), BACKOFF_LAST_SECONDS)
