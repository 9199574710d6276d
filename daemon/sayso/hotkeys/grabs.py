"""The grabs: which chords the X server hands to us alone, and which another program was first with."""

from __future__ import annotations

from collections.abc import Mapping

from Xlib import X, error
from Xlib.display import Display

from sayso.config.chords import Chord
from sayso.hotkeys.facts import Action
from sayso.hotkeys.keymap import ModifierBits, PhysicalChord, keycode_of, modifier_bits


class Grabs:
    """The hotkeys of one connection; belongs to its thread.

    A key stays the physical key that it was found on, whatever layout comes later.

    Args:
        display: the connection.
        chords: what to grab.

    """

    def __init__(self, display: Display, chords: Mapping[Action, Chord]) -> None:
        self._display = display
        self._root = display.screen().root
        self._chords = chords
        self._keycodes = {
            action: keycode_of(chord, display.keysym_to_keycodes) for action, chord in chords.items()
        }
        self._bits = self._look()
        self._grabbed: dict[PhysicalChord, Action] = {}
        self.try_again()

    @property
    def active(self) -> frozenset[Action]:
        """What is grabbed."""
        return frozenset(self._grabbed.values())

    @property
    def twins(self) -> dict[Action, Action]:
        """What cannot be grabbed because another hotkey is that very key on this keyboard → that other one.

        Settings tell Super from Hyper, and most keyboards do not.
        """
        active = self.active
        return {
            action: self._grabbed[physical]
            for action in self._chords
            if action not in active and (physical := self._physical(action)) in self._grabbed
        }

    def action_of(self, keycode: int, state: int) -> Action | None:
        """What a key is for, pressed with this state of the modifiers."""
        return self._grabbed.get(PhysicalChord(keycode, self._bits.without_locks(state)))

    def try_again(self) -> None:
        """Grab what is not grabbed yet; blocks for a round trip a key."""
        for action in self._chords:
            physical = self._physical(action)
            if action not in self.active and physical not in self._grabbed and self._grab(physical):
                self._grabbed[physical] = action

    def follow_keymap(self) -> None:
        """After the keyboard's tables changed: grab anew where the modifiers are others now."""
        before, self._bits = self._bits, self._look()
        if self._bits != before:
            for physical in self._grabbed:
                self._let_go(physical, before)
            self._grabbed.clear()
        self.try_again()

    def release(self) -> None:
        """Give all keys back; when this returns, another connection can have them."""
        for physical in self._grabbed:
            self._let_go(physical, self._bits)
        self._grabbed.clear()
        self._display.sync()

    def _physical(self, action: Action) -> PhysicalChord:
        return PhysicalChord(self._keycodes[action], self._bits.of(self._chords[action].modifiers))

    def _look(self) -> ModifierBits:
        return modifier_bits(self._display.get_modifier_mapping(), self._display.keysym_to_keycodes)

    def _grab(self, physical: PhysicalChord) -> bool:
        refused = error.CatchError(error.BadAccess)
        for lock in self._bits.locks:
            self._root.grab_key(
                physical.keycode,
                physical.modifiers | lock,
                False,  # owner_events: the focused window must see nothing of it
                X.GrabModeAsync,
                X.GrabModeAsync,
                onerror=refused,
            )
        self._display.sync()
        if refused.get_error() is None:
            return True
        self._let_go(physical, self._bits)
        return False

    def _let_go(self, physical: PhysicalChord, bits: ModifierBits) -> None:
        for lock in bits.locks:
            self._root.ungrab_key(physical.keycode, physical.modifiers | lock)
