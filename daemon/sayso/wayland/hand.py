"""The hand that types: commits, BackSpaces and keys, each right after a look at who has the focus."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from sayso.errors import SecretField, TargetAway, TargetGone, TypistError
from sayso.typist import Target
from sayso.wayland.input_method import Fate
from sayso.wayland.keyboard import MOST_STROKES
from sayso.wayland.keymap import BACKSPACE, Stroke
from sayso.wayland.seat import QUIET_SECONDS, Seat
from sayso.wayland.taking_back import Counting, learn, step
from sayso.x11.backspaces import backspaces

UPDATE_SECONDS = 0.03  # for a field to say what stands in it now; GTK and foot need 1 to 3 ms
ANSWER_SECONDS = 2.0  # and for it to say that it took what it was given
TAKEN_SECONDS = 3.0  # a window may be busy; it takes the keys in their order
MOST_TRIES = 8  # of a commit that came at the very moment when its field said something


class Hand:
    """Types on a seat, in the thread that the seat belongs to.

    `begun` says to its methods that a part of an edit was typed before: then `TargetAway`, `TargetGone` and
    `SecretField`, which say that nothing was, come as a `TypistError`.
    """

    def __init__(self) -> None:
        self._counting: dict[str, Counting] = {}  # by application

    def counting(self, target: Target) -> Counting:
        """What the application is known to take a number of bytes for."""
        return self._counting.get(target.application, Counting.UNKNOWN)

    def check(self, seat: Seat, target: Target) -> None:
        """Make sure that keys go to the target now, and as far as it says so to no field for a password there."""
        focus = seat.look()
        window = seat.toplevels.find(target.key)
        if window is None:
            raise gone(target)
        if focus is not window:
            raise away(target)
        field = seat.method.field if seat.method is not None else None
        if field is not None and field.is_secret:
            raise SecretField("the focus is in a field for a password, in which nothing is typed")

    def take_back(self, seat: Seat, tail: str, count: int, target: Target) -> None:
        """Take back the last characters of what is ours, as `step` says; `plan` has seen that there is a first."""
        left = count
        while left:
            field = seat.method.field if seat.method is not None else None
            counting = self.counting(target)
            todo = step(field, tail, left, counting) if field is not None else None
            if todo is None:
                self.backspace(seat, backspaces(tail, left), target, begun=left < count, to_the_end=True)
                return
            before, after = self.put(seat, "", todo.amount, target, begun=left < count)
            if todo.teaches:
                counting = self._counting[target.application] = learn(before or "", after or "", todo)
                if counting is Counting.UNKNOWN:
                    raise TypistError("the field does not say what was taken back; look what stands there")
                if counting is Counting.CHARACTERS:
                    self.put(seat, tail[-todo.amount : -todo.count], 0, target, begun=True)
            tail = tail[: -todo.count]
            left -= todo.count

    def put(
        self, seat: Seat, piece: str, delete: int, target: Target, begun: bool
    ) -> tuple[str | None, str | None]:
        """Commit to the field; gives what it said stood before the cursor, before and after."""
        method = seat.method
        assert method is not None
        for _ in range(MOST_TRIES):
            field = seat.field()
            if seat.traits.drops_stale is not False and field is not None and field.before is None:
                seat.await_quiet()  # it could not tell what became of the commit
            before = _before(seat)
            with _as_part(begun):
                if field is None:
                    raise TargetAway("the field that was written in does not have the focus now; go back to it")
                fate = method.put(
                    piece,
                    delete,
                    look=lambda: self.check(seat, target),
                    claim=lambda: None if seat.traits.drops_stale else seat.claim(target.key),
                )
            if fate is Fate.KEPT:
                continue
            is_taken = fate is Fate.PUT or (fate is Fate.SAME_FIELD and seat.traits.drops_stale is False)
            if is_taken:
                self._await_answer(seat, before, deletes=delete > 0)
                return before, _before(seat)
            if fate is Fate.ASTRAY and seat.has_reclaimed(target.key):
                after = _hand_back(seat)
                if _is_done(piece, before, after):
                    return before, after
                if before is not None and before == after:
                    with _as_part(begun):
                        raise away(target)
                break
            seat.await_update(UPDATE_SECONDS)
            if seat.traits.drops_stale:
                continue
            after = _before(seat)
            if seat.toplevels.focus is seat.toplevels.find(target.key) and _is_done(piece, before, after):
                return before, after
            if fate is Fate.ASTRAY or before is None or before != after:
                break
        raise _astray(target)

    def _await_answer(self, seat: Seat, before: str | None, deletes: bool) -> None:
        """Wait until the field says that something came; and, where something was to go, that it is gone."""
        method = seat.method
        if method is None or before is None:
            seat.await_update(UPDATE_SECONDS)
            return
        is_answered = seat.wait(
            lambda: (
                method.field is None
                or (_before(seat) != before if deletes else method.serial != method.answered_at)
            ),
            ANSWER_SECONDS,
        )
        if not is_answered:
            raise TypistError("the window does not say that it took the text; it may hang; look what stands there")
        seat.await_update(QUIET_SECONDS)

    def backspace(
        self, seat: Seat, count: int, target: Target, begun: bool = False, to_the_end: bool = False
    ) -> None:
        """Strike BackSpace so often, as fast as the window takes it; `to_the_end`: return when it has."""
        for struck in range(0, count, MOST_STROKES):
            lot = min(count - struck, MOST_STROKES)
            serial = seat.method.serial if seat.method is not None else 0
            self.strike(seat, [Stroke(BACKSPACE)] * lot, target, begun=begun or struck > 0)
            if to_the_end or struck + lot < count:
                self._await_backspaces(seat, serial, lot)

    def _await_backspaces(self, seat: Seat, serial: int, count: int) -> None:
        """Wait until the window has taken them; a field that tells what stands in it says so after each."""
        method = seat.method
        field = method.field if method is not None else None
        if method is None or field is None or field.before is None:
            return  # the keyboard's own pace has to do
        taken = 0
        while taken < count and seat.wait(lambda: method.serial - serial > taken, TAKEN_SECONDS):  # noqa: B023
            taken = method.serial - serial
        if taken < count:
            raise TypistError("the window does not take BackSpaces; it may hang, and text may stand there still")

    def strike_text(self, seat: Seat, text: str, target: Target, begun: bool) -> None:
        """Write a text by keys, MOST_STROKES characters at most."""
        assert seat.keyboard is not None
        self.strike(seat, seat.keyboard.prepare(text), target, begun)

    def strike(self, seat: Seat, strokes: list[Stroke], target: Target, begun: bool) -> None:
        """Check and strike; the focus can move in between only for as long as the compositor takes to read it.

        Where the compositor lets the window have it back for that moment (`Seat.claim`) not even then.
        """
        if seat.keyboard is None:
            raise TypistError("only a part was taken back, and this compositor gives programs no keyboard")
        seat.wait(lambda: False, seat.keyboard.rested_at - time.monotonic())
        changes, is_back = 0, False

        def ask() -> None:
            seat.claim(target.key)
            keyboard.strike(strokes)

        def then() -> None:
            nonlocal changes, is_back
            changes, is_back = seat.toplevels.changes, seat.has_reclaimed(target.key)

        keyboard = seat.keyboard
        parcel = seat.connection.pack(ask, then)
        try:
            with _as_part(begun):
                self.check(seat, target)
        except BaseException:
            seat.connection.drop(parcel)
            raise
        known = seat.toplevels.changes
        seat.connection.post(parcel)
        if is_back:
            seat.hand_back()
        elif changes != known:
            raise _astray(target)


def _hand_back(seat: Seat) -> str | None:
    """Give a focus back that was claimed, once the field has said what stands in it, if it does."""
    method = seat.method
    assert method is not None
    seat.wait(lambda: method.field is not None, UPDATE_SECONDS)
    seat.await_update(UPDATE_SECONDS)
    after = _before(seat)
    seat.hand_back()
    return after


def _before(seat: Seat) -> str | None:
    """What the field with the focus says that stands before the cursor, if it does."""
    field = seat.method.field if seat.method is not None else None
    return field.before if field is not None else None


def _is_done(piece: str, before: str | None, after: str | None) -> bool:
    """Whether a piece stands before the cursor, or something less, where the field tells."""
    if before is None or after is None or before == after:
        return False
    return after.endswith(piece[-len(after) :]) if piece and after else before.startswith(after)


@contextlib.contextmanager
def _as_part(begun: bool) -> Iterator[None]:
    """Where a part was typed, errors that say that nothing was are others."""
    try:
        yield
    except (TargetAway, TargetGone, SecretField) as error:
        if not begun:
            raise
        raise TypistError(f"only a part was typed: {error}") from error


def away(target: Target) -> TargetAway:
    """The error for a window that does not have the focus."""
    return TargetAway(f"the focus is not in {name(target)}; go back to it, and the text follows")


def gone(target: Target) -> TargetGone:
    """The error for a window that is closed."""
    return TargetGone(f"{name(target)} is closed; what was said stays in the history")


def _astray(target: Target) -> TypistError:
    return TypistError(f"the focus moved just as {name(target)} was typed into; look where the text is")


def name(target: Target) -> str:
    """What to call a target before a person."""
    return f"the window of {target.application}" if target.application else "the window you spoke to"
