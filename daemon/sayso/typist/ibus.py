"""The typist by IBus: an input method's engine, which needs no layout, no clipboard and no keys."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from typing import TypeVar

from sayso.desktop import find_display
from sayso.errors import SecretField, TargetAway, TargetGone, TypistError, Unable
from sayso.events import Edit
from sayso.ibus.address import ibus_address
from sayso.ibus.daemon import ANSWER_SECONDS
from sayso.ibus.engine import Field, Surrounding, chunks
from sayso.ibus.fields import FieldPlaces
from sayso.ibus.line_breaks import breaks
from sayso.ibus.link import FOCUS_SECONDS, FieldMoved, Link
from sayso.ibus.owners import Owner
from sayso.ibus.reading import READ_BACK_SECONDS, SETTLE_SECONDS, NotThere, Reading
from sayso.ibus.windows import Places, XPlaces
from sayso.typist import Abilities, Target
from sayso.x11.backspaces import Tails, applied
from sayso.x11.paste_keys import is_terminal

T = TypeVar("T")
FIRST_LOOK_SECONDS = 2.0
SWITCH_SECONDS = 4 * ANSWER_SECONDS  # what is on is asked, and ours turned on, twice at a daemon's first time
ATTEMPTS = 3
AROUND = 2048  # characters on either side of the cursor that are told: minutes of speech
HOLD_SECONDS = 0.1  # nobody else gets at the display for longer than this, though the daemon hangs
# xterm loses what is in one commit of 400 characters, and takes those that it finds waiting together in reverse.
MOST_FOR_XIM, XIM_PAUSE_SECONDS = 100, 0.02
SECRET = "the field holds a password; nothing is dictated there"
NO_FIELD = (
    "the window with the focus takes no text from IBus; start its program with GTK_IM_MODULE=ibus, "
    "QT_IM_MODULE=ibus and XMODIFIERS=@im=ibus"
)
UNKNOWN = (
    "the program does not say what became of it: whether it was taken back is not known; look at what stands there"
)
REFUSED = (TargetAway, TargetGone, SecretField, Unable)
"""What says that nothing was typed."""


class IBusTypist:
    """Types through ibus-daemon, wherever it tells of a field that has the focus.

    Building it blocks until the daemon is reached, for FIRST_LOOK_SECONDS at most, and with windows of its own as
    long again.

    Args:
        places: who knows where the focus is; closed with this. Without it the windows of X11, or where the session
            is Wayland's, the fields that IBus tells of.
        find_address: where the daemon's bus is; without it, where libibus finds it.

    Attributes:
        told_around: told what stands around the cursor before something is typed there, and in which window
            (`Target.key`), where the field's program tells that; on the thread that types.

    Raises:
        TypistError: there is no daemon; the message says how to start one.

    """

    def __init__(self, places: Places | None = None, find_address: Callable[[], str] | None = None) -> None:
        self.told_around: Callable[[int, str], None] = _unheard
        self._told: list[Callable[[], None]] = []
        self._tails = Tails()
        self._landed: bool | None = None
        self._unread = ""  # the application in which the last text could not be read back
        self._xim_at = 0.0  # when a client over XIM may be given more
        self._fields: FieldPlaces | None = None
        if places is None and not _is_wayland():
            places = XPlaces.alone(find_display)
        self._windows = places if isinstance(places, XPlaces) else None
        self._link = Link(self._field_moved, find_address or self._address)
        self._reading = Reading(self._link)
        if places is None:
            places = self._fields = FieldPlaces(self._link)
        self._places = places
        self._link.wait_for_first_look(FIRST_LOOK_SECONDS)
        if self._link.absence is not None:
            self.close()
            raise TypistError(self._link.absence)
        self._places.on_focus(self._focus_moved)
        self._focus_moved()

    def _address(self) -> str:
        return ibus_address(display=None if self._windows is None else self._windows.display)

    @property
    def abilities(self) -> Abilities:
        """Any character and preedit; deleting and reading back as far as the field's program tells what stands."""
        field = self._link.field
        is_readable = field is None or field.is_readable
        return Abilities(unicode=True, delete=is_readable, preedit=True, read_back=is_readable)

    def target(self) -> Target | None:
        """The window that has the focus, or the field; any thread; returns at once where windows are known."""
        return self._places.target()

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called, from another thread, when the focus may be elsewhere, or `absence` another."""
        self._told.append(tell)

    def absence(self) -> str | None:
        """Why there is no daemon or no display, and what to do; any thread; returns at once."""
        return self._link.absence or self._places.absence()

    def describe(self) -> str:
        """What it types with, and that the last text could not be read back; any thread; returns at once."""
        if self._link.absence is not None:
            return "IBus, no daemon"
        return f"IBus; what is typed cannot be read back in {self._unread}" if self._unread else "IBus"

    def is_secret(self) -> bool:
        """Whether the field with the focus is one for passwords; known while our engine is on. Any thread."""
        field = self._link.field
        return field is not None and field.is_secret

    def surrounding(self) -> tuple[str, int] | None:
        """What stands around the cursor, and where in it that is; None where it is not known. Any thread."""
        field = self._link.field
        found = None if field is None else field.surrounding
        return None if found is None else (found.text, found.cursor)

    def landed(self) -> bool | None:
        """Whether the last edit stands there, by what the field's program says; None where it does not say."""
        return self._landed

    def type(self, edit: Edit, target: Target) -> None:
        """Apply one edit; takes milliseconds.

        Blocks besides until our engine is on, where it is off, and until the field's program tells what stands
        there, READ_BACK_SECONDS at most; SETTLE_SECONDS more where that is another text. To take back several
        lines in a program that tells one at a time takes as long again for each that is empty.

        Raises:
            TargetAway: the window or field does not have the focus; nothing was typed.
            TargetGone: the window is closed; nothing was typed.
            SecretField: the field is one for passwords, or private; nothing was typed.
            Unable: there is no daemon, no field of IBus has the focus there, or its program does not tell whether
                what is to be deleted stands before the cursor; nothing was typed.
            TypistError: no display; or what is to be deleted does not stand there; or the daemon went away, and
                whether the text arrived is not known; or the field did not take it as it was typed.

        """
        if not edit.delete and not edit.insert:
            return
        self._landed = None
        if is_terminal(target.application) and not edit.insert.isprintable():
            raise Unable("a line break in a terminal runs what stands there; it is pasted instead")
        for attempt in range(ATTEMPTS):
            try:
                self._apply(edit, target)
            except FieldMoved:  # a program may lose and take the focus several times as its window gets it
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                return

    def _apply(self, edit: Edit, target: Target) -> None:
        field = self._field(target)
        empty = self._reading.told_once(field)
        tail = self._tails.take(target.key)
        rest = edit
        try:
            if edit.delete and self._reading.is_in_lines(tail, edit.delete):
                rest = Edit(self._take_out_breaks(field, tail[-edit.delete :], target), edit.insert)
            with _begun("only the line breaks were taken back") if rest is not edit else contextlib.nullcontext():
                before = self._deliver(field, rest, target) or empty
        except (*REFUSED, NotThere):
            self._tails.put(target.key, tail)
            raise
        if before is not None and rest is edit and _takes_long(field) and not is_terminal(target.application):
            self.told_around(target.key, before.near(AROUND))
        typed = applied(tail, edit)
        self._unread = ""
        self._landed = self._reading.read_back(field, before, rest, typed, is_terminal(target.application))
        if edit.insert and not self._landed:
            self._unread = target.application or "this window"
        self._tails.put(target.key, typed)

    def go_to(self, target: Target) -> None:
        """Not by IBus.

        Raises:
            TypistError: always.

        """
        raise TypistError("IBus cannot move the focus; click into the window")

    def keep(self, text: str) -> None:
        """IBus has no clipboard.

        Raises:
            TypistError: always.

        """
        raise TypistError("IBus has no clipboard")

    def show(self, unstable: str, target: Target) -> None:
        """Show the tail as preedit, which is gone with the focus; nothing where that cannot be."""
        if not unstable and not self._link.is_on:
            return
        with contextlib.suppress(TypistError):
            field = self._field(target)
            with self._places.held(target):
                shown = self._link.begin(lambda: self._link.show(field.path, unstable))
                with contextlib.suppress(TimeoutError):
                    shown.exception(HOLD_SECONDS)

    def close(self) -> None:
        """Put the person's engine back, and end the threads."""
        self._link.close()
        self._places.close()

    def _field(self, target: Target) -> Field:
        """The field of a target that has the focus, with our engine on."""
        if self._link.absence is not None:
            raise Unable(self._link.absence)
        with self._places.held(target):  # otherwise the person's engine is left alone
            pass
        self._ready(self._link.begin(self._link.take_over), SWITCH_SECONDS)
        since, owner = self._places.focused_since(), _owner(target)
        field = self._ready(self._link.begin(lambda: self._link.field_of(owner, since)), FOCUS_SECONDS)
        if field is None:
            raise Unable(NO_FIELD)
        if field.is_secret:
            raise SecretField(SECRET)
        return field

    def _ready(self, done: Future[T], seconds: float) -> T:
        """Wait for something that types nothing: where the daemon fails, another way of typing may be tried."""
        try:
            return self._link.wait(done, seconds)
        except TypistError as error:
            raise Unable(str(error)) from error

    def _deliver(self, field: Field, edit: Edit, target: Target) -> Surrounding | None:
        """Delete and commit; what stood there before."""
        if _takes_long(field):
            return self._deliver_piece(field, edit, target)
        before, done = None, 0
        for piece in chunks(edit.insert, MOST_FOR_XIM) or [""]:
            pause = self._xim_at - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            try:
                if done:
                    field = self._field(target)
                before = self._deliver_piece(field, Edit(0 if done else edit.delete, piece), target) or before
            except REFUSED as error:
                if not done:
                    raise
                raise TypistError(f"only {done} of {len(edit.insert)} characters were typed: {error}") from error
            done += len(piece)
            self._xim_at = time.monotonic() + XIM_PAUSE_SECONDS
        return before

    def _deliver_piece(self, field: Field, edit: Edit, target: Target, behind: int = 0) -> Surrounding | None:
        """Delete and commit with nobody able to move the focus in between."""
        with self._places.held(target):
            delivered = self._link.begin(lambda: self._link.deliver(field.path, edit.delete, edit.insert, behind))
            with contextlib.suppress(TimeoutError, CancelledError):  # the same comes again below
                delivered.exception(HOLD_SECONDS)
        return self._link.wait(delivered, ANSWER_SECONDS)

    def _take_out_breaks(self, field: Field, typed: str, target: Target) -> int:
        """Make one line of what was typed, so that all of it is told; how many characters are left of it."""
        taken = 0
        for step in breaks(typed):
            with _begun(f"only {taken} line breaks were taken back") if taken else contextlib.nullcontext():
                before = self._deliver_again(field, Edit(1, ""), target, step.behind)
            patience = SETTLE_SECONDS if step.is_seen else READ_BACK_SECONDS
            now = self._reading.told(before, patience, step.fits)
            if now is None and step.is_seen:
                raise TypistError(UNKNOWN)
            if now is not None and not step.fits(now):
                if not step.can_be_restored(now):
                    raise TypistError(UNKNOWN)
                with _begun("a line break was taken back that may be another's"):
                    self._deliver_again(field, Edit(step.behind, step.restored), target)
                raise NotThere
            taken += 1
        return len(typed) - taken

    def _deliver_again(self, field: Field, edit: Edit, target: Target, behind: int = 0) -> Surrounding | None:
        """Delete and commit in a field of which our engine may have been turned off meanwhile."""
        for _ in range(ATTEMPTS - 1):
            with contextlib.suppress(FieldMoved):
                return self._deliver_piece(field, edit, target, behind)
            if self._field(target).path != field.path:
                break
        return self._deliver_piece(field, edit, target, behind)

    def _focus_moved(self) -> None:
        if self._fields is None:
            self._link.look_soon(self._owner_now)
        self._tell()

    def _owner_now(self) -> Owner | None:
        target = self._places.target()
        return None if target is None else _owner(target)

    def _field_moved(self) -> None:
        if self._fields is not None:
            self._fields.moved()
        else:
            self._tell()

    def _tell(self) -> None:
        for tell in self._told:
            tell()


def _unheard(_window: int, _text: str) -> None:
    """Nobody wants to know."""


def _owner(target: Target) -> Owner:
    program = f"process {target.pid}" if target.pid else target.application or f"window {target.key}"
    return Owner(program, target.key)


def _takes_long(field: Field) -> bool:
    return bool(field.client) and not field.client.startswith("xim")


@contextlib.contextmanager
def _begun(done: str) -> Iterator[None]:
    """From here on what is refused has been done in part."""
    try:
        yield
    except REFUSED as error:
        raise TypistError(f"{done}: {error}") from error


def _is_wayland(environment: Mapping[str, str] = os.environ) -> bool:
    return bool(environment.get("WAYLAND_DISPLAY")) or environment.get("XDG_SESSION_TYPE") == "wayland"
