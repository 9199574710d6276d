"""A keyboard of our own, made by uinput: what is struck on it goes where a real one's keys go."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable

from sayso.errors import TypistError
from sayso.evdev.access import MAY_NOT_WRITE, NO_UINPUT, OUR_KEYBOARD
from sayso.evdev.wire import (
    BUS_VIRTUAL,
    EV_KEY,
    EV_LED,
    EVENT,
    LED_CAPS,
    PRESSED,
    RELEASED,
    REPORT,
    SETUP,
    UI_DEV_CREATE,
    UI_DEV_DESTROY,
    UI_DEV_SETUP,
    UI_SET_EVBIT,
    UI_SET_KEYBIT,
    UI_SET_LEDBIT,
    InputEvent,
    Ioctl,
    ioctl,
    pack,
    unpack,
)

PATH = "/dev/uinput"
KEYS = range(1, 249)  # all of a keyboard's; what has some only is not taken for one (libinput, udev's input_id)
VENDOR, PRODUCT, VERSION = 0x5359, 0x0001, 1
READY_SECONDS = 0.5  # for the session to find the new keyboard: what is struck before is lost


def open_uinput(path: str = PATH) -> int:
    """Open the kernel's door to new devices.

    Raises:
        TypistError: there is none, or it is closed to this person; says what to do, and what that means.

    """
    try:
        return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError as error:
        raise TypistError(MAY_NOT_WRITE) from error
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENODEV):
            raise TypistError(f"typist.backend: uinput cannot open {path}: {error.strerror}") from error
        raise TypistError(NO_UINPUT) from error


class VirtualKeyboard:
    """A keyboard with all keys; belongs to one thread. Its keys that are down go up when it is closed.

    Args:
        open_device: the edge to the kernel's door.
        ioctl: the edge to the kernel.
        sleep: waits for so many seconds.

    Raises:
        TypistError: it cannot be made here; the message says what to do.

    """

    def __init__(
        self,
        open_device: Callable[[], int] = open_uinput,
        ioctl: Ioctl = ioctl,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ioctl = ioctl
        self._sleep = sleep
        self._fd = open_device()
        self._caps: bool | None = None
        try:
            self._create()
        except OSError as error:
            os.close(self._fd)
            raise TypistError(f"the kernel makes no keyboard for sayso: {error.strerror}") from error
        self._ready_at = time.monotonic() + READY_SECONDS

    @property
    def caps_lock(self) -> bool | None:
        """Whether the session has lit the lamp of CapsLock on it; None where it has never said."""
        with contextlib.suppress(OSError):
            while data := os.read(self._fd, 64 * EVENT.size):
                for event in unpack(data):
                    if event.kind == EV_LED and event.code == LED_CAPS:
                        self._caps = bool(event.value)
        return self._caps

    def wait_until_ready(self) -> None:
        """Block until the session must have found it: half a second after it was made."""
        self._sleep(max(0.0, self._ready_at - time.monotonic()))

    def press(self, key: int) -> None:
        """Press a key and hold it. Raises OSError where the kernel refuses."""
        self._tell(key, PRESSED)

    def release(self, key: int) -> None:
        """Let go of a key. Raises OSError where the kernel refuses."""
        self._tell(key, RELEASED)

    def close(self) -> None:
        """Unplug it; more than once does nothing."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            with contextlib.suppress(OSError):
                self._ioctl(fd, UI_DEV_DESTROY, 0)
            os.close(fd)

    def _create(self) -> None:
        for kind in (EV_KEY, EV_LED):
            self._ioctl(self._fd, UI_SET_EVBIT, kind)
        for key in KEYS:
            self._ioctl(self._fd, UI_SET_KEYBIT, key)
        self._ioctl(self._fd, UI_SET_LEDBIT, LED_CAPS)
        setup = SETUP.pack(BUS_VIRTUAL, VENDOR, PRODUCT, VERSION, OUR_KEYBOARD.encode(), 0)
        self._ioctl(self._fd, UI_DEV_SETUP, bytearray(setup))
        self._ioctl(self._fd, UI_DEV_CREATE, 0)

    def _tell(self, key: int, value: int) -> None:
        os.write(self._fd, pack([InputEvent(EV_KEY, key, value), REPORT]))
