"""The typist by a keyboard of our own (uinput): works in any session, and on the console, where it is allowed.

It can only strike keys that the present layout has, and knows neither windows nor fields: that is for others to
say. A line break or tab is not struck, unless the layout given says how: as a key it sends, runs or leaves what
stands there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from sayso.errors import TargetAway, TargetBusy, TargetGone, TypistError, Unable
from sayso.evdev.layout import HOLD_KEYS, Layout, under_caps_lock
from sayso.evdev.modifiers import Modifiers
from sayso.evdev.session_layout import session_layout
from sayso.evdev.virtual import VirtualKeyboard
from sayso.evdev.wire import KEY_BACKSPACE
from sayso.events import Edit
from sayso.typist import Abilities, OnePlace, Target
from sayso.typist.begun import BegunEdits
from sayso.typist.windows import AnyWindow, Windows
from sayso.x11.backspaces import Tails, applied, backspaces

PACE_SECONDS: Final = 0.00125  # between two reports: a letter is two of them, one with Shift four at most
CHUNK: Final = 16  # strokes between two looks at the focus and the person's modifiers: some 40 ms
MODIFIERS_SECONDS: Final = 0.3  # how long a person may take to finish a shortcut
LOOK_SECONDS: Final = 0.01
PLAIN: Final[frozenset[str]] = frozenset()

Stroke = tuple[int, frozenset[str]]


@dataclass(slots=True)
class _Rest:
    """What of an edit is still to be done.

    Attributes:
        back: BackSpaces to strike first.
        text: to write then.
        before: what stands before the cursor in between, as far as it is known.
        is_begun: something of the edit was done.

    """

    back: int
    text: str
    before: str
    is_begun: bool = False

    def advance(self, strokes: int) -> None:
        """So many of them were struck."""
        back = min(strokes, self.back)
        self.back -= back
        self.before += self.text[: strokes - back]
        self.text = self.text[strokes - back :]
        self.is_begun = True


class UinputTypist(OnePlace):
    """Types on a keyboard that it makes; half a second passes before its first key.

    Args:
        layout: what the keys write in the session now; empty where that is not known. Asked before each edit, on
            the typist's thread; may block for milliseconds.
        windows: knows the focus; None where nobody does.
        keyboard: makes the keyboard.
        modifiers: sees what the person holds, as far as their keyboards may be read; closed with this.
        sleep: waits for so many seconds.

    Raises:
        TypistError: there is no uinput, or it is not allowed; the message says what to do, and what that means.

    """

    def __init__(
        self,
        layout: Callable[[], Layout] = session_layout,
        windows: Windows | None = None,
        keyboard: Callable[[], VirtualKeyboard] = VirtualKeyboard,
        modifiers: Callable[[], Modifiers] = Modifiers,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._layout = layout
        self._windows = windows or AnyWindow()
        self._sees_focus = windows is not None
        self._sleep = sleep
        self._tails = Tails()
        self._begun: BegunEdits[_Rest] = BegunEdits()
        self._told: list[Callable[[], None]] = []
        self._keyboard = keyboard()
        self._modifiers = modifiers()
        self._modifiers.on_free(self._tell)

    @property
    def abilities(self) -> Abilities:
        """What the layout has, and taking back what it typed."""
        return Abilities(unicode=False, delete=True)

    def target(self) -> Target | None:
        """What has the focus; any thread; returns at once."""
        return self._windows.target()

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when it is worth another try: the focus is elsewhere, or the modifiers are free."""
        self._told.append(tell)
        self._windows.on_focus(tell)

    def describe(self) -> str:
        """What it types on, and what it does not know; any thread; returns at once."""
        unknown = ["the focus"] * (not self._sees_focus) + ["held modifiers"] * self._modifiers.is_blind
        return "uinput keyboard" + (f" ({' and '.join(unknown)} cannot be checked)" if unknown else "")

    def type(self, edit: Edit, target: Target) -> None:
        """Apply one edit; 3 ms for each character, 6 ms where Shift or AltGr come and go.

        Blocks for 0.3 s more where modifiers are held, and for half a second after the keyboard was made.

        Raises:
            TargetAway: the target does not have the focus, or the person holds modifiers; nothing was typed.
            TargetBusy: that came in the middle; the same edit goes on from there.
            TargetGone: the target is no more; nothing was typed.
            Unable: the layout is not known, or lacks a character; nothing was typed.
            TypistError: only a part was typed, or the keyboard is gone.

        """
        if not edit.delete and not edit.insert:
            return
        rest = self._begun.take(edit)
        tail = self._tails.take(target.key)
        if rest is None:
            taken_back = applied(tail, Edit(edit.delete, ""))
            rest = _Rest(backspaces(tail, edit.delete), edit.insert, taken_back)
        elif not rest.back:
            rest.before = tail  # something else may have been typed there meanwhile
        try:
            self._strike(self._strokes(rest), rest, target)
        except (TargetAway, TargetGone, Unable) as error:
            if not rest.is_begun:
                self._tails.put(target.key, tail)
                raise
            self._stop(edit, rest, target, error)
        self._tails.put(target.key, rest.before)

    def show(self, unstable: str, target: Target) -> None:
        """Nothing: keys cannot show what is unfinished."""

    def close(self) -> None:
        """Unplug the keyboard; what it held goes up."""
        self._modifiers.close()
        self._keyboard.close()

    def _tell(self) -> None:
        for tell in self._told:
            tell()

    def _stop(self, edit: Edit, rest: _Rest, target: Target, error: TypistError) -> NoReturn:
        """In the middle of an edit: what stands there is a part of it."""
        if not rest.back:
            self._tails.put(target.key, rest.before)
        if isinstance(error, TargetAway):
            self._begun.put(edit, rest)
            raise TargetBusy(f"the text was begun, and its rest waits: {error}") from error
        if isinstance(error, TargetGone):
            raise TypistError(f"the window was closed in the middle of the text: {error}") from error
        raise TypistError(f"only a part of the text was typed: {error}") from error

    def _strokes(self, rest: _Rest) -> list[Stroke]:
        """All strokes that are still to be struck, by the layout and CapsLock as they are now."""
        layout = self._layout()
        if rest.text and not layout:
            raise Unable("the keyboard layout of this session is not known")
        told = self._keyboard.caps_lock
        if self._modifiers.caps_lock() if told is None else told:
            layout = under_caps_lock(layout)
        letters = [layout.get(character) for character in rest.text]
        if None in letters:
            raise Unable("the keyboard layout has no key for some of the text")
        back = [(KEY_BACKSPACE, PLAIN)] * rest.back
        return [*back, *(letter for letter in letters if letter is not None)]

    def _strike(self, strokes: list[Stroke], rest: _Rest, target: Target) -> None:
        for first in range(0, len(strokes), CHUNK):
            chunk = strokes[first : first + CHUNK]
            self._look(target)
            try:
                self._strike_all(chunk)
            except OSError as error:
                message = f"the keyboard that sayso types on is gone ({error.strerror}); start sayso again"
                raise TypistError(message) from error
            rest.advance(len(chunk))

    def _look(self, target: Target) -> None:
        """See that a stroke would be a letter in the right window."""
        self._keyboard.wait_until_ready()
        deadline = time.monotonic() + MODIFIERS_SECONDS
        while held := self._modifiers.held():
            if time.monotonic() >= deadline:
                self._modifiers.watch()
                what = " and ".join(held)
                raise TargetAway(f"{what} is held, with which letters would be shortcuts; let go, and it is typed")
            self._sleep(LOOK_SECONDS)
        self._windows.check(target)

    def _strike_all(self, strokes: list[Stroke]) -> None:
        """Strike keys one after another; what the next one needs as well stays pressed."""
        held: frozenset[str] = PLAIN
        try:
            for key, wanted in strokes:
                held = self._hold(held, wanted)
                self._pace(self._keyboard.press, key)
                self._pace(self._keyboard.release, key)
        finally:
            self._hold(held, PLAIN)

    def _hold(self, held: frozenset[str], wanted: frozenset[str]) -> frozenset[str]:
        for name in sorted(held - wanted):
            self._pace(self._keyboard.release, HOLD_KEYS[name])
        for name in sorted(wanted - held):
            self._pace(self._keyboard.press, HOLD_KEYS[name])
        return wanted

    def _pace(self, do: Callable[[int], None], key: int) -> None:
        do(key)
        self._sleep(PACE_SECONDS)
