"""Which keys a person holds that would make shortcuts of what is typed, as far as their keyboards may be read.

No program can let go of a key of another keyboard, so who types has to wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from sayso.evdev.access import FOLDER
from sayso.evdev.keyboards import Keyboards
from sayso.evdev.wire import LED_CAPS, MODIFIER_KEYS, Ioctl, ioctl

LOOK_SECONDS = 0.05


class Modifiers:
    """Looks at all keyboards of the person. Any thread; returns at once.

    Args:
        folder: where the devices are.
        ioctl: the edge to the kernel.

    """

    def __init__(self, folder: str = FOLDER, ioctl: Ioctl = ioctl) -> None:
        self._guard = threading.Lock()
        self._keyboards = Keyboards(frozenset(MODIFIER_KEYS), folder, ioctl)
        self._told: list[Callable[[], None]] = []
        self._waiting: threading.Thread | None = None
        self._closing = threading.Event()

    @property
    def is_blind(self) -> bool:
        """Whether no keyboard may be read."""
        with self._guard:
            return not len(self._keyboards)

    def held(self) -> list[str]:
        """What is held, as people call it, in no order that matters."""
        names: set[str] = set()
        with self._guard:
            self._keyboards.look()
            for keyboard in self._keyboards:
                try:
                    names |= {MODIFIER_KEYS[key] for key in keyboard.down() & MODIFIER_KEYS.keys()}
                except OSError:  # it was unplugged
                    self._keyboards.lose(keyboard)
        return sorted(names)

    def caps_lock(self) -> bool:
        """Whether the lamp of CapsLock is lit on one of them."""
        with self._guard:
            self._keyboards.look()
            for keyboard in self._keyboards:
                try:
                    if LED_CAPS in keyboard.lamps():
                        return True
                except OSError:
                    self._keyboards.lose(keyboard)
        return False

    def on_free(self, tell: Callable[[], None]) -> None:
        """Have `tell` called, on a thread of its own, whenever what `watch` waited for has come."""
        self._told.append(tell)

    def watch(self) -> None:
        """Tell when nothing is held any more; there is one thread `sayso-modifiers` at most, only until then."""
        with self._guard:
            if self._closing.is_set() or (self._waiting is not None and self._waiting.is_alive()):
                return
            self._waiting = threading.Thread(target=self._wait, name="sayso-modifiers", daemon=True)
            self._waiting.start()

    def close(self) -> None:
        """Look no more; blocks for milliseconds. More than once does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        waiting = self._waiting
        if waiting is not None:
            waiting.join()
        with self._guard:
            self._keyboards.close()

    def _wait(self) -> None:
        """On `sayso-modifiers`; looks every LOOK_SECONDS."""
        while not self._closing.wait(LOOK_SECONDS):
            if not self.held():
                with self._guard:
                    self._waiting = None  # from here on another may be needed
                for tell in self._told:
                    tell()
                return
