"""The X Keyboard Extension, as much of it as typing needs: the keymap and its state, read over python-xlib.

python-xlib has no XKB. The wire formats are those of "The X Keyboard Extension: Protocol Specification",
version 1.0, sections 6 and 16.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from Xlib.display import Display
from Xlib.protocol import rq

from sayso.errors import DisplayError

CORE_KEYBOARD = 0x100  # XkbUseCoreKbd: the keyboard whose events applications see
SHIFT, LOCK, CONTROL, MOD1, MOD4 = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 6
ALL_MODIFIERS = 0xFF
_KEY_TYPES_SYMS_AND_MODIFIERS = 1 << 0 | 1 << 1 | 1 << 2
_STATE_NOTIFY = 1 << 2


@dataclass(frozen=True, slots=True)
class KeyType:
    """Which level of a key some modifiers choose.

    Attributes:
        modifiers: those that it looks at.
        levels: modifiers (exactly these, of those) → level and the modifiers that are not consumed by it.

    """

    modifiers: int
    levels: dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Key:
    """What is on a key.

    Attributes:
        types: indices into the keymap's types, one a group.
        group_info: number of groups (low four bits) and what a group beyond them means (the rest).
        width: levels a group.
        keysyms: group by group, `width` each.

    """

    types: tuple[int, ...]
    group_info: int
    width: int
    keysyms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Keymap:
    """A keyboard's layout: every group of it.

    Attributes:
        types: the key types.
        keys: by keycode.
        modifiers: keycode → the modifiers it presses.

    """

    types: tuple[KeyType, ...]
    keys: dict[int, Key]
    modifiers: dict[int, int]


@dataclass(frozen=True, slots=True)
class KeyboardState:
    """What is in force now: modifiers held down, latched for one key or locked, and the group."""

    held: int
    latched: int
    locked: int
    group: int


class _Raw(rq.ReplyRequest):
    """A request whose reply is kept as bytes."""

    _reply = rq.Struct()  # its presence tells python-xlib that there is one
    raw: bytes

    def _parse_response(self, data: bytes) -> None:
        self.raw = bytes(data)
        self._data = {"sequence_number": struct.unpack_from("=H", self.raw, 2)[0]}


class _GetState(_Raw):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(4), rq.RequestLength(), rq.Card16("device"), rq.Pad(2)
    )  # fmt: skip


class _GetMap(_Raw):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(8), rq.RequestLength(),
        rq.Card16("device"), rq.Card16("full"), rq.Pad(20),
    )  # fmt: skip


class _UseExtension(_Raw):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(0), rq.RequestLength(), rq.Card16("major"), rq.Card16("minor")
    )  # fmt: skip


class _SelectEvents(rq.Request):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(1), rq.RequestLength(), rq.Card16("device"), rq.Card16("affect"),
        rq.Card16("clear"), rq.Card16("select"), rq.Pad(4),
    )  # fmt: skip


class _LatchLockState(rq.Request):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(5), rq.RequestLength(), rq.Card16("device"), rq.Pad(4),
        rq.Card8("affect"), rq.Card8("latches"), rq.Pad(4),
    )  # fmt: skip


class Xkb:
    """The extension on one connection; its thread only.

    Raises:
        DisplayError: the server does not have it.

    """

    def __init__(self, display: Display) -> None:
        self._display = display.display
        extension = display.query_extension("XKEYBOARD")
        if extension is None:
            raise DisplayError("this X server has no XKEYBOARD extension; sayso cannot type on it")
        self._opcode = extension.major_opcode
        _UseExtension(self._display, opcode=self._opcode, major=1, minor=0)

    def look(self, *devices: int) -> tuple[KeyboardState, tuple[bytes, ...]]:
        """What is in force on the keyboard that applications see, and some keyboards' keymaps; one round trip.

        Returns:
            The keymaps are for `parse`; equal keymaps are equal bytes.

        """
        state = _GetState(self._display, defer=True, opcode=self._opcode, device=CORE_KEYBOARD)
        maps = [
            _GetMap(
                self._display, defer=True, opcode=self._opcode, device=device, full=_KEY_TYPES_SYMS_AND_MODIFIERS
            )
            for device in devices
        ]
        for asked in (state, *maps):
            asked.reply()
        _, held, latched, locked, group = struct.unpack_from("5B", state.raw, 8)
        # without device and sequence number
        return KeyboardState(held, latched, locked, group), tuple(asked.raw[8:] for asked in maps)

    def watch_state(self, on: bool) -> None:
        """Have an event sent whenever modifiers or group change, or no more."""
        clear, select = (0, _STATE_NOTIFY) if on else (_STATE_NOTIFY, 0)
        fields = {"affect": _STATE_NOTIFY, "clear": clear, "select": select}
        _SelectEvents(self._display, None, opcode=self._opcode, device=CORE_KEYBOARD, **fields)

    def clear_latches(self) -> None:
        """Let go of modifiers that are latched for the next key."""
        _LatchLockState(self._display, opcode=self._opcode, device=CORE_KEYBOARD, affect=ALL_MODIFIERS, latches=0)


def parse(raw: bytes) -> Keymap:
    """Read a keymap that `Xkb.look` returned."""
    raw = bytes(8) + raw
    types_count = raw[15]
    first_key, keys_count = raw[17], raw[20]
    modifiers_count = raw[33]
    at = 40
    types = []
    for _ in range(types_count):
        key_type, at = _parse_type(raw, at)
        types.append(key_type)
    keys = {}
    for keycode in range(first_key, first_key + keys_count):
        *kinds, group_info, width, count = struct.unpack_from("=4B2BH", raw, at)
        keys[keycode] = Key(tuple(kinds), group_info, width, struct.unpack_from(f"={count}I", raw, at + 8))
        at += 8 + 4 * count
    modifiers = dict(struct.iter_unpack("2B", raw[at : at + 2 * modifiers_count]))
    return Keymap(tuple(types), keys, modifiers)


def _parse_type(raw: bytes, at: int) -> tuple[KeyType, int]:
    modifiers, _, _, _, entries, has_preserve, _ = struct.unpack_from("=2BH4B", raw, at)
    at += 8
    levels = {}
    for entry in range(entries):
        active, mask, level = struct.unpack_from("3B", raw, at + 8 * entry)
        preserved = raw[at + 8 * entries + 4 * entry] if has_preserve else 0
        if active:
            levels[mask] = (level, preserved)
    return KeyType(modifiers, levels), at + entries * (12 if has_preserve else 8)
