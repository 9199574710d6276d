"""Keyboard layouts, compiled by libxkbcommon as in every Wayland compositor; it is there wherever one is."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

LIBRARY: Final = "libxkbcommon.so.0"
RULES, MODEL = b"evdev", b"pc105"  # keys as Linux numbers them, plus 8; an ordinary keyboard
LOG_CRITICAL: Final = 10  # a layout that does not exist is no news for the journal


class Keymap:
    """A compiled layout, of which the first group is read; only while `compiled` holds it."""

    def __init__(self, library: Any, pointer: int) -> None:
        self._library = library
        self._pointer = pointer

    @property
    def keycodes(self) -> range:
        """Every key: its number in the kernel, plus 8."""
        first = self._library.xkb_keymap_min_keycode(self._pointer)
        return range(first, self._library.xkb_keymap_max_keycode(self._pointer) + 1)

    def levels(self, keycode: int) -> Iterator[Sequence[int]]:
        """The keysyms of a key, level by level: plain, with Shift, with AltGr, with both."""
        for level in range(self._library.xkb_keymap_num_levels_for_key(self._pointer, keycode, 0)):
            found = ctypes.POINTER(ctypes.c_uint32)()
            count = self._library.xkb_keymap_key_get_syms_by_level(
                self._pointer, keycode, 0, level, ctypes.byref(found)
            )
            yield found[:count] if count else ()

    def code_point(self, keysym: int) -> int:
        """The character that a keysym stands for, in Unicode; 0 where it stands for none."""
        return int(self._library.xkb_keysym_to_utf32(keysym))

    @contextlib.contextmanager
    def keyboard(self) -> Iterator[Keyboard]:
        """A keyboard with this layout, nothing pressed."""
        state = self._library.xkb_state_new(self._pointer)
        try:
            yield Keyboard(self._library, state)
        finally:
            self._library.xkb_state_unref(state)


class Keyboard:
    """Keys that are pressed on paper; only while `Keymap.keyboard` holds it."""

    def __init__(self, library: Any, state: int) -> None:
        self._library = library
        self._state = state

    def move(self, keycode: int, *, is_down: bool) -> None:
        """Press a key or let it go: what locks or holds changes what the others write."""
        self._library.xkb_state_update_key(self._state, keycode, int(is_down))

    def code_point(self, keycode: int) -> int:
        """The character that a key writes as things stand, in Unicode; 0 where it writes none."""
        return int(self._library.xkb_state_key_get_utf32(self._state, keycode))


@contextlib.contextmanager
def compiled(layout: str, variant: str = "") -> Iterator[Keymap | None]:
    """Compile a layout, in some 7 ms; None where there is none of that name, or it cannot be done here.

    Args:
        layout: as X11 calls it, such as `de`.
        variant: such as `dvorak`.

    """
    with contextlib.ExitStack() as stack:
        yield _compile(layout, variant, stack)


def _compile(layout: str, variant: str, stack: contextlib.ExitStack) -> Keymap | None:
    try:
        library = _load(LIBRARY)
    except (OSError, AttributeError):  # no such library, or one that lacks a function
        return None
    context = library.xkb_context_new(0)
    if not context:
        return None
    stack.callback(library.xkb_context_unref, context)
    library.xkb_context_set_log_level(context, LOG_CRITICAL)
    names = _Names(RULES, MODEL, layout.encode(), variant.encode(), b"")
    pointer = library.xkb_keymap_new_from_names(context, ctypes.byref(names), 0)
    if not pointer:
        return None
    stack.callback(library.xkb_keymap_unref, pointer)
    return Keymap(library, pointer)


class _Names(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options"))


@lru_cache(maxsize=1)
def _load(name: str) -> Any:
    library = ctypes.CDLL(name)
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    keysyms = ctypes.POINTER(ctypes.POINTER(number))
    for function, returns, takes in (
        ("xkb_context_new", pointer, [ctypes.c_int]),
        ("xkb_context_unref", None, [pointer]),
        ("xkb_context_set_log_level", None, [pointer, ctypes.c_int]),
        ("xkb_keymap_new_from_names", pointer, [pointer, ctypes.POINTER(_Names), ctypes.c_int]),
        ("xkb_keymap_unref", None, [pointer]),
        ("xkb_keymap_min_keycode", number, [pointer]),
        ("xkb_keymap_max_keycode", number, [pointer]),
        ("xkb_keymap_num_levels_for_key", number, [pointer, number, number]),
        ("xkb_keymap_key_get_syms_by_level", ctypes.c_int, [pointer, number, number, number, keysyms]),
        ("xkb_keysym_to_utf32", number, [number]),
        ("xkb_state_new", pointer, [pointer]),
        ("xkb_state_unref", None, [pointer]),
        ("xkb_state_update_key", number, [pointer, number, ctypes.c_int]),
        ("xkb_state_key_get_utf32", number, [pointer, number]),
    ):
        bound = getattr(library, function)
        bound.restype, bound.argtypes = returns, takes
    return library
