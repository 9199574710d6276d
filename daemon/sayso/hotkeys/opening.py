"""Choosing how keys are watched, and beginning to."""

from __future__ import annotations

from collections.abc import Callable

from sayso.config.chords import Chord
from sayso.config.settings import HotkeySettings
from sayso.desktop import Kind, find_display, kind_of_session
from sayso.evdev.access import check_access
from sayso.hotkeys.evdev_chords import for_evdev
from sayso.hotkeys.facts import Action, Ask, FindDisplay, Hotkeys, Report
from sayso.hotkeys.pynput_keys import for_pynput
from sayso.portal.held import HeldKeys


class NoHotkeys:
    """Nothing is watched: every hotkey is `none`, or the backend is."""

    def describe(self) -> dict[str, str]:
        """There are none."""
        return {}

    def close(self) -> None:
        """There is nothing to give back."""


def check(settings: HotkeySettings) -> None:
    """See whether `open_hotkeys` would take these settings; opens and loads nothing, and returns at once.

    Raises:
        HotkeyError: as `open_hotkeys`, but for what only a running desktop can say.

    """
    chords = _chords(settings)
    if settings.backend == "pynput" and chords:
        for_pynput(chords)
    if settings.backend == "evdev" and chords:
        for_evdev(chords)
        check_access()


def _chords(settings: HotkeySettings) -> dict[Action, Chord]:
    """What is watched for, without what is `none`."""
    keys: dict[Action, Chord | None] = {action: getattr(settings, action.value) for action in Action}
    return {action: chord for action, chord in keys.items() if chord is not None}


def open_hotkeys(
    settings: HotkeySettings,
    ask: Ask,
    report: Report,
    find_display: FindDisplay = find_display,
    kind: Callable[[], Kind | None] = kind_of_session,
    held: HeldKeys | None = None,
) -> Hotkeys:
    """Begin to watch the keys of the settings; returns at once, with a session or without.

    A display that is missing is looked for every 1 to 5 s, and one that went away is waited for likewise.

    Args:
        settings: backend and keys; `auto` is X11, and the portal in a Wayland session.
        ask: told what a key asks for, on the thread `sayso-hotkeys` (others: on one of their own).
        report: told which keys are taken by another program (`ProblemName.HOTKEY_TAKEN`), or that they cannot be
            watched (`HOTKEY_UNWATCHED`), and that it is over.
        find_display: says on which X display.
        kind: says what the session is, for `auto`.
        held: told which keys of the portal's are down, for whoever types meanwhile.

    Raises:
        HotkeyError: the backend is not installed, may not work here, or does not know a key.

    """
    chords = _chords(settings)
    if settings.backend == "none" or not chords:
        return NoHotkeys()

    # Each brings libraries that `check` does without.
    def on_x11() -> Hotkeys:
        from sayso.hotkeys.x11 import X11Hotkeys  # noqa: PLC0415  # as said above

        return X11Hotkeys(chords, ask, report, find_display)

    def through_the_portal() -> Hotkeys:
        from sayso.hotkeys.portal import PortalHotkeys  # noqa: PLC0415  # as said above

        return PortalHotkeys(chords, ask, report, held)

    def in_the_session(on_x11: Callable[[], Hotkeys]) -> Hotkeys:
        from sayso.hotkeys.waiting import SessionHotkeys  # noqa: PLC0415  # as said above

        return SessionHotkeys(chords, report, kind, find_display, on_x11, through_the_portal)

    match settings.backend:
        case "x11":
            return on_x11()
        case "portal":
            return in_the_session(through_the_portal)
        case "evdev":
            from sayso.hotkeys.evdev import EvdevHotkeys  # noqa: PLC0415  # as said above

            return EvdevHotkeys(chords, ask)
        case "pynput":
            from sayso.hotkeys.pynput import PynputHotkeys  # noqa: PLC0415  # as said above

            return PynputHotkeys(chords, for_pynput(chords), ask, find_display)
        case _:
            return in_the_session(on_x11)
