"""A seat of a compositor, and all on it that typing needs; belongs to one thread, as its connection does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from sayso.errors import Unable
from sayso.wayland.clipboard import Clipboard
from sayso.wayland.compositor import UNKNOWN, Traits
from sayso.wayland.input_method import Field, InputMethod
from sayso.wayland.interfaces import WL_SEAT
from sayso.wayland.keyboard import Keyboard
from sayso.wayland.privileged import (
    DATA_CONTROL_MANAGERS,
    INPUT_METHOD_MANAGER,
    TOPLEVEL_MANAGER,
    VIRTUAL_KEYBOARD_MANAGER,
)
from sayso.wayland.toplevels import Toplevels, Window
from sayso.wayland.wire import Connection, RequestRefused

FIELD_SECONDS = 0.1  # for a window to say that it has a field: it answers in 1 to 8 ms (GTK 3, GTK 4, foot)
SETTLE_SECONDS = 0.05  # sway 1.7 believes a window that claims a field after it has lost the focus
MOST_SETTLING_SECONDS = 0.5
QUIET_SECONDS = 0.005  # after which a field that has begun to say what has changed has said all
NOISE_SECONDS = 0.02  # foot says where its cursor is with each picture, 60 times a second
MOST_NOISE_SECONDS = 0.2
METHOD_SECONDS = 10.0  # without typing, until another may have the place of the input method
WRITE_SECONDS = 0.005  # between two looks whether who takes the clipboard has taken more of it


class Refused(Unable):
    """This compositor does not let programs type; the message names what it lacks and what to do."""


class Seat:
    """Everything of a compositor that typing needs.

    Args:
        path: of its socket.
        on_move: called when the focus has moved while something else is waited for.
        traits: of the compositor.

    Attributes:
        seat: the compositor's own.
        keyboard: None where the compositor lets programs have none.
        method: None where it knows no input methods.
        clipboard: None where it lets programs have none.

    Raises:
        DisplayError: no compositor answers there.
        Refused: it does not let programs see windows, or type.

    """

    def __init__(
        self, path: str, on_move: Callable[[Seat], None] = lambda _: None, traits: Traits = UNKNOWN
    ) -> None:
        self._on_move = on_move
        self.traits = traits
        self.connection = Connection(path)
        offered = {offer.interface for offer in self.connection.globals.values()}
        try:
            if (reason := lack(offered)) is not None:
                raise Refused(reason)
            self.toplevels = Toplevels(self.connection)
            self.seat = seat = self.connection.bind(WL_SEAT)
            self.keyboard, self.method, self.clipboard = None, None, None
            if VIRTUAL_KEYBOARD_MANAGER.name in offered:
                self.keyboard = Keyboard(self.connection, seat)
            if INPUT_METHOD_MANAGER.name in offered:
                self.method = InputMethod(self.connection, seat)
            if any(manager.name in offered for manager in DATA_CONTROL_MANAGERS):
                self.clipboard = Clipboard(self.connection, seat)
            self.connection.roundtrip()
        except RequestRefused as error:  # some list what they do not allow to everybody
            self.connection.close()
            raise Refused(_advice(str(error))) from error
        except BaseException:
            self.connection.close()
            raise
        self._changes = self._told = self._seen = self.toplevels.changes
        self._moved_at = self._used_at = 0.0

    def look(self) -> Window | None:
        """The window that has the focus at this moment: everything that the compositor did before is known."""
        self.connection.roundtrip()
        self._notice()
        self._seen = self.toplevels.changes
        return self.toplevels.focus

    def claim(self, number: int) -> None:
        """Give a window the focus right before what comes next, where it is sure to have it then.

        It has it by the last look, and almost always still: then nothing happens. If the focus has moved since, it
        comes back for a moment (`has_reclaimed`, `hand_back`), and what comes next cannot go elsewhere.
        """
        if self.traits.gives_focus_in_order:
            self.toplevels.activate(number, self.seat)

    def has_reclaimed(self, number: int) -> bool:
        """Whether `claim` had to: the focus had moved since the last look, and is back at the window."""
        window = self.toplevels.find(number)
        had_moved = self.toplevels.changes != self._seen
        return self.traits.gives_focus_in_order and had_moved and window is not None and window.is_active

    def hand_back(self) -> None:
        """Give the focus to the window from which `claim` has taken it."""
        rightful = self.toplevels.before
        if rightful is not None:
            self.toplevels.activate(rightful.number, self.seat)
            self.connection.flush()

    def _notice(self) -> None:
        if self.toplevels.changes != self._changes:
            self._changes, self._moved_at = self.toplevels.changes, time.monotonic()

    def _tell_moves(self) -> None:
        self._notice()
        if self._told != self._changes:
            self._told = self._changes
            self._on_move(self)

    def field(self) -> Field | None:
        """The field in the window with the focus, where it takes an input method; waits 0.1 s for a new one."""
        method = self.method
        if method is None:
            return None
        self._used_at = time.monotonic()
        if not method.is_taken:
            method.take()
            self._moved_at = time.monotonic()
        if not method.field and not method.is_refused:
            left = self._moved_at + FIELD_SECONDS - time.monotonic()
            self.wait(lambda: method.field is not None or method.is_refused, left)
        self._settle(method)
        return method.field

    def _settle(self, method: InputMethod) -> None:
        """Wait until the focus has not moved for a moment: a window that has lost it may still claim a field."""
        latest = time.monotonic() + MOST_SETTLING_SECONDS
        while not method.is_refused:
            settled_at = min(latest, max(self._moved_at, method.moved_at) + SETTLE_SECONDS)
            if time.monotonic() >= settled_at:
                return
            self.wait(lambda: False, settled_at - time.monotonic())

    def await_update(self, timeout_seconds: float) -> None:
        """Wait until the field has said all that has changed in it, or for so long where it says nothing."""
        method = self.method
        if method is None or method.field is None:
            return
        serial = method.serial
        while self.wait(lambda: method.serial != serial, timeout_seconds):  # noqa: B023  # called in this round
            serial, timeout_seconds = method.serial, QUIET_SECONDS

    def await_quiet(self) -> None:
        """Wait until the field has said nothing for a while, or for 0.2 s: what it says makes a commit stale."""
        method = self.method
        deadline = time.monotonic() + MOST_NOISE_SECONDS
        while method is not None and time.monotonic() < deadline:
            serial = method.serial
            if not self.wait(lambda: method.serial != serial, NOISE_SECONDS):  # noqa: B023  # called in this round
                return

    def rest(self) -> None:
        """Give back what is not needed for now: another program may want to be the input method."""
        if self.method is not None and self.method.is_taken and time.monotonic() >= self.rests_at:
            self.method.leave()
            self.connection.flush()

    @property
    def rests_at(self) -> float:
        """When `rest` is due, by the monotonic clock."""
        return self._used_at + METHOD_SECONDS

    def wait(self, holds: Callable[[], bool], timeout_seconds: float) -> bool:
        """Follow events until something holds; False where it does not in time."""
        deadline = time.monotonic() + timeout_seconds
        while not holds():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.step(left)
        return True

    def step(self, timeout_seconds: float, also: Iterable[int] = ()) -> None:
        """Follow events once, and give out of the clipboard what is asked for."""
        self._tell_moves()
        writing = self.clipboard is not None and self.clipboard.is_writing
        self.connection.dispatch(WRITE_SECONDS if writing else max(0.0, timeout_seconds), also)
        if self.clipboard is not None:
            self.clipboard.write_on()
        self._tell_moves()

    def close(self) -> None:
        """Put back the clipboard and leave. Never raises."""
        if self.clipboard is not None:
            self.clipboard.close()
        self.connection.close()


def lack(offered: AbstractSet[str]) -> str | None:
    """Why a compositor that offers these interfaces cannot be typed on; None where it can."""
    if TOPLEVEL_MANAGER.name not in offered:
        return _advice(f"it does not say which window has the focus ({TOPLEVEL_MANAGER.name})")
    if not offered & {VIRTUAL_KEYBOARD_MANAGER.name, INPUT_METHOD_MANAGER.name}:
        names = f"{VIRTUAL_KEYBOARD_MANAGER.name}, {INPUT_METHOD_MANAGER.name}"
        return _advice(f"it has neither a keyboard nor an input method for programs ({names})")
    return None


def _advice(reason: str) -> str:
    return (
        f"this Wayland compositor does not let programs type: {reason}. "
        "Set typist.backend to auto, so that another way is used where there is one, such as IBus or the portal"
    )
