"""The keyboard: how it stands, and keys struck on it by XTEST. One connection, its thread only."""

from __future__ import annotations

import select
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest
from Xlib.ext.xinput import AllDevices, SlaveKeyboard
from Xlib.protocol import request

from sayso.errors import DisplayError
from sayso.x11.keymap import (
    PasteKeys,
    Stroke,
    backspace_stroke,
    character_strokes,
    paste_keys,
    silent_key,
)
from sayso.x11.xkb import CORE_KEYBOARD, MOD1, MOD4, KeyboardState, Keymap, Xkb, parse


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


@dataclass(frozen=True, slots=True)
class Look:
    """The keyboard as it stands at one moment.

    Attributes:
        keys: what can be struck with the keys that are not down.
        state: modifiers and group.
        down: the keys that are down, for `is_down`.
        is_grabbed: another program takes all keys: a menu, a lock screen, a hotkey that is held down.

    """

    keys: Keys
    state: KeyboardState
    down: bytes
    is_grabbed: bool

    @property
    def modifiers_held(self) -> bool:
        """Whether modifiers are held down or latched."""
        return bool(self.state.held or self.state.latched)


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
        self._last: Keys | None = None
        # Never on the screen: asking to grab the keyboard for it says whether another has it, and takes nothing.
        self._unmapped = display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)

    def look(self) -> Look:
        """Find out everything in one round trip."""
        self._forget_events()
        # The server looks at another's grab before it finds that this window is not on the screen.
        grab = request.GrabKeyboard(
            self._display.display,
            defer=True,
            owner_events=False,
            grab_window=self._unmapped,
            time=X.CurrentTime,
            pointer_mode=X.GrabModeAsync,
            keyboard_mode=X.GrabModeAsync,
        )
        keymap = request.QueryKeymap(self._display.display, defer=True)
        state, raw = self._xkb.look(CORE_KEYBOARD, self._ours)
        for asked in (grab, keymap):
            asked.reply()
        down = bytes(keymap.map)
        self._last = _free(self._keys(state, raw), down)
        return Look(self._last, state, down, bool(grab.status == X.AlreadyGrabbed))

    def likely(self) -> Keys:
        """What could be struck at the last look: asks nothing of the server but for the first time."""
        return self.look().keys if self._last is None else self._last

    def _keys(self, state: KeyboardState, raw: tuple[bytes, ...]) -> Keys:
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
        return self._found[1]

    def wait_for_change(self, deadline: float) -> None:
        """Block until modifiers change, or until `deadline` by the monotonic clock; may return early."""
        self._xkb.watch_state(True)
        self._display.sync()
        if not self._display.pending_events():
            select.select([self._display.fileno()], [], [], max(0.0, deadline - time.monotonic()))
        self._forget_events()
        self._xkb.watch_state(False)

    def release_modifiers(self, look: Look) -> None:
        """Let go of every modifier key that is held, and of latches. They are not pressed again afterwards."""
        if not look.modifiers_held:
            return
        state = look.state
        held = [
            keycode
            for keycode, modifiers in self._keymap.modifiers.items()
            if is_down(look.down, keycode) and modifiers & state.held
        ]
        silent = silent_key((keycode, key.keysyms) for keycode, key in self._keymap.keys.items())
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


def slave_keyboards(display: Display) -> dict[int, bool]:
    """The keyboards behind the one that applications see: number → whether it is XTEST's, which nobody touches.

    The connection must have told its version of XInput before.
    """
    return {
        int(device.deviceid): str(device.name).endswith("XTEST keyboard")
        for device in display.xinput_query_device(AllDevices).devices
        if device.use == SlaveKeyboard
    }


def is_down(down: Sequence[int], keycode: int) -> bool:
    """Whether a key is among those that QueryKeymap says are down."""
    return bool(down[keycode // 8] >> keycode % 8 & 1)


def _free(keys: Keys, down: bytes) -> Keys:
    """What can be struck with the keys that are not down already: pressing those again would say nothing.

    A key of hold-to-talk is down while its text is typed, and a person may be typing as well.
    """
    if not any(down):
        return keys

    def is_free(stroke: Stroke | None) -> bool:
        return stroke is not None and not is_down(down, stroke.keycode)

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


def _xtest_keyboard(display: Display) -> int:
    """The number of the keyboard that XTEST strikes; of the common one where it has none of its own."""
    if not display.has_extension("XInputExtension"):
        return CORE_KEYBOARD
    display.xinput_query_version()
    numbers = (number for number, is_xtest in slave_keyboards(display).items() if is_xtest)
    return next(numbers, CORE_KEYBOARD)
