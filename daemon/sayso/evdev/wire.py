"""The bytes and numbers between a program and Linux's input devices.

From linux/input.h, linux/input-event-codes.h and linux/uinput.h of Linux 6.1. The numbers of ioctls are those of
x86, ARM, RISC-V and s390 (asm-generic/ioctl.h); PowerPC, MIPS and SPARC count otherwise.
"""

from __future__ import annotations

import fcntl
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

Ioctl = Callable[[int, int, bytearray | int], int]
"""Asks the kernel: file descriptor, request, and what is given or filled in; raises OSError."""


def ioctl(fd: int, request: int, argument: bytearray | int = 0) -> int:
    """Ask the kernel itself."""
    return fcntl.ioctl(fd, request, argument)


EVENT: Final = struct.Struct("@llHHi")  # struct input_event: a time in two longs, type, code, value
SETUP: Final = struct.Struct("@HHHH80sI")  # struct uinput_setup: bus, vendor, product, version, name, effects

EV_SYN, EV_KEY, EV_LED = 0x00, 0x01, 0x11
SYN_REPORT, SYN_DROPPED = 0, 3
RELEASED, PRESSED, REPEATED = 0, 1, 2
BUS_VIRTUAL = 0x06
KEY_BYTES: Final = 768 // 8  # a bit for each key up to KEY_MAX, 767
LED_BYTES: Final = 2
LED_CAPS: Final = 1
NAME_BYTES: Final = 256

KEY_BACKSPACE, KEY_ENTER, KEY_TAB, KEY_SPACE, KEY_CAPS_LOCK = 14, 28, 15, 57, 58
KEY_LEFT_CTRL, KEY_RIGHT_CTRL = 29, 97
KEY_LEFT_SHIFT, KEY_RIGHT_SHIFT = 42, 54
KEY_LEFT_ALT, KEY_RIGHT_ALT = 56, 100
KEY_LEFT_META, KEY_RIGHT_META = 125, 126
MODIFIER_KEYS: Final = {
    KEY_LEFT_CTRL: "Ctrl",
    KEY_RIGHT_CTRL: "Ctrl",
    KEY_LEFT_SHIFT: "Shift",
    KEY_RIGHT_SHIFT: "Shift",
    KEY_LEFT_ALT: "Alt",
    KEY_RIGHT_ALT: "AltGr",
    KEY_LEFT_META: "Super",
    KEY_RIGHT_META: "Super",
}
"""What people call the keys that change what others mean."""
X_OFFSET: Final = 8  # X11 numbers keys by 8 more than Linux

_WRITE, _READ = 1, 2


def _request(direction: int, kind: str, number: int, size: int = 0) -> int:
    return direction << 30 | size << 16 | ord(kind) << 8 | number


def get_name(size: int = NAME_BYTES) -> int:
    """EVIOCGNAME: what the device calls itself, ended by a zero byte."""
    return _request(_READ, "E", 0x06, size)


def get_keys(size: int = KEY_BYTES) -> int:
    """EVIOCGKEY: a bit for each key that is down. Takes key events that wait to be read out of the queue."""
    return _request(_READ, "E", 0x18, size)


def get_leds(size: int = LED_BYTES) -> int:
    """EVIOCGLED: a bit for each lamp that is on."""
    return _request(_READ, "E", 0x19, size)


def get_bits(kind: int, size: int) -> int:
    """EVIOCGBIT: a bit for each code of a type that the device has."""
    return _request(_READ, "E", 0x20 + kind, size)


UI_DEV_CREATE: Final = _request(0, "U", 1)
UI_DEV_DESTROY: Final = _request(0, "U", 2)
UI_DEV_SETUP: Final = _request(_WRITE, "U", 3, SETUP.size)
UI_SET_EVBIT: Final = _request(_WRITE, "U", 100, 4)
UI_SET_KEYBIT: Final = _request(_WRITE, "U", 101, 4)
UI_SET_LEDBIT: Final = _request(_WRITE, "U", 105, 4)


@dataclass(frozen=True, slots=True)
class InputEvent:
    """One event: its type, which key or lamp, and what became of it. The kernel's time of it is of no use here."""

    kind: int
    code: int
    value: int


REPORT: Final = InputEvent(EV_SYN, SYN_REPORT, 0)
"""Ends what happened at one moment."""


def pack(events: Iterable[InputEvent]) -> bytes:
    """Events as a device takes them; the kernel puts the time in."""
    return b"".join(EVENT.pack(0, 0, event.kind, event.code, event.value) for event in events)


def unpack(data: bytes) -> Iterator[InputEvent]:
    """Events as a device gives them, which it does in whole ones."""
    whole = len(data) - len(data) % EVENT.size
    for _seconds, _microseconds, kind, code, value in EVENT.iter_unpack(data[:whole]):
        yield InputEvent(kind, code, value)


def ones(bits: bytes | bytearray) -> frozenset[int]:
    """The numbers of the bits that are set."""
    return frozenset(8 * byte + bit for byte, value in enumerate(bits) for bit in range(8) if value >> bit & 1)
