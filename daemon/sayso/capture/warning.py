"""What may cost words although the microphone works: verdicts over facts, each with its remedy. Pure.

A warning is told while somebody wants to be heard, and not before: who mutes a microphone that nobody listens to
means it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from sayso.capture.facts import ServerState, SoundSource
from sayso.capture.remedy import (
    FULL_PERCENT,
    MOST_PERCENT,
    Remedy,
    SetStreamVolume,
    SetVolume,
    Unmute,
    UnmuteStream,
    louder,
    mending,
)
from sayso.capture.selection import Selection
from sayso.capture.voice_level import QUIET_DBFS, TARGET_DBFS
from sayso.events import ProblemName


@dataclass(frozen=True, slots=True)
class Warning:
    """Something that may cost words.

    Attributes:
        name: of the problem.
        what: is wrong, for a person.
        remedy: what to do.

    """

    name: ProblemName
    what: str
    remedy: Remedy

    @property
    def message(self) -> str:
        """For a person: what is wrong, and what to do."""
        return f"{self.what}; {self.remedy}"


OF_THE_SERVER = (
    ProblemName.MICROPHONE_MUTED,
    ProblemName.MICROPHONE_TELEPHONE,
    ProblemName.MICROPHONE_WRONG,
)
"""What the sound server's state alone tells."""


def of_the_server(state: ServerState | None, *, is_named: bool) -> Iterator[Warning]:
    """What is wrong with how the server has set our source, at most one of each name.

    Args:
        state: of the server; None where there is none.
        is_named: the person named a microphone in the settings, so that the server's default is nothing to it.

    """
    own = state.source(state.recorded) if state is not None else None
    if state is None or own is None:
        return
    if muted := _muted(own, state):
        yield Warning(ProblemName.MICROPHONE_MUTED, *muted)
    if own.bluetooth is not None and own.bluetooth.is_narrow:
        yield _telephone(own, state, is_named=is_named)
    default = state.source(state.default_source)
    if not is_named and default is not None and default.is_monitor and not own.is_monitor:
        yield Warning(
            ProblemName.MICROPHONE_WRONG,
            f"the default input is {default.description!r}, which is what your speakers play and nobody's voice; "
            f"sayso listens to {own.description!r} instead",
            Remedy("make that one the default", f"pactl set-default-source {shlex.quote(own.name)}"),
        )


def _muted(own: SoundSource, state: ServerState) -> tuple[str, Remedy] | None:
    label = own.description
    if own.is_muted:
        return f"{label} is muted in the sound settings", mending("unmute it there, or", Unmute(own.name))
    if own.volume_percent == 0:
        return f"the input volume of {label} is 0 %", mending("raise it", SetVolume(own.name, FULL_PERCENT))
    if state.is_muted and state.stream is not None:
        return f"sayso itself is muted in the sound settings of {label}", mending(
            "unmute it there, or", UnmuteStream(state.stream)
        )
    if state.stream_volume_percent == 0 and state.stream is not None:
        return f"sayso's own input volume is 0 % in the sound settings of {label}", mending(
            "raise it", SetStreamVolume(state.stream, FULL_PERCENT)
        )
    return None


def _telephone(own: SoundSource, state: ServerState, *, is_named: bool) -> Warning:
    assert own.bluetooth is not None  # whoever calls has looked
    headset = own.bluetooth
    what = f"{own.description} is in {headset.cost}"
    if headset.wide_profile:
        command = f"pactl set-card-profile {shlex.quote(headset.card)} {shlex.quote(headset.wide_profile)}"
        remedy = Remedy("choose its better profile", command)
    else:
        remedy = other_microphone(state, own, is_named=is_named) or Remedy(
            "use a microphone with a cable, if there is one"
        )
    return Warning(ProblemName.MICROPHONE_TELEPHONE, what, remedy)


def too_quiet(label: str, state: ServerState | None, loud_dbfs: float) -> Warning:
    """A voice is there, and so quiet that words are lost; `loud_dbfs` is the level of it (`loud_level`)."""
    own = state.source(state.recorded) if state is not None else None
    what = (
        f"{label} is too quiet: your voice reaches {loud_dbfs:.0f} dBFS, and below {QUIET_DBFS:.0f} words are lost"
    )
    return Warning(ProblemName.MICROPHONE_QUIET, what, _louder(own, TARGET_DBFS - loud_dbfs))


def nothing_heard(selection: Selection, state: ServerState | None, times: int) -> Warning:
    """Somebody wanted to be heard several times in a row, and nothing came but noise."""
    own = state.source(state.recorded) if state is not None else None
    what = f"nothing but noise came from {selection.label} the last {times} times that you dictated"
    if own is not None and own.is_unplugged:
        what += ", and nothing is plugged into its socket"
    other = other_microphone(state, own, is_named=selection.is_named) if state is not None else None
    return Warning(ProblemName.MICROPHONE_QUIET, what, other or _louder(own, 0.0))


def silent(selection: Selection, state: ServerState | None, seconds: float) -> Warning:
    """Nothing but zeros has come for so long."""
    own = state.source(state.recorded) if state is not None else None
    other = other_microphone(state, own, is_named=selection.is_named) if state is not None else None
    words = "look for a mute switch on it, or "
    words += other.words if other is not None else "choose another microphone in the sound settings"
    return Warning(
        ProblemName.MICROPHONE_SILENT,
        f"{selection.label} has delivered nothing but silence for {seconds:g} s",
        Remedy(words, other.command if other is not None else ""),
    )


def _louder(own: SoundSource | None, by_db: float) -> Remedy:
    if own is None or own.volume_percent is None:
        return Remedy("raise its input volume in the sound settings, or move it closer")
    percent = louder(own.volume_percent, by_db) if by_db else max(own.volume_percent, FULL_PERCENT)
    if own.volume_percent >= MOST_PERCENT or percent <= own.volume_percent:
        return Remedy(f"move it closer, or look for a switch on it (its volume is at {own.volume_percent} %)")
    words = f"move it closer, or raise its volume, which is {own.volume_percent} %"
    return mending(words, SetVolume(own.name, percent))


def other_microphone(state: ServerState, own: SoundSource | None, *, is_named: bool) -> Remedy | None:
    """How to change to the best of the other microphones; None where there is none."""
    others = [one for one in state.microphones if own is None or one.name != own.name]
    others = [one for one in others if not (one.is_unplugged or one.is_muted or _is_narrow(one))]
    if not others:
        return None
    best = min(
        others, key=lambda one: not one.is_running
    )  # what another program records from is somebody's choice
    used = ", which another program listens to" if best.is_running else ""
    if is_named:
        return Remedy(
            f"set audio.device in the settings to {best.description!r}{used}", f"audio.device: {best.name}"
        )
    return Remedy(f"choose {best.description!r}{used}", f"pactl set-default-source {shlex.quote(best.name)}")


def _is_narrow(source: SoundSource) -> bool:
    return source.bluetooth is not None and source.bluetooth.is_narrow
