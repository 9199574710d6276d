"""Choosing how keys are watched, and beginning to."""

from __future__ import annotations

from sayso.config.chords import Chord
from sayso.config.settings import HotkeySettings
from sayso.desktop import find_display
from sayso.hotkeys.facts import Action, Ask, FindDisplay, Hotkeys, Report
from sayso.hotkeys.pynput_keys import for_pynput


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
        HotkeyError: as `open_hotkeys`.

    """
    chords = _chords(settings)
    if settings.backend == "pynput" and chords:
        for_pynput(chords)


def _chords(settings: HotkeySettings) -> dict[Action, Chord]:
    """What is watched for, without what is `none`."""
    keys = {
        Action.TOGGLE: settings.toggle,
        Action.HOLD: settings.hold,
        Action.CANCEL: settings.cancel,
        Action.UNDO: settings.undo,
    }
    return {action: chord for action, chord in keys.items() if chord is not None}


def open_hotkeys(
    settings: HotkeySettings, ask: Ask, report: Report, find_display: FindDisplay = find_display
) -> Hotkeys:
    """Begin to watch the keys of the settings; returns at once, with a display or without.

    A display that is missing is looked for every 1 to 5 s, and one that went away is waited for likewise.

    Args:
        settings: backend and keys; `auto` is X11.
        ask: told what a key asks for, on the thread `sayso-hotkeys` (pynput: on one of its own).
        report: told which keys are taken by another program (`ProblemName.HOTKEY_TAKEN`), and that it is over.
        find_display: says on which X display.

    Raises:
        HotkeyError: the backend is not installed, or does not know a key.

    """
    chords = _chords(settings)
    if settings.backend == "none" or not chords:
        return NoHotkeys()
    if settings.backend == "pynput":
        from sayso.hotkeys.pynput import PynputHotkeys  # noqa: PLC0415  # python-xlib, which `check` does without

        return PynputHotkeys(chords, for_pynput(chords), ask, find_display)
    from sayso.hotkeys.x11 import X11Hotkeys  # noqa: PLC0415  # as above

    return X11Hotkeys(chords, ask, report, find_display)
