"""What is behind a portal, in the double: a keyboard as mutter's, one window with a text, and a clipboard."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Awaitable, Callable, Mapping

SHIFT, CONTROL, RETURN, TAB, BACKSPACE, INSERT = 0xFFE1, 0xFFE3, 0xFF0D, 0xFF09, 0xFF08, 0xFF63
UTF8 = "text/plain;charset=utf-8"
ALT_GR_LEVEL = 2  # mutter knows no modifiers for those after it, and strikes the key without any

Transfer = Callable[[str], Awaitable[bytes | None]]
"""Asks the session that owns the clipboard for a type of it."""


class _Names(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options"))


def compiled(layout: str, variant: str) -> dict[int, str]:
    """Keysym → what striking it writes ("" for keys that write nothing), as mutter finds it in a keymap."""
    xkb = ctypes.CDLL("libxkbcommon.so.0")
    for name in ("xkb_context_new", "xkb_keymap_new_from_names"):
        getattr(xkb, name).restype = ctypes.c_void_p
    names = _Names(b"evdev", b"pc105", layout.encode(), variant.encode(), b"")
    context = ctypes.c_void_p(xkb.xkb_context_new(0))
    keymap = ctypes.c_void_p(xkb.xkb_keymap_new_from_names(context, ctypes.byref(names), 0))
    assert keymap.value, f"no layout {layout} {variant}"

    def at(key: int, level: int) -> list[int]:
        found = ctypes.POINTER(ctypes.c_uint32)()
        count = xkb.xkb_keymap_key_get_syms_by_level(keymap, key, 0, level, ctypes.byref(found))
        return [found[place] for place in range(count)]

    writes: dict[int, str] = {}
    for key in range(xkb.xkb_keymap_min_keycode(keymap), xkb.xkb_keymap_max_keycode(keymap)):
        for level in range(xkb.xkb_keymap_num_levels_for_key(keymap, key, 0)):
            for keysym in at(key, level):
                struck = [keysym] if level <= ALT_GR_LEVEL else at(key, 0)
                point = xkb.xkb_keysym_to_utf32(struck[0]) if struck else 0
                writes.setdefault(keysym, chr(point) if point >= 0x20 and point != 0x7F else "")
    xkb.xkb_keymap_unref(keymap)
    xkb.xkb_context_unref(context)
    return writes


class Compositor:
    """A window that takes keys in their order, and waits for a paste before the next one."""

    def __init__(self) -> None:
        self.text = ""
        self.dropped = 0  # keysyms that the layout lacks
        self.keys = 0  # presses
        self.on_press: Callable[[int], None] = lambda _: None
        self.hangs = asyncio.Event()
        self.hangs.set()
        self._writes = compiled("us", "")
        self._down: list[int] = []
        self._waiting: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()
        self.copied: dict[str, bytes] = {}  # by another program
        self._transfer: Transfer | None = None  # where a session owns the clipboard
        self._types: list[str] = []
        self.reads_ahead = False
        self.on_owner: Callable[[list[str], bool], None] = lambda _types, _is_session: None

    def reset(self) -> None:
        self.text, self.dropped, self.keys, self.reads_ahead = "", 0, 0, False
        self._down, self.copied, self._transfer, self._types = [], {}, None, []
        self.use_layout("us", "")

    def use_layout(self, layout: str, variant: str) -> None:
        self._writes = compiled(layout, variant)

    async def live(self) -> None:
        """Take one key after the other."""
        while True:
            await self.hangs.wait()
            take = await self._waiting.get()
            await self.hangs.wait()
            await take()

    async def settle(self) -> None:
        """Wait until every key that was struck has been taken."""
        done = asyncio.Event()

        async def mark() -> None:
            done.set()

        self._waiting.put_nowait(mark)
        await done.wait()

    # ── keys ──────────────────────────────────────────────────────────────────────────────────────

    def notify(self, keysym: int, is_pressed: bool) -> None:
        if keysym not in self._writes:
            self.dropped += 1
            return
        if not is_pressed:
            if keysym in self._down:
                self._down.remove(keysym)
            return
        self._down.append(keysym)
        self.keys += 1
        self.on_press(self.keys)
        if keysym in (SHIFT, CONTROL):
            return
        held = {key for key in self._down if key in (SHIFT, CONTROL)}
        if (CONTROL in held and keysym == ord("v")) or (held == {SHIFT} and keysym == INSERT):
            self._waiting.put_nowait(self._paste)
        elif not held:
            self._waiting.put_nowait(lambda: self._take(keysym))

    async def _take(self, keysym: int) -> None:
        if keysym == BACKSPACE:
            self.text = self.text[:-1]
        else:
            self.text += {RETURN: "\n", TAB: "\t"}.get(keysym, self._writes[keysym])

    async def _paste(self) -> None:
        data = await self.read(UTF8)
        self.text += (data or b"").decode()

    # ── the clipboard ─────────────────────────────────────────────────────────────────────────────

    async def read(self, kind: str) -> bytes | None:
        """As any program does."""
        return self.copied.get(kind) if self._transfer is None else await self._transfer(kind)

    def copy(self, copied: Mapping[str, bytes]) -> None:
        """Another program copies something."""
        self.copied, self._transfer = dict(copied), None
        self.on_owner(list(copied), False)

    def own(self, types: list[str], transfer: Transfer | None) -> None:
        """A session takes the clipboard, or gives it up."""
        self._transfer, self._types = transfer, types
        if transfer is None:
            self.copied = {}
        self.on_owner(types, transfer is not None)
        if self.reads_ahead and UTF8 in types:
            self._ahead = asyncio.ensure_future(self.read(UTF8))

    @property
    def types(self) -> list[str]:
        return self._types if self._transfer is not None else list(self.copied)
