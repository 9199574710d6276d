"""Hotkeys from the keyboards themselves, on any desktop or none; for whoever allows it (`hotkeys.backend: evdev`).

The keys are not grabbed: the focused application gets them, too, so they should be keys that mean nothing to it.
Every key that is struck passes through here; one that belongs to no hotkey is dropped at once, and none is logged.
"""

from __future__ import annotations

import logging
import select
import threading
from collections.abc import Mapping

from sayso.config.chords import Chord
from sayso.errors import HotkeyError
from sayso.evdev.access import FOLDER, MAY_NOT_READ
from sayso.evdev.keyboard import Keyboard, Overflow
from sayso.evdev.keyboards import RESCAN_SECONDS, Keyboards
from sayso.evdev.wire import Ioctl, ioctl
from sayso.hotkeys.attendance import CLOSE_SECONDS, WaitableEvent
from sayso.hotkeys.evdev_chords import HeldKeys, for_evdev
from sayso.hotkeys.facts import Action, Ask, Standing

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2  # how long a release that no event told can go unnoticed


class EvdevHotkeys:
    """Watches all keyboards on a thread of its own, whichever are plugged in.

    Args:
        chords: the keys.
        ask: told what they ask for, on the thread `sayso-hotkeys`.
        folder: where the devices are.
        ioctl: the edge to the kernel.

    Raises:
        HotkeyError: a key that no keyboard has, or keyboards that may not be read.

    """

    def __init__(
        self, chords: Mapping[Action, Chord], ask: Ask, folder: str = FOLDER, ioctl: Ioctl = ioctl
    ) -> None:
        self._chords = chords
        self._held = HeldKeys(for_evdev(chords), ask)
        self._keyboards = Keyboards(self._held.wanted, folder, ioctl, self._held.is_gone)
        if self._keyboards.denied and not len(self._keyboards):
            self._keyboards.close()
            raise HotkeyError(MAY_NOT_READ)
        for keyboard in self._keyboards:
            self._adopt(keyboard)
        self._closing = WaitableEvent()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="sayso-hotkeys", daemon=True)
        self._thread.start()

    def describe(self) -> dict[str, str]:
        """How each hotkey stands now. Called by any thread; returns at once."""
        standing = Standing.ACTIVE if len(self._keyboards) else Standing.NO_KEYBOARD
        return {action.value: f"{chord}{standing.value}" for action, chord in self._chords.items()}

    def close(self) -> None:
        """Watch no more; blocks for milliseconds. Never raises."""
        if self._is_closed:
            return
        self._is_closed = True
        self._closing.set()
        self._thread.join(CLOSE_SECONDS)
        if not self._thread.is_alive():
            self._closing.free()

    def _run(self) -> None:
        """On `sayso-hotkeys`; blocks on the keyboards."""
        try:
            while not self._closing.wait(0):
                self._wait()
                for keyboard in self._keyboards:
                    self._hear(keyboard)
        finally:
            self._keyboards.close()

    def _wait(self) -> None:
        """Block until there is something to do, and see what has come and what is really down."""
        arrivals = self._keyboards.arrivals
        patience = LOOK_SECONDS if self._held.holding else None if arrivals is not None else RESCAN_SECONDS
        files = [self._closing, *self._keyboards, *([arrivals] if arrivals is not None else [])]
        readable = select.select(files, [], [], patience)[0]
        if arrivals is None or arrivals in readable:
            for keyboard in self._keyboards.look():
                log.debug("keyboard: %s", keyboard.name)
                self._adopt(keyboard)

    def _hear(self, keyboard: Keyboard) -> None:
        try:
            try:
                for code, is_down in keyboard.strokes():
                    self._held.stroke(keyboard, code, is_down)
            except Overflow:
                self._held.is_now(keyboard, keyboard.down())
            if keyboard in self._held.holding:
                self._held.is_now(keyboard, keyboard.down())
        except OSError:  # it was unplugged
            self._keyboards.lose(keyboard)

    def _adopt(self, keyboard: Keyboard) -> None:
        try:
            self._held.adopt(keyboard, keyboard.down())
        except OSError:
            self._keyboards.lose(keyboard)
