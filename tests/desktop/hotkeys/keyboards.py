"""Keyboards to press keys on: the server's own, as a person does, and its XTEST one, as programs do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from Xlib.display import Display
from Xlib.error import ConnectionClosedError
from Xlib.ext import xinput
from Xlib.protocol import rq

XTEST_FAKE_INPUT = 2
DEVICE_KEY_PRESS, DEVICE_KEY_RELEASE = 1, 2  # counted from the first event of XInput


class _FakeDeviceInput(rq.Request):
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(XTEST_FAKE_INPUT),
        rq.RequestLength(),
        rq.Card8("event_type"),
        rq.Card8("detail"),
        rq.Pad(2),
        rq.Card32("time"),
        rq.Pad(23),
        rq.Card8("device_id"),
    )


class Keyboard:
    """A keyboard of a display.

    Args:
        display: the display's name.
        by_hand: the server's own keyboard; else XTEST's.

    """

    def __init__(self, display: str, *, by_hand: bool = True) -> None:
        self._display = Display(display)
        self._first_event = self._display.query_extension("XInputExtension").first_event
        self._opcode = self._display.display.get_extension_major("XTEST")
        name = "Xvfb keyboard" if by_hand else "Virtual core XTEST keyboard"
        found = self._display.xinput_query_device(xinput.AllDevices).devices
        self._device = next(device.deviceid for device in found if device.name == name)

    def close(self) -> None:
        with suppress(ConnectionClosedError):  # the display may have been killed
            self._display.close()

    def down(self, *keycodes: int) -> None:
        for keycode in keycodes:
            self._fake(DEVICE_KEY_PRESS, keycode)

    def up(self, *keycodes: int) -> None:
        for keycode in keycodes:
            self._fake(DEVICE_KEY_RELEASE, keycode)

    def strike(self, *keycodes: int) -> None:
        """Strike the last key with the others held."""
        with self.held(*keycodes):
            pass

    @contextmanager
    def held(self, *keycodes: int) -> Iterator[None]:
        self.down(*keycodes)
        try:
            yield
        finally:
            self.up(*reversed(keycodes))

    def _fake(self, kind: int, keycode: int) -> None:
        _FakeDeviceInput(
            display=self._display.display,
            opcode=self._opcode,
            event_type=self._first_event + kind,
            detail=keycode,
            time=0,
            device_id=self._device,
        )
        self._display.sync()
