"""The typist for X11: keys for what the layout has, a paste for the rest; in the right window, or nowhere."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from Xlib.error import XError

from sayso.desktop import find_display
from sayso.errors import DisplayError, TargetAway, TargetBusy, TargetGone, TypistError, Unable
from sayso.events import Edit
from sayso.typist import Abilities, Target
from sayso.typist.begun import BegunEdits
from sayso.x11.backspaces import Tails, applied, backspaces
from sayso.x11.clipboard import Offer
from sayso.x11.connection import LOST
from sayso.x11.desk import Desk
from sayso.x11.focus import FocusWatch
from sayso.x11.keyboard import Keyboard, Keys, Look
from sayso.x11.keymap import Stroke
from sayso.x11.paste_keys import Shortcut, is_terminal, shortcut, takes_primary
from sayso.x11.windows import Focus

FIRST_LOOK_SECONDS = 2.0
MODIFIERS_SECONDS = 0.3  # how long a person may take to finish a shortcut before the keys are let go for them
TAKEN_SECONDS = 3.0  # a window may be busy; it takes the keys in their order
DELETION_SECONDS = 0.005  # and GTK needs 0.5 ms for each BackSpace before the paste (measured)
MOST_OFFERS = 3  # a clipboard manager may take each text over, which is not to cost the text
MOST_STROKES = 64  # while the server is grabbed; see ARCHITECTURE.md


@dataclass(frozen=True, slots=True)
class _Owed:
    """An edit whose paste was struck, and which the window has not taken yet."""

    edit: Edit
    target: Target
    offer: Offer


class X11Typist:
    """Types on an X display; where there is none, waits for one and refuses meanwhile.

    Building it blocks until the focus is known, or that there is no display, for 2 s at most.

    Args:
        find_display: the name of the display now; None where there is none. Called from another thread.

    """

    def __init__(self, find_display: Callable[[], str | None] = find_display) -> None:
        self._told: list[Callable[[], None]] = []
        self._desk: Desk | None = None
        self._desk_number = 0
        self._tails = Tails()
        self._owed: _Owed | None = None
        self._outcomes = BegunEdits[bool]()  # of what was owed: another edit may be tried before it is again
        self._focus = FocusWatch(find_display, self._tell)
        self._focus.wait_for_first_look(FIRST_LOOK_SECONDS)

    @property
    def focus(self) -> FocusWatch:
        """Who follows the focus, for others who type on this display and mean the same windows."""
        return self._focus

    @property
    def abilities(self) -> Abilities:
        """Any character, and taking back what it typed."""
        return Abilities(unicode=True, delete=True)

    def target(self) -> Target | None:
        """The window that has the focus; any thread; returns at once."""
        return self._focus.target

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called, from another thread, when the focus may be elsewhere, or `absence` another."""
        self._told.append(tell)

    def absence(self) -> str | None:
        """Why there is no display, and what to do; None while there is one; any thread; returns at once."""
        return self._focus.absence

    def describe(self) -> str:
        """The display that it types on; any thread; returns at once."""
        display = self._focus.display
        return "X11, no display" if display is None else f"X11, display {display}"

    def type(self, edit: Edit, target: Target) -> None:
        """Apply one edit in a window; takes milliseconds as a rule.

        Blocks for 0.3 s more before each MOST_STROKES strokes where modifiers are held. A paste waits besides
        until what the clipboard holds has been saved, 10 s at most and MOST_OFFERS times where other programs
        take the clipboard; and then until the window has taken the text, 3 s and 5 ms for each character that it
        deletes first. Where the X server itself does not answer there is no bound.

        Raises:
            TargetAway: the window does not have the focus, or something else has the keyboard; nothing was typed.
            TargetBusy: a window, this or another, has not taken yet what it was told to paste. If it is this edit,
                the next try finds whether it has, and never tells the window twice.
            TargetGone: the window is closed; nothing was typed.
            Unable: it can only be pasted there, and what is in the clipboard would be lost by that, or another
                program holds on to it; or a key is missing. Nothing was typed.
            TypistError: no display, or the text may not have arrived, or only a part was taken back.

        """
        if not edit.delete and not edit.insert:
            return
        with self._at_desk() as desk:
            self._apply(desk, edit, target)

    def go_to(self, target: Target) -> None:
        """Give the focus to a window again, whatever desktop or icon it is on.

        Raises:
            TargetGone: it was closed.
            TypistError: no display.

        """
        with self._at_desk() as desk:
            window = self._focus.window(target)
            if window is None or desk.windows.is_gone(window):
                raise TargetGone("the window that the text is for was closed")
            desk.windows.activate(window)

    def keep(self, text: str) -> None:
        """Put text in the clipboard to stay, after what was kept there before if that is still there.

        Raises:
            TypistError: no display, or another program does not let go of the clipboard.

        """
        with self._at_desk() as desk:
            self._find_what_is_owed(desk)
            if self._owed is not None:
                raise self._busy(self._owed)
            desk.clipboard.keep(text)

    def show(self, unstable: str, target: Target) -> None:
        """Nothing: what stands in a window cannot be shown as unfinished by keys."""

    def close(self) -> None:
        """Give the clipboard back and end all threads."""
        self._leave_desk()
        self._focus.close()

    def _tell(self) -> None:
        for tell in self._told:
            tell()

    @contextlib.contextmanager
    def _at_desk(self) -> Iterator[Desk]:
        """The connection to type with; made anew where the display is another one, or back."""
        name, number = self._focus.display, self._focus.connections
        if name is None:
            self._leave_desk()
            raise TypistError(self._focus.absence or "there is no X display; dictate again when it is back")
        if self._desk_number != number:
            self._leave_desk()
        try:
            if self._desk is None:
                self._desk, self._desk_number = Desk(name, self._tell), number
            yield self._desk
        except (*LOST, DisplayError) as error:
            self._leave_desk()
            reason = str(error) if isinstance(error, DisplayError) else "it went away"
            raise TypistError(f"the X display {name} failed: {reason}; dictate again when it is back") from error
        except XError as error:
            raise TypistError(f"the X server refused: {type(error).__name__}; dictate again") from error

    def _leave_desk(self) -> None:
        desk, self._desk = self._desk, None
        self._owed = None
        if desk is not None:
            desk.close()

    def _apply(self, desk: Desk, edit: Edit, target: Target) -> None:
        self._find_what_is_owed(desk)
        tail = self._tails.take(target.key)
        was_taken = self._outcomes.take(edit)
        if was_taken:
            self._tails.put(target.key, applied(tail, edit))
            return
        if was_taken is False and not self._is_closed(desk, target):
            raise TypistError(f"{_name(target)} was told to paste, and what it found there may be another's")
        if self._owed is not None and self._owed.target == target:
            self._tails.put(target.key, tail)
            raise self._busy(self._owed)
        deletions = backspaces(tail, edit.delete)
        taken_back = 0
        try:
            while deletions - taken_back > MOST_STROKES:
                self._strike(desk, "", MOST_STROKES, target, None)
                taken_back += MOST_STROKES
            self._write(desk, edit, deletions - taken_back, target)
        except (TargetAway, TargetGone, Unable) as error:
            if taken_back:  # each would say that nothing was typed
                message = f"only {taken_back} of {deletions} characters were taken back: {error}"
                raise TypistError(message) from error
            self._tails.put(target.key, tail)
            raise
        self._tails.put(target.key, applied(tail, edit))

    def _write(self, desk: Desk, edit: Edit, deletions: int, target: Target) -> None:
        """Delete and insert in one grab, and wait until a text that is pasted has been taken."""
        offer: Offer | None = None
        offers = 0
        try:
            while True:
                if offer is not None or not self._likely_by_keys(desk.keyboard, edit.insert, target):
                    if offers == MOST_OFFERS:
                        raise Unable("another program takes the clipboard again and again; dictate again")
                    offer = self._lend(desk, edit.insert, target)
                    offers += 1
                if self._strike(desk, edit.insert, deletions, target, offer):
                    break
        except BaseException:
            if offer is not None:
                with contextlib.suppress(TypistError, DisplayError):  # what went wrong first is what counts
                    desk.clipboard.give_back()
            raise
        if offer is None or offer.taken.wait(TAKEN_SECONDS + DELETION_SECONDS * edit.delete):
            return
        # What shows another machine's desktop has read it and sent it there, where it is pasted: it never asks.
        if offer.read_ahead.is_set():
            return
        desk.clipboard.leave_to(offer)
        if not offer.taken.is_set():
            self._owed = _Owed(edit, target, offer)
            raise self._busy(self._owed)

    # ── what a window was told to paste, and has not taken yet ────────────────────────────────────

    def _find_what_is_owed(self, desk: Desk) -> None:
        """Forget what is owed no longer; whether it has been taken is kept until that edit is tried again."""
        owed = self._owed
        if owed is None:
            return
        taken = owed.offer.taken.is_set()
        if taken or self._is_closed(desk, owed.target) or not desk.is_on_offer(owed.offer, owed.offer.selections):
            self._owed = None
            self._outcomes.put(owed.edit, taken)
            if not taken:
                desk.clipboard.give_back()

    def _is_closed(self, desk: Desk, target: Target) -> bool:
        window = self._focus.window(target)
        return window is None or desk.windows.is_gone(window)

    @staticmethod
    def _busy(owed: _Owed) -> TargetBusy:
        return TargetBusy(
            f"{_name(owed.target)} has not taken the text it was told to paste; it may hang, and is waited for"
        )

    def _likely_by_keys(self, keyboard: Keyboard, text: str, target: Target) -> bool:
        """Guess; the look in the grab decides. A guess that needs no look costs nothing, as the layout stays."""
        return self._by_keys(keyboard.likely(), text, target) or self._by_keys(keyboard.look().keys, text, target)

    def _by_keys(self, keys: Keys, text: str, target: Target) -> bool:
        """Whether a text goes in by keys: all of it at once, and nothing in it that could send or run anything."""
        if not text:
            return True
        fits = len(text) <= MOST_STROKES and keys.characters.keys() >= set(text)
        return fits and not is_terminal(target.application)

    def _lend(self, desk: Desk, text: str, target: Target) -> Offer:
        if self._owed is not None:  # it would find this text, and not its own
            raise self._busy(self._owed)
        focus = self._window(desk, target)  # away or gone: nothing is touched, the clipboard neither
        # The window with the focus may be another program's, embedded in that of the target.
        clients = {desk.windows.client(window) for window in (focus.window, focus.top_level) if window}
        with_insert = self._chord(desk.keyboard.likely(), target)[1] is Shortcut.SHIFT_INSERT
        return desk.clipboard.offer(text, frozenset(clients), primary=with_insert)

    def _strike(self, desk: Desk, text: str, deletions: int, target: Target, offer: Offer | None) -> bool:
        """Check and strike with nobody able to move the focus in between; False where it must be lent (again)."""
        deadline = time.monotonic() + MODIFIERS_SECONDS
        while True:
            with desk.windows.grabbed():
                self._window(desk, target)
                look = desk.keyboard.look()
                is_late = time.monotonic() >= deadline
                if look.is_grabbed and is_late:
                    raise TargetAway("another program has the keyboard: a menu, or a locked screen; close it")
                if not look.is_grabbed and (is_late or not look.modifiers_held):
                    return self._strike_now(desk, look, text, deletions, target, offer)
            desk.keyboard.wait_for_change(deadline)

    def _strike_now(
        self, desk: Desk, look: Look, text: str, deletions: int, target: Target, offer: Offer | None
    ) -> bool:
        keys = look.keys
        if offer is None:
            if not self._by_keys(keys, text, target):
                return False
            strokes = [keys.characters[character] for character in text]
        else:
            stroke, choice = self._chord(keys, target)
            if not desk.is_on_offer(offer, self._pasted(desk, choice, target)):
                return False
            strokes = [stroke]
        if deletions:
            if keys.backspace is None:
                raise Unable("this keyboard has no BackSpace key; add one with setxkbmap")
            strokes = [keys.backspace] * deletions + strokes
        desk.keyboard.release_modifiers(look)
        if offer is not None:
            desk.mark_struck(offer)
        desk.keyboard.strike(strokes)
        return True

    def _chord(self, keys: Keys, target: Target) -> tuple[Stroke, Shortcut]:
        """The keys that paste there, and which shortcut that is."""
        wanted = shortcut(target.application)
        found = {
            Shortcut.CONTROL_V: keys.paste.control_v,
            Shortcut.CONTROL_SHIFT_V: keys.paste.control_shift_v,
            Shortcut.SHIFT_INSERT: keys.paste.shift_insert,
        }
        # A layout without a v anywhere (il alone): GTK does not know Ctrl with that key for a paste (measured).
        for choice in (wanted, Shortcut.SHIFT_INSERT):
            stroke = found[choice]
            if stroke is not None:
                return stroke, choice
        raise Unable("this keyboard has no key to paste with, neither v nor Insert; add one with setxkbmap")

    def _pasted(self, desk: Desk, choice: Shortcut, target: Target) -> tuple[int, ...]:
        """The selections from which a shortcut may paste there."""
        if takes_primary(target.application):
            return (desk.clipboard.primary,)
        # In place of Ctrl+V for want of a v: some take the one, some the other.
        insert = (desk.clipboard.primary,) if choice is Shortcut.SHIFT_INSERT else ()
        return (desk.clipboard.clipboard, *insert)

    def _window(self, desk: Desk, target: Target) -> Focus:
        """Make sure that keys go to the target now."""
        window = self._focus.window(target)
        focus = None if window is None else desk.windows.focus(known=window)
        if focus is not None and focus.top_level == window:
            return focus
        if window is None or desk.windows.is_gone(window):
            raise TargetGone("the window that the text is for was closed")
        raise TargetAway("the window that the text is for does not have the focus; focus it")


def _name(target: Target) -> str:
    return f"the window of {target.application or 'an application without a name'}"
