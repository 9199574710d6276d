"""What is to be said of a hotkey of the settings, by how it stands."""

from __future__ import annotations

from sayso.config.chords import Chord
from sayso.doctor import Finding, Light
from sayso.events import Event, Problem
from sayso.hotkeys.binding import what_else
from sayso.hotkeys.facts import Action, Standing
from sayso.hotkeys.taken import TakenNotice

ON_THE_PORTAL = {
    Standing.PORTALS_AWAY: ("waits for the desktop's portals", "see whether xdg-desktop-portal runs"),
    Standing.ASKING: (
        "waits until you have told the desktop whether it may have it",
        "answer the desktop's question",
    ),
    Standing.NOT_ALLOWED: ("may not have it: so the desktop was told", "start sayso again and allow it"),
}
"""What is to be said of a key that the desktop does not give (yet), and what to do."""


def as_told(action: Action, chord: Chord, told: str | None, *, by_portal: bool = False) -> Finding:
    """What a service that runs says of a hotkey (`Hotkeys.describe`); None: nothing.

    Args:
        action: what it is for.
        chord: its key in the settings.
        told: what was said.
        by_portal: the desktop chose the key, and may call it as it likes.

    """
    part = f"hotkey {action.value}"
    ends = (standing for standing in Standing if standing.value and (told or "").endswith(standing.value))
    standing = next(ends, Standing.ACTIVE)
    has = (told or "none").removesuffix(standing.value)
    if told is not None and by_portal and standing in (Standing.ACTIVE, Standing.UNTOLD):
        key = has if standing is Standing.ACTIVE else f"{chord}, or the key that you chose there"
        return Finding(part, Light.GREEN, f"{key}: the desktop watches it for the sayso that runs")
    if has != str(chord):
        message = f"the sayso that runs has {has} for it, and the settings say {chord}"
        return Finding(part, Light.AMBER, message, "have it read them again: systemctl --user reload sayso")
    if standing is Standing.WAITING:
        message = f"the sayso that runs has no display to watch {chord} on"
        remedy = "restart it in the desktop session; on Wayland " + what_else([action])
        return Finding(part, Light.AMBER, message, remedy)
    if standing is Standing.NO_KEYBOARD:
        message = f"the sayso that runs has no keyboard to watch {chord} on"
        return Finding(part, Light.AMBER, message, "connect one; or set hotkeys.backend to auto")
    if standing is Standing.UNWATCHED:
        return Finding(part, Light.AMBER, f"this desktop offers no way to watch {chord}", what_else([action]))
    if standing in ON_THE_PORTAL:
        why, remedy = ON_THE_PORTAL[standing]
        message = f"{chord}: the sayso that runs {why}"
        return Finding(part, Light.AMBER, message, f"{remedy}; or {what_else([action])}")
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
