"""The keyboards behind the X server's one keyboard: which of them holds a key, and when it lets go.

The core protocol knows one keyboard, into which all are merged, and in it a key is up as soon as anybody says so:
the XTEST events that type text, too. Whether a person still has a finger on a key is known to the device alone, so
it is asked (XInput 1) and listened to (XInput 2, raw events).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from Xlib.display import Display
from Xlib.error import XError
from Xlib.ext import ge, xinput
from Xlib.protocol import rq

from sayso.errors import DisplayError
from sayso.x11.keyboard import slave_keyboards

INPUT, XTEST = "XInputExtension", "XTEST"
VERSION = (2, 2)  # from 2.1 on, raw events come while another client has grabbed the keyboard, too
KEY_CLASS = 0  # of XInput 1: the part of a device's state that has its keys


class _QueryDeviceState(rq.ReplyRequest):  # python-xlib has only XInput 2
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(30), rq.RequestLength(), rq.Card8("device_id"), rq.Pad(3))
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card8("number_of_classes"),
        rq.Pad(23),
        rq.Binary("classes"),
    )


class Keyboards:
    """The keyboards of a display; belongs to the thread of its connection.

    Args:
        display: the connection.

    Raises:
        DisplayError: this server lacks an extension that is needed.

    """

    def __init__(self, display: Display) -> None:
        self._display = display
        for extension in (INPUT, XTEST):
            if not display.has_extension(extension):
                raise DisplayError(
                    f"the X server has no {extension} extension, which hotkeys need; enable it there"
                )
        self._opcode = display.display.get_extension_major(INPUT)
        major, minor = VERSION
        xinput.XIQueryVersion(
            display=display.display, opcode=self._opcode, major_version=major, minor_version=minor
        )
        self._root = display.screen().root
        self._by_xtest: dict[int, bool] = {}
        self._listen(False)
        self._look()

    def holding(self, keycode: int) -> frozenset[int]:
        """Which devices have a key down; the hands of a person go before what programs make up (XTEST)."""
        down = self.still_down(self._by_xtest, keycode)
        by_hand = frozenset(device for device in down if not self._by_xtest[device])
        return by_hand or down

    def still_down(self, devices: Iterable[int], keycode: int) -> frozenset[int]:
        """Those of some devices that have a key down; takes about 0.1 ms for each."""
        return frozenset(device for device in devices if self._is_down(device, keycode))

    def are_made_up(self, devices: Iterable[int]) -> bool:
        """Whether they are all XTEST's: no finger is on the key, a program says so."""
        return all(self._by_xtest.get(device, False) for device in devices)

    def _is_down(self, device: int, keycode: int) -> bool:
        try:
            state = _QueryDeviceState(display=self._display.display, opcode=self._opcode, device_id=device)
        except XError:  # it was unplugged
            return False
        return _key_in(bytes(state.classes), keycode)

    def tell_releases(self, on: bool) -> None:
        """Have every key that goes up reported, or none: each report wakes this thread."""
        self._listen(on)

    def released(self, event: rq.Event) -> tuple[int, int] | None:
        """The device and keycode, if this event says that a key went up; takes note of changed devices."""
        if event.type != ge.GenericEventCode or event.extension != self._opcode:
            return None
        if event.evtype == xinput.HierarchyChanged:
            self._look()
        if event.evtype != xinput.RawKeyRelease:
            return None
        _device, _time, keycode, source = struct.unpack_from("<HIIH", event.data)
        return source, keycode

    def _listen(self, releases: bool) -> None:
        raw = xinput.RawKeyReleaseMask if releases else 0
        self._root.xinput_select_events(
            [(xinput.AllMasterDevices, raw), (xinput.AllDevices, xinput.HierarchyChangedMask)]
        )

    def _look(self) -> None:
        self._by_xtest = slave_keyboards(self._display)


def _key_in(classes: bytes, keycode: int) -> bool:
    """Whether a key is down, by the answer to _QueryDeviceState."""
    at = 0
    while at < len(classes):
        kind, length = classes[at], classes[at + 1]
        if kind == KEY_CLASS:
            return bool(classes[at + 4 + keycode // 8] >> keycode % 8 & 1)
        at += length
    return False
