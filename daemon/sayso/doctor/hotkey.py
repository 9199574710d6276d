"""Do hotkeys work? A key of sayso's own is grabbed and pressed, and those that are set are looked at."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Self

from Xlib import XK, X

from sayso.config import Settings
from sayso.config.chords import Chord, parse_chord
from sayso.config.settings import HotkeySettings
from sayso.control import Control
from sayso.desktop import Kind, find_display, kind_of_session
from sayso.doctor import Finding, Light
from sayso.doctor.keyboards import look_at_keyboards
from sayso.doctor.portal import LIMIT_SECONDS as PORTAL_SECONDS
from sayso.doctor.portal import NOT_TRIED, TRY_YOURSELF, ask_portal, has_portal, judge_portal
from sayso.doctor.standing import as_found, as_told
from sayso.doctor.xwayland import is_xwayland
from sayso.errand import Errand, Overdue
from sayso.errors import DisplayError, HotkeyError
from sayso.hotkeys import check
from sayso.hotkeys.binding import what_else
from sayso.hotkeys.devices import Keyboards
from sayso.hotkeys.facts import Action, Standing
from sayso.hotkeys.grabs import Grabs
from sayso.hotkeys.keymap import KEYSYMS, keycode_of
from sayso.hotkeys.x11 import X11Hotkeys
from sayso.x11.connection import LOST, connect, unheard
from sayso.x11.keyboard import Keyboard
from sayso.x11.keymap import Stroke
from sayso.x11.windows import Windows

PART = "hotkey press"
OURS = ("super+f24", "super+f23", "super+f22", "f24", "f23")
"""Keys that hardly any keyboard has; few modifiers, as some of them together switch the layout."""

SERVICE_SECONDS = 1.5  # for a service to say how its keys stand
LIMIT_SECONDS, GRABS_SECONDS = 2.5, 1.0  # for what is asked of the display, one that hangs included
GRAB_SECONDS, LOOK_SECONDS = 0.5, 0.01
PRESS_SECONDS = 1.0  # from the key until sayso has heard of it, which takes some ms
MODIFIERS_SECONDS = 0.5  # a person who is still holding Shift

PYNPUT = "hotkeys.backend is pynput, which takes no key for itself, and any window would get it"


def check_hotkey(settings: Settings) -> Iterator[Finding]:
    """Press a key of sayso's own, and look how the hotkeys of the settings stand; takes 5 s at most."""
    chords = chords_of(settings.hotkeys)
    if settings.hotkeys.backend == "none" or not chords:
        reason = "hotkeys.backend is none" if chords else "every hotkey is none"
        yield Finding("hotkeys", Light.GREEN, f"{reason}, as you have set it: no keys are watched")
        return
    try:
        check(settings.hotkeys)
    except HotkeyError as error:
        yield Finding("hotkeys", Light.RED, str(error), "change hotkeys in the settings")
        return
    backend = settings.hotkeys.backend
    by_portal = backend == "portal" or (backend == "auto" and kind_of_session() is Kind.WAYLAND)
    asked, asked_at = Errand(_ask_service), time.monotonic()
    portal = ask_portal() if by_portal else None
    name = find_display()
    if portal is None:
        yield _press_by(backend, name, chords)
    try:
        service, is_silent = asked.wait(max(0.0, asked_at + SERVICE_SECONDS - time.monotonic())), False
    except Exception:  # no bus, or a service that hangs: there may be one, and its keys look taken
        service, is_silent = None, True
    if portal is not None:
        is_there = has_portal(portal, asked_at + PORTAL_SECONDS - time.monotonic())
        yield judge_portal(PART, is_there, None if is_silent else service is not None, chords)
    if service is not None:
        for action, chord in chords.items():
            yield as_told(action, chord, service.get(action.value), by_portal=by_portal)
    elif name is not None and backend in ("auto", "x11") and not by_portal:
        yield from _try_grabs(name, chords, is_silent)


def chords_of(settings: HotkeySettings) -> dict[Action, Chord]:
    """The hotkeys that are set."""
    keys: dict[Action, Chord | None] = {action: getattr(settings, action.value) for action in Action}
    return {action: chord for action, chord in keys.items() if chord is not None}


def _press_by(backend: str, name: str | None, chords: Mapping[Action, Chord]) -> Finding:
    """Press a key where that can be done."""
    if backend == "evdev":
        return look_at_keyboards(PART, chords)
    if backend == "pynput":
        return Finding(PART, Light.AMBER, f"{NOT_TRIED}: {PYNPUT}", TRY_YOURSELF)
    return _press(name, what_else(chords))


# ── the hotkeys that are set ──────────────────────────────────────────────────────────────────────


def _ask_service() -> Mapping[str, str] | None:
    """Action → how its key stands with the service that runs; None where none does. May block for some seconds."""
    from sayso.bus.client import NotRunning, read_status  # noqa: PLC0415  # dbus-fast, for this alone

    try:
        hotkeys: Mapping[str, str] = read_status()["hotkeys"]
    except NotRunning:
        return None
    return hotkeys


def _try_grabs(name: str, chords: Mapping[Action, Chord], is_silent: bool) -> Iterator[Finding]:
    """Take each key and give it back at once."""
    try:
        standing = Errand(lambda: _grabbed(name, chords)).wait(GRABS_SECONDS)
    except Exception:  # a display that fails, which the press has told already
        return
    for action, chord in chords.items():
        yield as_found(action, chord, standing[action], "no other program has it", is_silent=is_silent)


def _grabbed(name: str, chords: Mapping[Action, Chord]) -> dict[Action, Standing]:
    """Thread `sayso-errand`; blocks for as long as an X server that hangs."""
    display = connect(name)
    try:
        display.set_error_handler(unheard)
        grabs = Grabs(display, chords)
        active, twins = grabs.active, grabs.twins
        grabs.release()
    finally:
        with contextlib.suppress(*LOST):
            display.close()
    return {
        action: Standing.ACTIVE if action in active else Standing.TWIN if action in twins else Standing.TAKEN
        for action in chords
    }


# ── a key of sayso's own ──────────────────────────────────────────────────────────────────────────


def _press(name: str | None, otherwise: str) -> Finding:
    """Press a key of sayso's own on a display; `otherwise` is what to do on Wayland."""
    if name is None:
        message = f"{NOT_TRIED}: there is no X display, and no other way to watch keys"
        return Finding(PART, Light.AMBER, message, otherwise)
    try:
        return Errand(lambda: _press_on(name, otherwise)).wait(LIMIT_SECONDS)
    except Overdue:
        message = f"the X display does not answer within {LIMIT_SECONDS:g} s"
        return Finding(PART, Light.RED, message, "restart the desktop session")
    except DisplayError as error:
        return Finding(
            PART,
            Light.AMBER,
            f"{NOT_TRIED}: {error}",
            "run sayso doctor in the desktop session; on Wayland " + otherwise,
        )
    except Exception as error:  # whatever it is must not end the doctor
        message = f"pressing a key failed ({type(error).__name__})"
        return Finding(PART, Light.RED, message, "run sayso doctor again; if it stays so, report it")


def _press_on(name: str, otherwise: str) -> Finding:
    """Thread `sayso-errand`; blocks for as long as an X server that hangs."""
    with contextlib.closing(connect(name)) as display:
        Keyboards(display)  # says what a server lacks, which X11Hotkeys would wait for
    with contextlib.ExitStack() as stack:
        hand = stack.enter_context(_Hand(name))
        for chord in map(parse_chord, OURS):
            stroke = hand.stroke(chord)
            if stroke is None:
                continue
            heard = threading.Event()
            hotkeys = _grab(name, chord, heard)
            if hotkeys is None:
                continue
            stack.callback(hotkeys.close)
            finding = hand.press(chord, stroke, heard)
            return _over_xwayland(finding, otherwise) if hand.is_on_xwayland else finding
    message = f"{NOT_TRIED}: {', '.join(OURS)} are all taken by other programs"
    return Finding(PART, Light.AMBER, message, TRY_YOURSELF)


def _over_xwayland(finding: Finding, otherwise: str) -> Finding:
    """What was heard there proves little."""
    if finding.light is not Light.GREEN:
        return finding
    message = f"{finding.message}; this is a Wayland session, where that works over X11 windows only"
    return replace(finding, light=Light.AMBER, message=message, remedy=otherwise)


def _grab(name: str, chord: Chord, heard: threading.Event) -> X11Hotkeys | None:
    """Have sayso watch for a key; None where it cannot be had."""

    def ask(control: Control) -> None:
        if control is Control.TOGGLE:
            heard.set()

    settled = threading.Event()
    hotkeys = X11Hotkeys({Action.TOGGLE: chord}, ask, lambda _: settled.set(), lambda: name)
    deadline = time.monotonic() + GRAB_SECONDS
    while time.monotonic() < deadline and not settled.wait(LOOK_SECONDS):  # that it has the key it tells nobody
        if hotkeys.describe()[Action.TOGGLE.value] == str(chord):
            return hotkeys
    hotkeys.close()
    return None


class _Hand:
    """Presses keys by XTEST; one thread uses it.

    Args:
        name: the display.

    Raises:
        DisplayError: it cannot be opened, or lacks what hotkeys need.

    """

    def __init__(self, name: str) -> None:
        self._struck_at = 0.0
        self._display = connect(name)
        self._display.set_error_handler(unheard)
        try:
            self._keyboard, self._windows = Keyboard(self._display), Windows(self._display)
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @property
    def is_on_xwayland(self) -> bool:
        """Whether its display is but a part of the desktop."""
        return is_xwayland(self._display)

    def stroke(self, chord: Chord) -> Stroke | None:
        """The keys of a chord; None where this keyboard lacks one of its modifiers."""
        mapping = self._display.get_modifier_mapping()
        modifiers = {keycode for row in mapping for keycode in row} - {0}
        held = []
        for modifier in chord.modifiers:
            named = (self._display.keysym_to_keycode(XK.string_to_keysym(name)) for name in KEYSYMS[modifier])
            found = next((keycode for keycode in named if keycode in modifiers), None)
            if found is None:
                return None
            held.append(found)
        return Stroke(keycode_of(chord, self._display.keysym_to_keycodes), tuple(held))

    def press(self, chord: Chord, stroke: Stroke, heard: threading.Event) -> Finding:
        """Strike it where nobody else can get it, and wait until sayso has heard of it."""
        deadline = time.monotonic() + MODIFIERS_SECONDS
        while (obstacle := self._strike(stroke)) and time.monotonic() < deadline:
            self._keyboard.wait_for_change(deadline)
        if obstacle:
            return Finding(
                PART, Light.AMBER, f"{NOT_TRIED}: {obstacle[0]}", f"{obstacle[1]}, and run sayso doctor again"
            )
        if not heard.wait(PRESS_SECONDS):
            message = f"{chord} was grabbed for sayso and pressed, and sayso did not hear of it"
            remedy = "end programs that take all keys (key remappers, remote desktops), and run sayso doctor again"
            return Finding(PART, Light.RED, message, remedy)
        milliseconds = round(1000 * (time.monotonic() - self._struck_at), 2)
        message = f"{chord}, a key of sayso's own, was grabbed and pressed, and heard of {milliseconds:g} ms later"
        facts: dict[str, str | float] = {"key": str(chord), "milliseconds": milliseconds}
        return Finding(PART, Light.GREEN, message, facts=facts)

    def _strike(self, stroke: Stroke) -> tuple[str, str] | None:
        """Strike a key that only sayso would get; else what is in the way, and what to do about it."""
        with self._windows.grabbed():
            look = self._keyboard.look()
            if look.is_grabbed:
                return "another program has the keyboard: a menu, or a locked screen", "close it"
            if look.modifiers_held:
                return "Shift, Ctrl or the like is held down", "let go of all keys"
            if self._display.get_input_focus().focus == X.NONE:
                return "the focus is on no window, where no hotkey works", "click into a window"
            self._struck_at = time.monotonic()  # before it: sayso may hear of it before this call returns
            self._keyboard.strike([stroke])
        return None

    def _close(self) -> None:
        with contextlib.suppress(*LOST):
            self._display.close()
