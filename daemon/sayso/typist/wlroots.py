"""The typist for wlroots compositors: by input method, by keys or by a paste; in the right window, or nowhere.

How surely in the right window: what is known of the focus is as old as the compositor's last answer, and what is
typed goes off right after that answer, in parts that the compositor works off in one go each. In between, some
30 µs on an idle machine, the focus can move. On sway each part begins by giving its window the focus: nothing
happens where it has it; otherwise it has it for that part, and the other window gets it back (`Seat.claim`).
Elsewhere newer wlroots drops what an input method commits then; with older ones, and with keys, it may go to the
window that has the focus now. It is noticed in either case, since the answer to what was typed says that the focus
has moved, and it is told as a failure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sayso.errors import DisplayError, SecretField, TargetAway, TargetBusy, TargetGone, TypistError, Unable
from sayso.events import Edit
from sayso.typist import Abilities, Target
from sayso.typist.begun import BegunEdits
from sayso.wayland.clipboard import Holding
from sayso.wayland.finding import find_wayland
from sayso.wayland.hand import Hand, gone, name
from sayso.wayland.input_method import pieces
from sayso.wayland.paste_keys import STROKES, is_terminal, shortcut
from sayso.wayland.seat import Seat
from sayso.wayland.thread import WaylandThread
from sayso.wayland.ways import Facts, Plan, Way, plan
from sayso.x11.backspaces import Tails, applied
from sayso.x11.paste_keys import takes_primary

T = TypeVar("T")
FIRST_LOOK_SECONDS = 2.0
SHOWN_SECONDS = 0.03  # for a field to take what it is shown
KEYS_SECONDS = (
    0.1  # for a field to tell of keys, which wait in GTK's queue where text of the input method does not
)
AHEAD_SECONDS = 0.03  # for a clipboard manager to read what is lent, which must not pass for the paste
MOST_OFFERS = 3  # another program may copy something at that very moment
TAKEN_SECONDS = 3.0  # a window may be busy; it takes the keys in their order
UNTAKEN_SECONDS = 20.0  # a window that hangs has the keys in its queue, and pastes what it finds later
GOING_SECONDS = 1.0  # until a window that was asked to has the focus
RESTORE_SECONDS = 0.3  # after the paste: some programs ask twice, and the next words are often near


@dataclass(slots=True, eq=False)
class _Owed:
    """An edit whose paste was struck, and which the window has not taken yet."""

    edit: Edit
    target: Target
    holding: Holding
    reads_before: int

    @property
    def is_taken(self) -> bool:
        return self.holding.reads > self.reads_before


class WlrootsTypist:
    """Types on sway, Hyprland, river, labwc and others of their kind; where there is none, waits for one.

    Building it blocks until the focus is known, or that there is no compositor, for 2 s at most.

    Args:
        find: the path of the compositor's socket now; None where there is none. Called from another thread.

    Raises:
        TypistError: there is a compositor that does not let programs type; says what it lacks.

    """

    def __init__(self, find: Callable[[], str | None] = find_wayland) -> None:
        self._told: list[Callable[[], None]] = []
        self._tails = Tails()
        self._owed: _Owed | None = None
        self._settled: BegunEdits[bool] = BegunEdits()  # whether what was owed was taken
        self._hand = Hand()
        self._thread = WaylandThread(find, self._tell)
        self._thread.wait_for_first_look(FIRST_LOOK_SECONDS)
        if self._thread.refusal is not None:
            self._thread.close()
            raise TypistError(self._thread.refusal)

    @property
    def abilities(self) -> Abilities:
        """Any character, taking back what it typed, and the tail that may change where it is the input method."""
        return Abilities(unicode=True, delete=True, preedit=self._thread.has_method)

    def target(self) -> Target | None:
        """The window that has the focus; any thread; returns at once."""
        return self._thread.target

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called, from another thread, when the focus may be elsewhere, or `absence` another."""
        self._told.append(tell)

    def absence(self) -> str | None:
        """Why there is no compositor, or it refuses; None while there is one to type on. Any thread; at once."""
        return self._thread.absence

    def describe(self) -> str:
        """The compositor that it types on; any thread; returns at once."""
        path = self._thread.path
        return "Wayland, no compositor" if path is None else f"Wayland, {path}"

    def type(self, edit: Edit, target: Target) -> None:
        """Apply one edit in a window; takes milliseconds as a rule.

        Blocks for 0.1 s more where a window that has just got the focus has no field in it, and until the window
        has taken a paste, 3 s at most; a clipboard with much in it is saved before, for 2 s at most.

        Raises:
            TargetAway: the window does not have the focus; nothing was typed.
            TargetBusy: a window, this or another, has not taken yet what it was told to paste. If it is this edit,
                the next try finds whether it has, and never tells the window twice.
            TargetGone: the window is closed; nothing was typed.
            SecretField: the focus is in a field for a password; nothing was typed.
            Unable: this compositor has no way to do that, or lets no program type; nothing was typed.
            TypistError: no compositor, or the text may not have arrived, or only in part.

        """
        if edit.delete or edit.insert:
            self._call(lambda seat: self._apply(seat, edit, target))

    def go_to(self, target: Target) -> None:
        """Give the focus to a window; returns when it has it.

        Raises:
            TargetGone: it is closed.
            TypistError: no compositor, or it does not give it the focus.

        """
        self._call(lambda seat: self._go_to(seat, target))

    def keep(self, text: str) -> None:
        """Put text in the clipboard to stay, after what was kept there before if that is still there.

        Raises:
            TypistError: no compositor, or it lets no program at the clipboard.

        """
        self._call(lambda seat: self._keep(seat, text))

    def show(self, unstable: str, target: Target) -> None:
        """Show the tail that may still change, where the field with the focus takes an input method.

        Raises:
            TypistError: no compositor.

        """
        self._call(lambda seat: self._show(seat, unstable, target))

    def close(self) -> None:
        """Give the clipboard and the input method back, and end the thread."""
        self._thread.close()

    def _tell(self) -> None:
        for tell in self._told:
            tell()

    def _call(self, what: Callable[[Seat], T]) -> T:
        try:
            return self._thread.call(what)
        except DisplayError as error:
            raise TypistError(f"{error}; dictate again when it is back") from error

    # ── in the thread `sayso-wayland` ─────────────────────────────────────────────────────────────

    def _go_to(self, seat: Seat, target: Target) -> None:
        seat.look()
        if not seat.toplevels.activate(target.key, seat.seat):
            raise gone(target)
        if not seat.wait(lambda: self._has_focus(seat, target), GOING_SECONDS):
            raise TypistError(f"the compositor does not give {name(target)} the focus; click into it")

    def _keep(self, seat: Seat, text: str) -> None:
        if seat.clipboard is None:
            raise TypistError("this compositor lets no program at the clipboard (zwlr_data_control_manager_v1)")
        self._find_what_is_owed(seat)
        if self._owed is not None:
            raise self._busy(self._owed)
        seat.clipboard.keep(text)

    def _show(self, seat: Seat, unstable: str, target: Target) -> None:
        if seat.method is None or seat.look() is None or not self._has_focus(seat, target):
            return
        field = seat.field()
        tells = field is not None and field.before is not None and not field.is_secret
        if tells and self._has_focus(seat, target):
            seat.claim(target.key)
            seat.method.show(unstable)
            seat.await_update(SHOWN_SECONDS)
            if seat.has_reclaimed(target.key):
                seat.hand_back()

    def _apply(self, seat: Seat, edit: Edit, target: Target) -> None:
        if self._settle_debt(seat, edit, target):
            return
        self._hand.check(seat, target)
        field = seat.field()
        self._hand.check(seat, target)  # of a new field it is known only now whether it is one for a password
        method = seat.method
        tail = self._tails.take(target.key)
        try:
            todo = plan(
                Facts(
                    edit.insert,
                    edit.delete,
                    tail,
                    field,
                    counting=self._hand.counting(target),
                    is_terminal=is_terminal(target.application) or (field is not None and field.is_terminal),
                    has_keyboard=seat.keyboard is not None,
                    has_clipboard=seat.clipboard is not None and not takes_primary(target.application),
                    has_rival=method is not None and method.is_refused,
                )
            )
            self._carry_out(seat, todo, edit, tail, target)
        except (TargetAway, TargetGone, SecretField, Unable):
            self._tails.put(target.key, tail)
            raise
        self._tails.put(target.key, applied(tail, edit))

    def _carry_out(self, seat: Seat, todo: Plan, edit: Edit, tail: str, target: Target) -> None:
        if todo.way is Way.COMMIT:
            self._hand.take_back(seat, tail, edit.delete, target)
            for number, piece in enumerate(pieces(edit.insert) if edit.insert else []):
                self._hand.put(seat, piece, 0, target, begun=number > 0 or edit.delete > 0)
            return
        holding = self._lend(seat, edit.insert, target) if todo.way is Way.PASTE else None
        try:
            self._hand.backspace(seat, todo.backspaces, target)
            if todo.way is Way.KEYS:
                self._hand.strike_text(seat, edit.insert, target, begun=todo.backspaces > 0)
            elif holding is not None:
                self._paste(seat, holding, edit, target, begun=todo.backspaces > 0)
        except BaseException:
            if holding is not None and self._owed is None and seat.clipboard is not None:
                seat.clipboard.give_back()
            raise
        field = seat.method.field if seat.method is not None else None
        if field is not None and field.before is not None:
            seat.await_update(KEYS_SECONDS)

    # ── by a paste ────────────────────────────────────────────────────────────────────────────────

    def _lend(self, seat: Seat, text: str, target: Target) -> Holding:
        assert seat.clipboard is not None
        if self._owed is not None:  # its window would find this text, and not its own
            raise self._busy(self._owed)
        for _ in range(MOST_OFFERS):
            holding = seat.clipboard.lend(text)
            seat.wait(lambda: False, AHEAD_SECONDS)
            if holding.is_held:
                return holding
        raise TypistError("another program takes the clipboard again and again; dictate again")

    def _paste(self, seat: Seat, holding: Holding, edit: Edit, target: Target, begun: bool) -> None:
        owed = _Owed(edit, target, holding, holding.reads)
        self._hand.strike(seat, [STROKES[shortcut(target.application)]], target, begun)
        if seat.wait(lambda: owed.is_taken, TAKEN_SECONDS):
            self._thread.later(RESTORE_SECONDS, lambda later: self._restore(later, holding))
            return
        self._owed = owed
        holding.on_read = lambda: self._taken_late(holding)
        self._thread.later(UNTAKEN_SECONDS, lambda later: self._restore(later, holding))
        raise self._busy(owed)

    def _restore(self, seat: Seat, holding: Holding) -> None:
        """Give back the clipboard, unless the next text has been lent to it meanwhile."""
        if seat.clipboard is not None and holding.is_held:
            seat.clipboard.give_back()
        if self._owed is not None and self._owed.holding is holding:
            self._thread.tell()

    # ── what a window was told to paste, and has not taken yet ────────────────────────────────────

    def _taken_late(self, holding: Holding) -> None:
        self._thread.later(RESTORE_SECONDS, lambda later: self._restore(later, holding))
        self._thread.tell()

    def _settle_debt(self, seat: Seat, edit: Edit, target: Target) -> bool:
        """Whether the edit is there already: its window has taken the paste that it was told of before."""
        self._find_what_is_owed(seat)
        was_taken = self._settled.take(edit)
        if was_taken:
            return True
        if was_taken is False and seat.toplevels.find(target.key) is not None:
            raise TypistError(f"{name(target)} was told to paste, and what it found there may be another's")
        if self._owed is not None and self._owed.target.key == target.key:
            raise self._busy(self._owed)
        return False

    def _find_what_is_owed(self, seat: Seat) -> None:
        """Forget what is owed no longer; its edit is told what became of it when it is tried again."""
        owed = self._owed
        if owed is None:
            return
        seat.look()
        is_closed = seat.toplevels.find(owed.target.key) is None
        if owed.is_taken or is_closed or not owed.holding.is_held:
            self._owed = None
            self._settled.put(owed.edit, owed.is_taken)
            tail = self._tails.take(owed.target.key)
            if owed.is_taken:
                self._tails.put(owed.target.key, applied(tail, owed.edit))
            elif owed.holding.is_held and seat.clipboard is not None:
                seat.clipboard.give_back()

    @staticmethod
    def _busy(owed: _Owed) -> TargetBusy:
        return TargetBusy(
            f"{name(owed.target)} has not taken the text it was told to paste; it may hang, and is waited for"
        )

    # ── the window ────────────────────────────────────────────────────────────────────────────────

    def _has_focus(self, seat: Seat, target: Target) -> bool:
        focus = seat.toplevels.focus
        return focus is not None and focus.number == target.key
