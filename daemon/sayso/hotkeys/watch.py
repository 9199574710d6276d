"""One display under watch: key presses from the grabs, releases from the devices themselves.

While a hotkey is down, its grab would swallow what the typist types, and its auto-repeat would bring the grab
back every 40 ms. So both are ended at once (`_end_grab`), and from then on the device is asked and listened to for
the key going up: by raw events, and by a look every LOOK_SECONDS in case one was lost. As long as the device says
that the key is down it counts as down here; for how long it may keep the microphone open is said elsewhere
(`hotkeys.max_hold_minutes`, `sayso/listening.py`), as whichever way keys are watched may lose a release.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest
from Xlib.protocol import rq

from sayso.config.chords import Chord
from sayso.hotkeys.attendance import WaitableEvent
from sayso.hotkeys.devices import Keyboards
from sayso.hotkeys.facts import LET_GO, PRESSED, Action, Ask
from sayso.hotkeys.grabs import Grabs
from sayso.x11.keymap import silent_key

LOOK_SECONDS = 0.2  # how long a release that no event told can go unnoticed
RETRY_SECONDS = 10.0  # how often a key that another program has is tried again

Tell = Callable[[frozenset[Action], Mapping[Action, Action]], None]
"""Takes which hotkeys are grabbed now, and which are the same key as one of those (`Grabs.twins`)."""


@dataclass(slots=True)
class _Held:
    """A hotkey that is down, and the devices on which it is."""

    action: Action
    devices: frozenset[int]


class DisplayWatch:
    """Watches the keys of one display; belongs to the thread of its connection.

    Args:
        display: the connection, for nothing else.
        chords: the keys.
        ask: told what they ask for.
        tell: told which are grabbed, at the start and after each try for those that were not.

    Raises:
        DisplayError: this server lacks an extension that is needed.

    """

    def __init__(self, display: Display, chords: Mapping[Action, Chord], ask: Ask, tell: Tell) -> None:
        self._display = display
        self._ask = ask
        self._tell = tell
        self._wanted = frozenset(chords)
        self._keyboards = Keyboards(display)
        self._grabs = Grabs(display, chords)
        self._held: dict[int, _Held] = {}
        self._look_at = self._retry_at = time.monotonic()

    def run(self, closing: WaitableEvent) -> None:
        """Watch until told to close, and give the keys back; blocks. Raises LOST when the display goes away."""
        self._told()
        while True:
            while self._display.pending_events():
                self._on_event(self._display.next_event())
            self._on_time()
            if self._display.pending_events():  # they came along with a reply
                continue
            if closing.wait_or(self._display.fileno(), self._patience()):
                self._grabs.release()
                return

    def let_go_of_all(self) -> None:
        """Count every key as let go: nobody watches them any more. Asks nothing of the display."""
        for keycode in list(self._held):
            self._released(keycode)

    # ── what happens ──────────────────────────────────────────────────────────────────────────────

    def _on_event(self, event: rq.Event) -> None:
        if event.type == X.KeyPress:
            self._on_press(event.detail, event.state)
        elif event.type == X.MappingNotify:
            self._display.refresh_keyboard_mapping(event)
            if event.request != X.MappingPointer:
                self._grabs.follow_keymap()
                self._told()
        elif (release := self._keyboards.released(event)) is not None:
            self._on_release(*release)

    def _on_press(self, keycode: int, state: int) -> None:
        action = self._grabs.action_of(keycode, state)
        held = self._held.get(keycode)
        if held is None and action is None:
            return  # the idle key of `_end_grab`
        if not self._held:
            self._keyboards.tell_releases(True)
        devices = self._end_grab(keycode)
        if held is not None:  # a keyboard that repeats by itself, as a remote one does: still the same press
            held.devices |= devices
            return
        assert action is not None
        if not self._held:
            self._look_at = time.monotonic() + LOOK_SECONDS
        self._held[keycode] = _Held(action, devices)
        self._ask(PRESSED[action])
        self._settle(keycode)

    def _on_release(self, device: int, keycode: int) -> None:
        held = self._held.get(keycode)
        if held is not None:  # and what XTEST types, while a finger is on the key, changes nothing
            held.devices -= {device}
            self._settle(keycode)

    def _settle(self, keycode: int) -> None:
        if not self._held[keycode].devices:
            self._released(keycode)
            if not self._held:
                self._keyboards.tell_releases(False)

    def _released(self, keycode: int) -> None:
        action = self._held.pop(keycode).action
        if action in LET_GO:
            self._ask(LET_GO[action])

    def _end_grab(self, keycode: int) -> frozenset[int]:
        """End the grab that the press began, and the key's auto-repeat, so that text can be typed meanwhile.

        Switching auto-repeat off for the key does not stop a repeat that has begun (X.Org 21.1). A release does:
        one by XTEST is believed by the server, whose key is up then, while the device still knows better, and
        even text with that very key in it can be typed. A key that XTEST itself holds would be up for good; there,
        striking another key takes the repeat away. Our grab, still active, is all that ever sees either.

        Returns:
            The devices on which the key is down; that it goes up is told by raw events from now on.

        """
        devices = self._keyboards.holding(keycode)
        if devices and not self._keyboards.are_made_up(devices):
            xtest.fake_input(self._display, X.KeyRelease, keycode)
        elif devices and (idle := self._idle_key()) is not None:
            xtest.fake_input(self._display, X.KeyPress, idle)
            xtest.fake_input(self._display, X.KeyRelease, idle)
        self._display.ungrab_keyboard(X.CurrentTime)
        # Who has the keyboard grabbed gets no raw events: what went up before this point is asked for.
        return self._keyboards.still_down(devices, keycode)

    def _idle_key(self) -> int | None:
        # By the core protocol: who has asked XKB anything is told of fewer changes to the keymap from then on.
        info = self._display.display.info
        count = info.max_keycode + 1 - info.min_keycode
        keysyms = self._display.get_keyboard_mapping(info.min_keycode, count)
        return silent_key(enumerate(keysyms, info.min_keycode))

    # ── time ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def _lacks_some(self) -> bool:
        return self._grabs.active | self._grabs.twins.keys() != self._wanted

    def _patience(self) -> float | None:
        """How long nothing needs to be looked at; None for ever."""
        due = [self._look_at] * bool(self._held) + [self._retry_at] * self._lacks_some
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _on_time(self) -> None:
        now = time.monotonic()
        if self._held and now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            for keycode, held in list(self._held.items()):
                held.devices = self._keyboards.still_down(held.devices, keycode)
                self._settle(keycode)
        if self._lacks_some and now >= self._retry_at:
            self._grabs.try_again()
            self._told()

    def _told(self) -> None:
        self._retry_at = time.monotonic() + RETRY_SECONDS
        self._tell(self._grabs.active, self._grabs.twins)
