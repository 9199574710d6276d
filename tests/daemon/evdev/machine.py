"""A machine's input devices without a kernel's: the same bytes through named pipes, and ioctls answered.

The folder is a real one, which is really watched; what is opened, read and waited on are real files.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from sayso.evdev.wire import (
    EV_KEY,
    KEY_BYTES,
    LED_BYTES,
    REPEATED,
    REPORT,
    SYN_DROPPED,
    InputEvent,
    get_bits,
    get_keys,
    get_leds,
    get_name,
    pack,
)

EVERY_KEY = frozenset(range(1, 249))


def bits(numbers: Iterable[int], size: int) -> bytes:
    return sum(1 << number for number in numbers).to_bytes(size, "little")


class Device:
    """A device that is plugged in: what is down on it, and its events."""

    def __init__(self, path: Path, name: str, codes: Iterable[int]) -> None:
        self.path = path
        self.name = name
        self.codes = frozenset(codes)
        self.down: set[int] = set()
        self.lamps: set[int] = set()
        self._pipe = path.with_name(f"pipe of {path.name}")
        os.mkfifo(self._pipe)
        self._fd = os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK)

    def appear(self) -> None:
        """Be there all at once, as a device is."""
        self.path.hardlink_to(self._pipe)

    def press(self, *codes: int) -> None:
        self.down.update(codes)
        self.tell(*(InputEvent(EV_KEY, code, 1) for code in codes))

    def release(self, *codes: int) -> None:
        self.down.difference_update(codes)
        self.tell(*(InputEvent(EV_KEY, code, 0) for code in codes))

    def repeat(self, code: int) -> None:
        self.tell(InputEvent(EV_KEY, code, REPEATED))

    def overflow(self) -> None:
        """What the kernel says when it had to drop events; those before the next report are void as well."""
        self.tell(InputEvent(REPORT.kind, SYN_DROPPED, 0))

    def tell(self, *events: InputEvent) -> None:
        for event in events:  # each at a moment of its own, as fingers do it
            os.write(self._fd, pack([event, REPORT] if event.kind == EV_KEY else [event]))

    def end_of_overflow(self, *void: InputEvent) -> None:
        os.write(self._fd, pack([*void, REPORT]))

    def unplug(self) -> None:
        self.path.unlink()
        self._pipe.unlink()
        self.close()

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class Machine:
    """Devices in a folder; `ioctl` is the kernel's."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self._devices: dict[str, Device] = {}

    def plug(self, number: int = 0, name: str = "Keyboard", codes: Iterable[int] = EVERY_KEY) -> Device:
        path = Path(self.folder, f"event{number}")
        self._devices[str(path)] = device = Device(path, name, codes)
        device.appear()
        return device

    def ioctl(self, fd: int, request: int, argument: bytearray | int = 0) -> int:
        device = self._devices.get(str(Path(f"/proc/self/fd/{fd}").readlink()))
        answers = (
            {}
            if device is None
            else {
                get_name(): device.name.encode() + b"\0",
                get_bits(EV_KEY, KEY_BYTES): bits(device.codes, KEY_BYTES),
                get_keys(): bits(device.down, KEY_BYTES),
                get_leds(): bits(device.lamps, LED_BYTES),
            }
        )
        if request not in answers:
            raise OSError(errno.ENOTTY, "not a device of this machine")
        assert isinstance(argument, bytearray)
        answer = answers[request]
        argument[: len(answer)] = answer
        return len(answer)

    def close(self) -> None:
        for device in self._devices.values():
            device.close()
