"""Which chord is struck, from single keys going down and up on several keyboards: no files, no time."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from sayso.config.chords import Chord, Modifier
from sayso.errors import HotkeyError
from sayso.evdev.wire import (
    KEY_LEFT_ALT,
    KEY_LEFT_CTRL,
    KEY_LEFT_META,
    KEY_LEFT_SHIFT,
    KEY_RIGHT_ALT,
    KEY_RIGHT_CTRL,
    KEY_RIGHT_META,
    KEY_RIGHT_SHIFT,
    X_OFFSET,
)
from sayso.hotkeys.facts import LET_GO, PRESSED, Action, Ask

MODIFIERS: Mapping[int, Modifier] = {
    KEY_LEFT_CTRL: Modifier.CTRL,
    KEY_RIGHT_CTRL: Modifier.CTRL,
    KEY_LEFT_SHIFT: Modifier.SHIFT,
    KEY_RIGHT_SHIFT: Modifier.SHIFT,
    KEY_LEFT_ALT: Modifier.ALT,
    KEY_RIGHT_ALT: Modifier.ALT,
    KEY_LEFT_META: Modifier.SUPER,
    KEY_RIGHT_META: Modifier.SUPER,
}


@dataclass(frozen=True, slots=True)
class KeyChord:
    """A chord as the kernel sees it: the number of a key, and the modifiers held with it."""

    code: int
    modifiers: frozenset[Modifier]


def for_evdev(chords: Mapping[Action, Chord]) -> dict[Action, KeyChord]:
    """All chords by the numbers of their keys: those in the US position, as the kernel knows of no layout.

    Raises:
        HotkeyError: no keyboard has one of the keys.

    """
    for action, chord in chords.items():
        if Modifier.HYPER in chord.modifiers:
            raise HotkeyError(
                f"hotkeys.{action.value}: {str(chord)!r} is beyond evdev: no keyboard has Hyper; choose another"
            )
    return {action: KeyChord(chord.key.keycode - X_OFFSET, chord.modifiers) for action, chord in chords.items()}


class HeldKeys:
    """What is down where, and what is asked for by it. Of all keys only those of the chords are looked at.

    Args:
        chords: what each action's keys are.
        ask: told what they ask for.

    """

    def __init__(self, chords: Mapping[Action, KeyChord], ask: Ask) -> None:
        self._actions = {chord: action for action, chord in chords.items()}
        self._ask = ask
        self._down: set[tuple[Hashable, int]] = set()
        self._held: dict[tuple[Hashable, int], Action] = {}
        self.wanted = frozenset(MODIFIERS) | {chord.code for chord in chords.values()}

    @property
    def holding(self) -> frozenset[Hashable]:
        """The keyboards on which a hotkey is down."""
        return frozenset(keyboard for keyboard, _ in self._held)

    def adopt(self, keyboard: Hashable, down: Iterable[int]) -> None:
        """Keys that were down before anybody looked; a hotkey among them is none."""
        self._down |= {(keyboard, code) for code in self.wanted.intersection(down)}

    def stroke(self, keyboard: Hashable, code: int, is_down: bool) -> None:
        """A key went down or up on a keyboard."""
        if code not in self.wanted:
            return
        place = (keyboard, code)
        if is_down and place not in self._down:
            self._down.add(place)
            self._press(place)
        elif not is_down:
            self._down.discard(place)
            self._let_go(place)

    def is_now(self, keyboard: Hashable, down: Iterable[int]) -> None:
        """What is down on a keyboard by its own word, which goes before what was heard of it."""
        now = self.wanted.intersection(down)
        for place in [place for place in self._down if place[0] == keyboard and place[1] not in now]:
            self.stroke(*place, is_down=False)
        for code in sorted(now, key=lambda code: code not in MODIFIERS):  # modifiers first
            self.stroke(keyboard, code, is_down=True)

    def is_gone(self, keyboard: Hashable) -> None:
        """It was unplugged, or is watched no more: no finger is on it."""
        self.is_now(keyboard, ())

    def _press(self, place: tuple[Hashable, int]) -> None:
        modifiers = frozenset(MODIFIERS[code] for _, code in self._down if code in MODIFIERS)
        action = self._actions.get(KeyChord(place[1], modifiers))
        if action is None:
            return
        is_new = action not in self._held.values()  # else it is held on another keyboard already
        self._held[place] = action
        if is_new:
            self._ask(PRESSED[action])

    def _let_go(self, place: tuple[Hashable, int]) -> None:
        action = self._held.pop(place, None)
        if action in LET_GO and action not in self._held.values():
            self._ask(LET_GO[action])
