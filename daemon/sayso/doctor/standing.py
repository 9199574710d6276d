"""What is to be said of a hotkey of the settings, by how it stands."""

from __future__ import annotations

from sayso.config.chords import Chord
from sayso.doctor import Finding, Light
from sayso.events import Event, Problem
from sayso.hotkeys.facts import Action, Standing
from sayso.hotkeys.taken import TakenNotice

WAYLAND = "bind `sayso toggle` to a key in the settings of the desktop, and set hotkeys.backend to none"


def as_told(action: Action, chord: Chord, told: str | None) -> Finding:
    """What a service that runs says of a hotkey (`Hotkeys.describe`); None: nothing."""
    part = f"hotkey {action.value}"
    ends = (standing for standing in Standing if standing.value and (told or "").endswith(standing.value))
    standing = next(ends, Standing.ACTIVE)
    has = (told or "none").removesuffix(standing.value)
    if has != str(chord):
        message = f"the sayso that runs has {has} for it, and the settings say {chord}"
        return Finding(part, Light.AMBER, message, "have it read them again: systemctl --user reload sayso")
    if standing is Standing.WAITING:
        message = f"the sayso that runs has no display to watch {chord} on"
        return Finding(part, Light.AMBER, message, "restart it in the desktop session; on Wayland " + WAYLAND)
    if standing is Standing.NO_KEYBOARD:
        message = f"the sayso that runs has no keyboard to watch {chord} on"
        return Finding(part, Light.AMBER, message, "connect one; or set hotkeys.backend to auto")
    if standing is Standing.UNWATCHED:
        message = f"this desktop offers no way to watch {chord}"
        return Finding(part, Light.AMBER, message, WAYLAND)
    return as_found(action, chord, standing, "the sayso that runs has it")


def as_found(action: Action, chord: Chord, standing: Standing, good: str, *, is_silent: bool = False) -> Finding:
    """What is to be said of a hotkey that was tried.

    Args:
        action: what it is for.
        chord: its key.
        standing: what became of it.
        good: what to say where it can be had.
        is_silent: a sayso that could not be asked may be the one that has it.

    """
    part = f"hotkey {action.value}"
    if standing is Standing.ACTIVE:
        return Finding(part, Light.GREEN, f"{chord}: {good}")
    if standing is Standing.TWIN:
        message = f"{chord} (hotkeys.{action.value}){standing.value}"
        return Finding(part, Light.AMBER, message, "choose another key for one of them in the settings")
    message, _, remedy = _taken(action, chord).partition("; ")
    if is_silent:
        message += ", perhaps by a sayso that runs and could not be asked"
        remedy = f"see whether one does (sayso status); else {remedy}"
    return Finding(part, Light.AMBER, message, remedy)


def _taken(action: Action, chord: Chord) -> str:
    """What the service itself would say."""
    told: list[Event] = []
    TakenNotice({action: chord}, told.append).tell([action])
    return "".join(event.message for event in told if isinstance(event, Problem))
