"""What a session makes of a keyboard made by uinput: the kernel's side of the device, and a window behind it."""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import dataclass, field

from sayso.evdev.wire import (
    EV_KEY,
    EV_LED,
    KEY_BACKSPACE,
    LED_CAPS,
    REPORT,
    SETUP,
    UI_DEV_CREATE,
    UI_DEV_DESTROY,
    UI_DEV_SETUP,
    X_OFFSET,
    InputEvent,
    pack,
    unpack,
)
from sayso.xkbcommon import compiled

KEY_CAPS_LOCK = 58


@dataclass
class Kernel:
    """The far end of /dev/uinput: takes the same ioctls, and gives the bytes that were written."""

    made: list[tuple[int, int | bytes]] = field(default_factory=list)
    is_plugged: bool = False
    refuses: int | None = None

    def __post_init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        for end in (self._ours, self._theirs):
            end.setblocking(False)
        self._data = b""

    def open(self) -> int:
        return os.dup(self._theirs.fileno())

    def ioctl(self, _fd: int, request: int, argument: bytearray | int = 0) -> int:
        if request == self.refuses:
            raise OSError(22, "Invalid argument")
        self.made.append((request, bytes(argument) if isinstance(argument, bytearray) else argument))
        if request == UI_DEV_CREATE:
            assert UI_DEV_SETUP in [before for before, _ in self.made]
            self.is_plugged = True
        if request == UI_DEV_DESTROY:
            self.is_plugged = False
        return 0

    @property
    def name(self) -> str:
        setup = dict(self.made)[UI_DEV_SETUP]
        assert isinstance(setup, bytes)
        return str(SETUP.unpack(setup)[4].rstrip(b"\0").decode())

    def light(self, lamp: int, on: bool) -> None:
        """What the session lights, every keyboard is told."""
        self._ours.send(pack([InputEvent(EV_LED, lamp, int(on)), REPORT]))

    def take(self) -> list[InputEvent]:
        """The keys that were struck since the last time; each is a report of its own."""
        self.drain()
        events, self._data = [*unpack(self._data)], b""
        assert events[1::2] == [REPORT] * (len(events) // 2)
        assert all(event.kind == EV_KEY for event in events[::2])
        return events[::2]

    def drain(self) -> None:
        """Take what was written, as the kernel does at once: there is no room to run out of."""
        with contextlib.suppress(BlockingIOError):
            while data := self._ours.recv(1 << 20):
                self._data += data

    def unplug(self) -> None:
        self._ours.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._ours.close()
        self._theirs.close()


class Window:
    """A text field behind a compositor: libxkbcommon follows the keys as it does in every one of them."""

    def __init__(self, kernel: Kernel, layout: str, variant: str = "", *, caps_lock: bool = False) -> None:
        self._kernel = kernel
        with contextlib.ExitStack() as stack:
            keymap = stack.enter_context(compiled(layout, variant))
            assert keymap is not None, f"no layout {layout} {variant}"
            self._keyboard = stack.enter_context(keymap.keyboard())
            self._held = stack.pop_all()
        if caps_lock:
            for is_down in (True, False):
                self._keyboard.move(KEY_CAPS_LOCK + X_OFFSET, is_down=is_down)
            kernel.light(LED_CAPS, True)
        self._text: list[str] = []
        self.down: set[int] = set()

    @property
    def text(self) -> str:
        """What stands in it; every key is up but those that are still held."""
        for event in self._kernel.take():
            is_down = bool(event.value)
            assert is_down is (event.code not in self.down), "a key pressed twice, or let go that was not down"
            (self.down.add if is_down else self.down.discard)(event.code)
            if is_down and event.code == KEY_BACKSPACE:
                self._text.pop()
            elif is_down:
                point = self._keyboard.code_point(event.code + X_OFFSET)
                self._text += [chr(point)] * (point != 0)
            self._keyboard.move(event.code + X_OFFSET, is_down=is_down)
        return "".join(self._text)

    def close(self) -> None:
        self._held.close()
