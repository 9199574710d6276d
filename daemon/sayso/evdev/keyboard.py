"""One input device that has keys: what it is, what is down on it, and what happens on it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from sayso.evdev.wire import (
    EV_KEY,
    EV_SYN,
    EVENT,
    KEY_BYTES,
    LED_BYTES,
    NAME_BYTES,
    REPEATED,
    SYN_DROPPED,
    SYN_REPORT,
    InputEvent,
    Ioctl,
    get_bits,
    get_keys,
    get_leds,
    get_name,
    ioctl,
    ones,
    unpack,
)

EVENTS_A_READ = 64  # as many as the kernel keeps for a keyboard


class Overflow(Exception):
    """Events were lost; what is down must be asked for."""


class Keyboard:
    """An open device; belongs to one thread. Others see its events as well: it is not grabbed.

    Args:
        path: such as /dev/input/event3.
        ioctl: the edge to the kernel.

    Raises:
        OSError: it cannot be opened, or is no input device.

    """

    def __init__(self, path: str, ioctl: Ioctl = ioctl) -> None:
        self.path = path
        self._ioctl = ioctl
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._is_behind = False  # events were lost, and the rest of that moment is worth nothing
        try:
            self.name = self._ask(get_name(), NAME_BYTES).split(b"\0")[0].decode(errors="replace")
            self.codes = ones(self._ask(get_bits(EV_KEY, KEY_BYTES), KEY_BYTES))
        except BaseException:
            os.close(self._fd)
            raise

    def fileno(self) -> int:
        """To wait on."""
        return self._fd

    def close(self) -> None:
        """Give it back."""
        os.close(self._fd)

    def down(self) -> frozenset[int]:
        """The keys that are down, by the device itself. Events of keys that wait to be read are lost by it.

        Raises:
            OSError: it was unplugged.

        """
        return ones(self._ask(get_keys(), KEY_BYTES))

    def lamps(self) -> frozenset[int]:
        """The lamps that are on (LED_CAPS). Raises OSError where it was unplugged."""
        return ones(self._ask(get_leds(), LED_BYTES))

    def strokes(self) -> Iterator[tuple[int, bool]]:
        """What happened since the last time: key, and whether it went down; repeats are left out. Does not block.

        Raises:
            Overflow: the kernel had to drop events.
            OSError: it was unplugged.

        """
        while events := self._read():
            for event in events:
                if event.kind == EV_SYN and event.code == SYN_DROPPED:
                    self._is_behind = True
                elif event.kind == EV_SYN and event.code == SYN_REPORT and self._is_behind:
                    self._is_behind = False
                    raise Overflow
                elif event.kind == EV_KEY and event.value != REPEATED and not self._is_behind:
                    yield event.code, bool(event.value)

    def _read(self) -> list[InputEvent]:
        try:
            data = os.read(self._fd, EVENTS_A_READ * EVENT.size)
        except BlockingIOError:
            return []
        if not data:
            raise OSError(f"{self.path} has ended")
        return list(unpack(data))

    def _ask(self, request: int, size: int) -> bytes:
        answer = bytearray(size)
        self._ioctl(self._fd, request, answer)
        return bytes(answer)
