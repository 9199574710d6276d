"""The keyboard: how it stands, and keys struck on it by XTEST. One connection, its thread only."""

from __future__ import annotations

import select
import time
from collections.abc import Iterable
from dataclasses import dataclass

from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest
from Xlib.ext.xinput import AllDevices, SlaveKeyboard

from sayso.errors import DisplayError
from sayso.x11.keymap import (
    PasteKeys,
    Stroke,
    backspace_stroke,
    character_strokes,
    paste_keys,
    silent_key,
)
from sayso.x11.xkb import CORE_KEYBOARD, MOD1, MOD4, Keymap, Xkb, parse


@dataclass(frozen=True, slots=True)
class Keys:
    """What can be struck, under the layout as it was when somebody looked.

    Attributes:
        characters: how to write each character that the layout has.
        paste: the shortcuts that paste.
        backspace: what deletes backwards; None where nothing does.

    """

    characters: dict[str, Stroke]
    paste: PasteKeys
    backspace: Stroke | None


class Keyboard:
    """The keyboard of one display.

    Raises:
        DisplayError: the server has no XTEST or no XKB.

    """

    def __init__(self, display: Display) -> None:
        self._display = display
        if not display.has_extension("XTEST"):
            raise DisplayError("this X server has no XTEST extension; sayso cannot type on it")
        self._xkb = Xkb(display)
        self._ours = _xtest_keyboard(display)
        self._raw: tuple[bytes, ...] = ()
        self._keymap = Keymap((), {}, {})
        self._found: tuple[tuple[int, int], Keys] | None = None
        # Never on the screen: asking to grab the keyboard for it says whether another has it, and takes nothing.
        self._unmapped = display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)

    def keys(self) -> Keys:
        """What can be struck now; three round trips where nothing has changed since the last look."""
        self._forget_events()
        raw = self._xkb.raw_maps(CORE_KEYBOARD, self._ours)
        state = self._xkb.state()
        if raw != self._raw:
            self._raw, self._found = raw, None
            self._keymap = parse(raw[0])
        circumstances = (state.group, state.locked)
        if self._found is None or self._found[0] != circumstances:
            # Where XTEST's keyboard has a layout of its own, its first key swaps the layout under the
            # applications: nobody can say which one they will read the keys by.
            is_one = raw[0] == raw[-1]
            characters = character_strokes(self._keymap, *circumstances) if is_one else {}
            keys = Keys(characters, paste_keys(self._keymap), backspace_stroke(self._keymap))
            self._found = (circumstances, keys)
        return self._free(self._found[1])

    def _free(self, keys: Keys) -> Keys:
        """What can be struck with the keys that are not down already: pressing those again would say nothing.

        A key of hold-to-talk is down while its text is typed, and a person may be typing as well.
        """
        down = self._display.query_keymap()
        if not any(down):
            return keys

        def is_free(stroke: Stroke | None) -> bool:
            return stroke is not None and not down[stroke.keycode // 8] & 1 << stroke.keycode % 8

        paste = keys.paste
        return Keys(
            {character: stroke for character, stroke in keys.characters.items() if is_free(stroke)},
            PasteKeys(
                paste.control_v if is_free(paste.control_v) else None,
                paste.control_shift_v if is_free(paste.control_shift_v) else None,
                paste.shift_insert if is_free(paste.shift_insert) else None,
            ),
            keys.backspace,
        )

    def is_grabbed(self) -> bool:
        """Whether another program takes all keys: a menu, a lock screen, a hotkey that is held down."""
        # The server looks at another's grab before it finds that this window is not on the screen.
        status = self._unmapped.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        return bool(status == X.AlreadyGrabbed)

    def modifiers_held(self) -> bool:
        """Whether modifiers are held down or latched."""
        state = self._xkb.state()
        return bool(state.held or state.latched)

    def wait_for_change(self, deadline: float) -> None:
        """Block until modifiers change, or until `deadline` by the monotonic clock; may return early."""
        self._xkb.watch_state(True)
        self._display.sync()
        if not self._display.pending_events():
            select.select([self._display.fileno()], [], [], max(0.0, deadline - time.monotonic()))
        self._forget_events()
        self._xkb.watch_state(False)

    def release_modifiers(self) -> None:
        """Let go of every modifier key that is held, and of latches. They are not pressed again afterwards."""
        state = self._xkb.state()
        if not state.held and not state.latched:
            return
        down = self._display.query_keymap()
        held = [
            keycode
            for keycode, modifiers in self._keymap.modifiers.items()
            if down[keycode // 8] & 1 << keycode % 8 and modifiers & state.held
        ]
        silent = silent_key(self._keymap)
        if silent is not None and state.held & (MOD1 | MOD4):
            # Letting go of Super or Alt with nothing struck in between opens a menu on many desktops. A key
            # without a meaning is struck, as Control, which others use for it, has meanings when struck alone.
            self.strike([Stroke(silent)])
        for keycode in held:
            xtest.fake_input(self._display, X.KeyRelease, keycode)
        if state.latched:
            self._xkb.clear_latches()

    def strike(self, strokes: Iterable[Stroke]) -> None:
        """Strike keys one after another; modifiers that the next one needs as well stay pressed."""
        held: tuple[int, ...] = ()
        for stroke in strokes:
            if stroke.held != held:
                self._change(held, stroke.held)
                held = stroke.held
            xtest.fake_input(self._display, X.KeyPress, stroke.keycode)
            xtest.fake_input(self._display, X.KeyRelease, stroke.keycode)
        self._change(held, ())

    def _forget_events(self) -> None:
        """Every look is at the server itself; events that come unasked, as MappingNotify does, only pile up."""
        while self._display.pending_events():
            self._display.next_event()

    def _change(self, held: tuple[int, ...], wanted: tuple[int, ...]) -> None:
        for keycode in reversed(held):
            xtest.fake_input(self._display, X.KeyRelease, keycode)
        for keycode in wanted:
            xtest.fake_input(self._display, X.KeyPress, keycode)


def _xtest_keyboard(display: Display) -> int:
    """The number of the keyboard that XTEST strikes; of the common one where it has none of its own."""
    if not display.has_extension("XInputExtension"):
        return CORE_KEYBOARD
    display.xinput_query_version()
    for device in display.xinput_query_device(AllDevices).devices:
        if device.use == SlaveKeyboard and "XTEST" in str(device.name):
            return int(device.deviceid)
    return CORE_KEYBOARD
